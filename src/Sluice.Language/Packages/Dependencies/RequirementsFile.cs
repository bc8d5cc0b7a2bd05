using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages.Dependencies;

/// <summary>Reads a <c>requirements.txt</c>: names and versions, no options and no addresses.</summary>
internal static partial class RequirementsFile
{
    public const string Name = "requirements.txt";

    public static DependencyList Read(string text)
    {
        List<Dependency> all = [];
        List<Mistake> mistakes = [];
        foreach (var (line, number) in Lines(text))
        {
            var start = line.Length - line.TrimStart().Length + 1;
            var asked = line.Trim();
            if (asked.Length == 0)
                continue;
            if (RequirementPattern().Match(asked) is { Success: true } match)
                all.Add(
                    new Dependency(
                        match.Groups["name"].Value,
                        match.Groups["rest"].Value.Trim(),
                        Name,
                        number,
                        start
                    )
                );
            else
                mistakes.Add(Fault(asked, number, start));
        }
        return new DependencyList(DependencyKinds.PyPi, all, mistakes);
    }

    private static Mistake Fault(string asked, int line, int column)
    {
        var why =
            asked[0] == '-'
                ? "options are not served: which index is asked is the operator's to say, and all that is needed stands in this one file"
            : asked.Contains("://", StringComparison.Ordinal)
            || asked.Contains(" @ ", StringComparison.Ordinal)
            || asked[0] is '.' or '/'
                ? "only versions of the package index are served, no addresses, repositories or folders"
            : null;
        return why is null
            ? new Mistake(
                "package_dependency_malformed",
                $"`{Shown.Text(asked)}` is no requirement such as `requests==2.32.0` or `requests>=2,<3`.",
                Name,
                line,
                column
            )
            : new Mistake(
                "package_dependency_source",
                $"`{Shown.Text(asked)}` cannot be served: {why}.",
                Name,
                line,
                column
            );
    }

    /// <summary>Without remarks; a line that ends with <c>\</c> goes on in the next.</summary>
    private static IEnumerable<(string Line, int Number)> Lines(string text)
    {
        var whole = new StringBuilder();
        var first = 0;
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = RemarkPattern().Replace(raw.TrimEnd('\r'), "");
            if (whole.Length == 0)
                first = number;
            var goesOn = line.EndsWith('\\');
            whole.Append(goesOn ? line[..^1] : line);
            if (goesOn)
                continue;
            yield return (whole.ToString(), first);
            whole.Clear();
        }
        if (whole.Length > 0)
            yield return (whole.ToString(), first);
    }

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"(^|\s)#.*$", Options)]
    private static partial Regex RemarkPattern();

    // name[extra] >=1,<2 ; python_version < "3.12" --hash=sha256:…
    [GeneratedRegex(
        @"^(?<name>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(?<rest>\s*(\[[A-Za-z0-9._, -]*\])?\s*\(?\s*((===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9.*+!_-]+\s*(,\s*(===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9.*+!_-]+\s*)*)?\)?\s*(;[A-Za-z0-9_.<>=!~()'"", -]*)?(\s--hash=sha256:[0-9a-f]{64})*)\s*\z",
        Options
    )]
    private static partial Regex RequirementPattern();
}
