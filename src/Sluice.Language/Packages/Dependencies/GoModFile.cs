using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages.Dependencies;

/// <summary>Reads what a <c>go.mod</c> requires, each with its place.</summary>
internal static partial class GoModFile
{
    public const string Name = "go.mod";

    public static DependencyList Read(string text)
    {
        List<Dependency> all = [];
        List<Mistake> mistakes = [];
        var block = "";
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = RemarkPattern().Replace(raw, "").TrimEnd();
            var words = line.Trim();
            var column = line.Length - line.TrimStart().Length + 1;
            if (words.Length == 0)
                continue;
            if (block.Length > 0 && words == ")")
                block = "";
            else if (block.Length == 0 && words.EndsWith('('))
                block = words[..^1].TrimEnd();
            else if (block.Length > 0)
                Read(block, words, number, column, all, mistakes);
            else
            {
                var space = words.IndexOfAny([' ', '\t']);
                var verb = space < 0 ? words : words[..space];
                var rest = words[verb.Length..];
                Read(
                    verb,
                    rest.Trim(),
                    number,
                    column + verb.Length + rest.Length - rest.TrimStart().Length,
                    all,
                    mistakes
                );
            }
        }
        return new DependencyList(DependencyKinds.Go, all, mistakes);
    }

    private static void Read(
        string verb,
        string rest,
        int line,
        int column,
        List<Dependency> all,
        List<Mistake> mistakes
    )
    {
        if (verb == "require")
        {
            if (RequirePattern().Match(rest) is { Success: true } match)
                all.Add(
                    new Dependency(
                        match.Groups["name"].Value.Trim('"'),
                        match.Groups["version"].Value,
                        Name,
                        line,
                        column
                    )
                );
            else
                mistakes.Add(
                    new Mistake(
                        "package_dependency_malformed",
                        $"`{Shown.Text(rest)}` is no requirement such as `example.com/module v1.2.3`.",
                        Name,
                        line,
                        column
                    )
                );
        }
        else if (
            verb == "replace"
            && rest.Split("=>") is [_, var target]
            && (
                target.TrimStart().StartsWith("..", StringComparison.Ordinal)
                || target.TrimStart().StartsWith('/')
            )
        )
            mistakes.Add(
                new Mistake(
                    "package_dependency_source",
                    $"`{Shown.Text(rest)}` leads out of the package: put the module into a folder of the package, or take a version of it.",
                    Name,
                    line,
                    column
                )
            );
    }

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"//.*$", Options)]
    private static partial Regex RemarkPattern();

    [GeneratedRegex(
        @"^(?<name>""?[A-Za-z0-9._~/!+-]+""?)\s+(?<version>v[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*)\z",
        Options
    )]
    private static partial Regex RequirePattern();
}
