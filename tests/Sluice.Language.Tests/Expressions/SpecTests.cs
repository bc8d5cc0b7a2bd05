using System.Text.RegularExpressions;
using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Functions;
using Sluice.Language.Expressions.Syntax;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>What <c>spec/expressions.md</c> says is so.</summary>
public sealed partial class SpecTests
{
    private static readonly string Page = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "Expressions", "expressions.md")
    );

    private static readonly Sample Sample = new(Block("proto"), Block("json"));

    public static TheoryData<string> Examples =>
        [
            .. Fence()
                .Matches(Page)
                .SelectMany(m => Example().Matches(m.Groups["lines"].Value))
                .Select(m => m.Value.TrimEnd('\n')),
        ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_comes_out_as_written(string example)
    {
        var arrow = example.LastIndexOf(" => ", StringComparison.Ordinal);
        var (text, expected) = (example[..arrow], example[(arrow + 4)..]);
        if (expected.StartsWith("mistake ", StringComparison.Ordinal))
            Assert.Equal(expected[8..], Sample.Compile(text).Mistakes.Single().Code);
        else if (expected == "fault")
            Assert.Equal(ValueKind.Fault, Sample.Evaluate(text).Kind);
        else
            Assert.Equal(
                ConformanceCase.Shown(Sample.Evaluate(expected)),
                ConformanceCase.Shown(Sample.Evaluate(text))
            );
    }

    [Fact]
    public void Every_function_is_listed_and_no_other()
    {
        var listed = Regex
            .Matches(Page, @"`([A-Za-z(), .]+\(.*?\) -> [a-z(A)]+)`")
            .Select(m => m.Groups[1].Value);
        var there = Function
            .All.Values.SelectMany(f => f.Signatures)
            .Select(s => s.ToString())
            .Where(s => !s.Contains("_(") && !s.StartsWith('@'));
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_of_a_mistake_is_listed_and_no_other()
    {
        var listed = Regex.Matches(Page, @"(?<=^\| `)cel_[a-z_]+(?=`)", RegexOptions.Multiline);
        var there = typeof(ExpressionMistakes)
            .GetFields()
            .Where(f => f.IsLiteral)
            .Select(f => (string)f.GetRawConstantValue()!);
        Assert.Equal(
            there.Order(StringComparer.Ordinal),
            listed.Select(m => m.Value).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_limits_are_those_of_the_page()
    {
        Assert.Contains($"| {Expression.LongestText} characters |", Page);
        Assert.Contains($"{Evaluation.Limit} units", Page);
        Assert.Contains($"one for {Evaluation.BytesPerUnit} bytes", Page);
    }

    private static string Block(string language) =>
        Regex.Match(Page, $"(?<=```{language}\n).*?(?=```)", RegexOptions.Singleline).Value;

    [GeneratedRegex(
        "```cel\n(?<lines>.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Fence();

    /// <summary>From the beginning of a line to the end of the line with the arrow.</summary>
    [GeneratedRegex(@"(?:.*\n)*?.* => .*\n")]
    private static partial Regex Example();
}
