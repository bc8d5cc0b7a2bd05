using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>
/// What a package asks for in a place that nobody reads. It is said, for a package that misses something fails at its
/// first run, far from the line that asks for it.
/// </summary>
public static partial class UnmetDependencies
{
    private const string Code = "package_dependency_ignored";
    private const int MostNamed = 50;

    /// <summary>A warning for each; at most 50 per file. The validator, and so <c>validate</c> and <c>push</c>, and the build's log say the same.</summary>
    public static IReadOnlyList<Mistake> Of(PackageSource source, Manifest manifest)
    {
        List<Mistake> found = [.. FromManifest(source, manifest)];
        if (manifest.Language == PackageLanguages.CSharp)
            foreach (var path in source.Paths.Where(IsProject))
                found.AddRange(FromProject(source, path).Take(MostNamed));
        return found;
    }

    private static IEnumerable<Mistake> FromManifest(PackageSource source, Manifest manifest)
    {
        var build = manifest.Build;
        if (build.NugetDeps.Count > 0 && manifest.Language != PackageLanguages.CSharp)
            yield return InManifest(
                source,
                "nuget_deps",
                $"is for packages in C#, and has no effect in {manifest.Language}."
            );
        if (build.MavenDeps.Count > 0 && manifest.Language != PackageLanguages.Java)
            yield return InManifest(
                source,
                "maven_deps",
                $"is for packages in Java, and has no effect in {manifest.Language}."
            );
        if (build.Dockerfile is not null)
            yield return InManifest(
                source,
                "dockerfile",
                "is not used: packages run in the server's own sandbox. What the file installs is named in the language's own list of dependencies, or in `build.system_deps`."
            );
    }

    private static Mistake InManifest(PackageSource source, string key, string says) =>
        new(
            Code,
            $"`build.{key}` {says}",
            source.ManifestPath,
            Where: $"build.{key}",
            Warning: true
        );

    private static IEnumerable<Mistake> FromProject(PackageSource source, string path)
    {
        var lines = (source.Text(path) ?? "").Split('\n');
        for (var at = 0; at < lines.Length; at++)
            if (PackageElement().Match(lines[at]) is { Success: true } match)
                yield return new Mistake(
                    Code,
                    $"`{Shown.Text(match.Groups["name"].Value)}` is not taken from here: project files are not read on a server. Name it in the manifest, under `build.nuget_deps`, as `Id:Version`.",
                    path,
                    at + 1,
                    match.Groups["name"].Index + 1,
                    Warning: true
                );
    }

    private static bool IsProject(string path) =>
        path.EndsWith(".csproj", StringComparison.Ordinal);

    [GeneratedRegex(
        """<PackageReference\s[^>]*Include\s*=\s*["'](?<name>[^"']+)["']""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PackageElement();
}
