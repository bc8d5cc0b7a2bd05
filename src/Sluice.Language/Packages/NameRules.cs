using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Language.Packages;

/// <summary>The shapes of every name that an author chooses.</summary>
public static partial class NameRules
{
    /// <summary><c>handle/package-name</c> in lower case, at most 128 characters.</summary>
    public static bool IsPackageName(string text) =>
        text.Length <= 128 && PackagePattern().IsMatch(text);

    /// <summary>A version by the rules of semver.org 2.0.0, at most 64 characters.</summary>
    public static bool IsVersion(string text) =>
        text.Length <= 64 && VersionPattern().IsMatch(text);

    /// <summary>PascalCase letters and digits, at most 64 characters.</summary>
    public static bool IsNodeName(string text) => text.Length <= 64 && NodePattern().IsMatch(text);

    /// <summary>Letters, digits and underscores, not starting with a digit, at most 128 characters.</summary>
    public static bool IsSecretName(string text) => SecretPattern().IsMatch(text);

    /// <summary>The name of a placement in a flow: letters, digits, <c>_</c> and <c>-</c>, starting with a letter, at most 64 characters.</summary>
    public static bool IsAlias(string text) => AliasPattern().IsMatch(text);

    /// <summary>A message by simple or full name, for example <c>demo.greeter.GreetReply</c>.</summary>
    public static bool IsMessageName(string text) =>
        text.Length <= 256 && MessagePattern().IsMatch(text);

    /// <summary>The name of a field in a proto file, at most 64 characters.</summary>
    public static bool IsFieldName(string text) =>
        text.Length <= 64 && FieldPattern().IsMatch(text);

    /// <summary>The proto package of a package's own messages: <c>demo/my-greeter</c> gives <c>demo.my_greeter</c>.</summary>
    public static string ProtoPackage(string packageName)
    {
        var parts = packageName
            .Replace('-', '_')
            .Split('/')
            .Select(p => char.IsAsciiDigit(p[0]) ? "_" + p : p);
        return string.Join('.', parts);
    }

    /// <summary>The name of a node as a file and a Python function carry it: <c>HTTPFetch</c> gives <c>http_fetch</c>, <c>ParseV2</c> gives <c>parse_v2</c>.</summary>
    public static string Snake(string pascal)
    {
        var snake = new StringBuilder(pascal.Length + 8);
        for (var i = 0; i < pascal.Length; i++)
        {
            var c = pascal[i];
            if (i > 0 && char.IsAsciiLetterUpper(c))
            {
                var afterLower = !char.IsAsciiLetterUpper(pascal[i - 1]);
                var beforeLower = i + 1 < pascal.Length && char.IsAsciiLetterLower(pascal[i + 1]);
                if (afterLower || beforeLower)
                    snake.Append('_');
            }
            snake.Append(char.ToLowerInvariant(c));
        }
        return snake.ToString();
    }

    /// <summary>The name of a node as a function of a language with camel case carries it: <c>HTTPFetch</c> gives <c>httpFetch</c>.</summary>
    public static string Camel(string pascal)
    {
        var words = Snake(pascal).Split('_');
        return words[0]
            + string.Concat(words.Skip(1).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }

    [GeneratedRegex(
        @"^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex PackagePattern();

    [GeneratedRegex(
        @"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NodePattern();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SecretPattern();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AliasPattern();

    [GeneratedRegex(
        @"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex MessagePattern();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FieldPattern();
}
