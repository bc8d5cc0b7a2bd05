using System.Text.RegularExpressions;

namespace Sluice.Fuzz;

/// <summary>The examples of the specification: what is there for people to read is what is mutated.</summary>
internal static partial class Corpus
{
    public static IReadOnlyList<string> Blocks(string page, string language) =>
        [
            .. Fences()
                .Matches(Page(page))
                .Where(match => match.Groups["language"].Value == language)
                .Select(match => match.Groups["text"].Value),
        ];

    /// <summary>Examples of expressions: lines with an arrow, up to it.</summary>
    public static IReadOnlyList<string> Expressions() =>
        [
            .. Page("expressions.md")
                .Split('\n')
                .Where(line => line.Contains(" => ", StringComparison.Ordinal))
                .Select(line => line.Split(" => ")[0].Trim('`', '|', ' ')),
        ];

    /// <summary>Words, and what stands between them.</summary>
    public static IReadOnlyList<string> Words(IEnumerable<string> texts) =>
        [
            .. texts
                .SelectMany(text => Pieces().Matches(text))
                .Select(match => match.Value)
                .Distinct(),
        ];

    private static string Page(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));

    [GeneratedRegex(
        @"^```(?<language>\w+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Fences();

    [GeneratedRegex(@"[\w@.]+|[^\w\s]+|\s+")]
    private static partial Regex Pieces();
}
