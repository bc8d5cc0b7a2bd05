using System.Text.RegularExpressions;

namespace Sluice.Language.Packages.Dependencies;

/// <summary>What a package asks for from elsewhere, read from the files that its language has for that.</summary>
public static partial class PackageDependencies
{
    /// <summary>At most this many mistakes of a file are told.</summary>
    private const int MostMistakes = 50;

    /// <summary>Everything that is asked for, with the mistakes in how.</summary>
    public static DependencyList Of(PackageSource source, Manifest manifest)
    {
        var list = Read(source, manifest);
        return list with { Mistakes = [.. list.Mistakes.Take(MostMistakes)] };
    }

    private static DependencyList Read(PackageSource source, Manifest manifest) =>
        manifest.Language switch
        {
            PackageLanguages.TypeScript when source.Text(PackageJsonFile.Name) is { } text =>
                PackageJsonFile.Read(text),
            PackageLanguages.Python when source.Text(RequirementsFile.Name) is { } text =>
                RequirementsFile.Read(text),
            // What is brought along in vendor/ is used.
            PackageLanguages.Go
                when !source.Has("vendor/modules.txt") && source.Text(GoModFile.Name) is { } text =>
                GoModFile.Read(text),
            PackageLanguages.Rust => CargoFile(source),
            PackageLanguages.CSharp when manifest.Build.NugetDeps.Count > 0 => FromManifest(
                DependencyKinds.NuGet,
                manifest.Build.NugetDeps,
                source
            ),
            PackageLanguages.Java when manifest.Build.MavenDeps.Count > 0 => FromManifest(
                DependencyKinds.Maven,
                manifest.Build.MavenDeps,
                source
            ),
            _ => new DependencyList(null, [], []),
        };

    private static DependencyList CargoFile(PackageSource source)
    {
        // With settings of its own a package brings its crates along.
        var lines = CargoDependencies.BringsSource(source)
            ? []
            : (source.Text(CargoDependencies.File) ?? "").Split('\n');
        return new(
            DependencyKinds.Cargo,
            [
                .. CargoDependencies
                    .Of(source)
                    .Select(asked => new Dependency(
                        asked.Name,
                        "",
                        CargoDependencies.File,
                        asked.Line,
                        asked.Column
                    )),
            ],
            [
                .. lines
                    .Select((line, at) => (Match: Repository().Match(line), At: at))
                    .Where(each => each.Match.Success)
                    .Select(each => new Mistake(
                        "package_dependency_source",
                        "Crates are taken from the operator's source alone, not from a repository: put the crate into a folder of the package (`path = …`), or take a version of it.",
                        CargoDependencies.File,
                        each.At + 1,
                        each.Match.Groups["git"].Index + 1
                    )),
            ]
        );
    }

    [GeneratedRegex(
        """^[^#]*?\b(?<git>git)\s*=\s*["']\w+[:@]""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Repository();

    /// <summary><c>name:version</c>, where a name may hold colons too.</summary>
    private static DependencyList FromManifest(
        string kind,
        IReadOnlyList<string> asked,
        PackageSource source
    )
    {
        var file = source.ManifestPath ?? ManifestReader.FileNames[0];
        var text = source.Text(file) ?? "";
        List<Dependency> all = [];
        List<Mistake> mistakes = [];
        foreach (var each in asked)
        {
            var at = text.IndexOf(each, StringComparison.Ordinal);
            var before = text.AsSpan(0, Math.Max(at, 0));
            var (line, column) =
                at < 0 ? (0, 0) : (before.Count('\n') + 1, at - before.LastIndexOf('\n'));
            var colon = each.LastIndexOf(':');
            var dependency = new Dependency(each[..colon], each[(colon + 1)..], file, line, column);
            if (
                all.Exists(other =>
                    string.Equals(other.Name, dependency.Name, StringComparison.OrdinalIgnoreCase)
                )
            )
                mistakes.Add(
                    new Mistake(
                        "package_dependency_twice",
                        $"`{dependency.Name}` is asked for twice; one version of it can be had.",
                        file,
                        line,
                        column
                    )
                );
            if (dependency.Asked.EndsWith("-SNAPSHOT", StringComparison.OrdinalIgnoreCase))
                mistakes.Add(
                    new Mistake(
                        "package_dependency_source",
                        $"`{each}` is a version that changes; only released ones are served.",
                        file,
                        line,
                        column
                    )
                );
            all.Add(dependency);
        }
        return new DependencyList(kind, all, mistakes);
    }
}
