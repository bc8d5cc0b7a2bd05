using System.Text.RegularExpressions;

namespace Sluice.Language.Packages;

/// <summary>The crates that a <c>Cargo.toml</c> asks for from elsewhere.</summary>
internal static partial class CargoDependencies
{
    public const string File = "Cargo.toml";

    /// <summary>As `cargo vendor` wants it.</summary>
    public static bool BringsSource(PackageSource source) => source.Has(".cargo/config.toml");

    /// <summary>Name and place of each; none when the package brings a source of crates of its own.</summary>
    public static IEnumerable<(string Name, int Line, int Column)> Of(PackageSource source)
    {
        if (BringsSource(source))
            yield break;
        var lines = (source.Text(File) ?? "").Split('\n');
        var inList = false;
        (string, int, int)? table = null;
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at];
            if (line.TrimStart().StartsWith('['))
            {
                if (table is { } ended)
                    yield return ended;
                table = null;
                var section = Section().Match(line);
                var name = section.Groups["name"];
                inList = section.Success && !name.Success;
                if (name.Success)
                    table = (name.Value, at + 1, name.Index + 1);
            }
            else if (Path().IsMatch(line))
                table = null;
            else if (inList && Entry().Match(line) is { Success: true } entry)
                yield return (entry.Groups["name"].Value, at + 1, entry.Groups["name"].Index + 1);
        }
        if (table is { } last)
            yield return last;
    }

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    // `[dependencies]`, `[dev-dependencies.name]`, `[target.'cfg(unix)'.dependencies]`.
    [GeneratedRegex(@"^\s*\[(.*\.)?(dev-|build-)?dependencies(\.(?<name>[\w-]+))?\]", Options)]
    private static partial Regex Section();

    // `name = "1"`, `name = { … }`, `name.version = "1"`.
    [GeneratedRegex(@"^\s*(?<name>[\w-]+)[\w.\s-]*=", Options)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^[^#]*\bpath\s*=", Options)]
    private static partial Regex Path();
}
