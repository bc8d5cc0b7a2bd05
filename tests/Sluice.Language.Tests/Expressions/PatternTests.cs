using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Patterns;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Tests.Expressions;

/// <summary>Regular expressions as RE2 has them.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("a+b", "xaab", true)]
    [InlineData("^a", "ba", false)]
    [InlineData("(?m)^a", "b\na", true)]
    [InlineData("a$", "a\n", false)]
    [InlineData("(?m)a$", "a\n", true)]
    [InlineData("a.c", "a\nc", false)]
    [InlineData("(?s)a.c", "a\nc", true)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^[^a]$", "é", true)]
    [InlineData("^[à-ÿ]+$", "éü", true)]
    [InlineData("(?i)straße", "STRAßE", true)]
    [InlineData("(?i)[^a]", "A", false)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("a(?i)b", "aB", true)]
    [InlineData("\\d", "٣", false)]
    [InlineData("\\w", "é", false)]
    [InlineData("\\s", "\u00A0", false)]
    [InlineData("\\bb", "a b", true)]
    [InlineData("\\Bb", "ab", true)]
    [InlineData("\\Aa\\z", "a", true)]
    [InlineData("\\pL{2}", "éa", true)]
    [InlineData("\\p{Lu}", "é", false)]
    [InlineData("\\P{L}", "é", false)]
    [InlineData("\\p{^L}", "1", true)]
    [InlineData("[[:alpha:]_]", "_", true)]
    [InlineData("[[:^digit:]]", "1", false)]
    [InlineData("[\\d-]", "-", true)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("\\x41\\x{1F600}\\101", "A😀A", true)]
    [InlineData("\\Qa.b\\E+", "a.bbb", true)]
    [InlineData("\\Qa.b", "axb", false)]
    [InlineData("(?P<n>a)(?<m>b)(?:c)", "abc", true)]
    [InlineData("a{2,3}$", "aa", true)]
    [InlineData("^a{2}$", "aaa", false)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("^(a|b|)*c$", "abac", true)]
    [InlineData("^(a*)*$", "aaaa", true)]
    [InlineData("^a*?b+?c??$", "aabb", true)]
    [InlineData("", "", true)]
    [InlineData("a|", "x", true)]
    [InlineData("()", "", true)]
    [InlineData("^$", "a", false)]
    public void A_pattern_matches_a_part_of_a_text(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Matches(pattern, text));

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[")]
    [InlineData("[b-a]")]
    [InlineData("[[:nothing:]]")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{2}{3}")]
    [InlineData("a{1001}")]
    [InlineData("a{3,2}")]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((()*{1000}){1000}){1000}")]
    [InlineData("((){1000}){1000}")]
    [InlineData("\\1")]
    [InlineData("\\C")]
    [InlineData("\\q")]
    [InlineData("\\")]
    [InlineData("[\\")]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)")]
    [InlineData("(?x)a")]
    [InlineData("\\p{Greek}")]
    [InlineData("\\p{")]
    [InlineData("\\x{110000}")]
    [InlineData("\\xg")]
    public void What_is_no_such_pattern_is_refused_with_a_reason(string pattern)
    {
        Assert.Null(Pattern.Compile(Encoding.UTF8.GetBytes(pattern), out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void A_pattern_has_a_greatest_length_and_depth()
    {
        Assert.Null(Pattern.Compile(new byte[1001], out _));
        Assert.Null(Pattern.Compile(Encoding.UTF8.GetBytes(new string('(', 400)), out var fault));
        Assert.Equal("its groups are nested too deep", fault);
    }

    /// <summary>On plain ASCII the two languages mean the same, but for `$`, which is therefore not among the parts.</summary>
    [Fact]
    public void Random_patterns_match_what_those_of_the_framework_match()
    {
        string[] parts =
        [
            .. "a b c [ab] [^a] [a-c] . \\d \\w \\b ^ (a|b) (a|bc)* (?:ab)+ a* b+? c{2} (b?){1,3} (|a) (?i:A) \\W \\S 1".Split(
                ' '
            ),
        ];
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = string.Concat(
                Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)])
            );
            if (random.Next(3) == 0)
                pattern = $"({pattern})|{parts[random.Next(parts.Length)]}";
            var text = string.Concat(
                Enumerable.Range(0, random.Next(0, 9)).Select(_ => "abcA1 "[random.Next(6)])
            );
            var expected = Regex.IsMatch(
                text,
                pattern,
                RegexOptions.CultureInvariant,
                TimeSpan.FromSeconds(5)
            );
            Assert.True(expected == Matches(pattern, text), $"{pattern} on '{text}'");
        }
    }

    [Fact]
    public void The_time_is_bounded_for_patterns_that_others_never_end_on()
    {
        var text = new string('a', 20_000) + "!";
        Assert.False(Matches("^(a+)+$", text));
        Assert.False(Matches("(a|aa)+$", text));
        Assert.False(Matches("^(([a-z])+.)+[A-Z]([a-z])+$", text));
    }

    private static bool Matches(string pattern, string text)
    {
        var compiled = Pattern.Compile(Encoding.UTF8.GetBytes(pattern), out var fault);
        Assert.True(compiled is not null, $"{pattern}: {fault}");
        var evaluation = new Evaluation(default, Value.Null, []);
        var value = compiled!.IsMatch(ref evaluation, Encoding.UTF8.GetBytes(text));
        Assert.Equal(ValueKind.Bool, value.Kind);
        return value.IsTrue;
    }
}
