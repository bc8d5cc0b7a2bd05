using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>
/// What a package asks for from elsewhere and does not get: a build has no network and no package index. Until that is
/// honoured it is said, for a package that misses something fails at its first run, far from the line that asks for it.
/// </summary>
public static partial class UnmetDependencies
{
    private const string Python = "requirements.txt";
    private const string Module = "go.mod";
    private const int MostNamed = 50;

    /// <summary>A warning for each; at most 50 per file. The validator, and so <c>validate</c> and <c>push</c>, and the build's log say the same.</summary>
    public static IReadOnlyList<Mistake> Of(PackageSource source, Manifest manifest)
    {
        List<Mistake> found = [.. FromManifest(source, manifest)];
        if (manifest.Language == PackageLanguages.Python)
            found.AddRange(FromLines(source, manifest, Python, Requirement()).Take(MostNamed));
        if (manifest.Language == PackageLanguages.CSharp)
            foreach (var path in source.Paths.Where(IsProject))
                found.AddRange(FromLines(source, manifest, path, PackageElement()).Take(MostNamed));
        // What is brought along in vendor/ is used.
        if (manifest.Language == PackageLanguages.Go && !source.Has("vendor/modules.txt"))
            found.AddRange(FromLines(source, manifest, Module, RequireLine()).Take(MostNamed));
        if (manifest.Language == PackageLanguages.TypeScript)
            found.AddRange(FromPackageJson(source).Take(MostNamed));
        if (manifest.Language == PackageLanguages.Rust)
            found.AddRange(FromCargo(source).Take(MostNamed));
        return found;
    }

    private static IEnumerable<Mistake> FromManifest(PackageSource source, Manifest manifest)
    {
        var build = manifest.Build;
        (string Key, IReadOnlyList<string> Asked)[] keys =
        [
            ("system_deps", build.SystemDeps),
            ("nuget_deps", build.NugetDeps),
            ("maven_deps", build.MavenDeps),
            ("dockerfile", build.Dockerfile is { } path ? [path] : []),
        ];
        return keys.Where(key => key.Asked.Count > 0)
            .Select(key => new Mistake(
                "package_dependency_ignored",
                key.Key == "dockerfile"
                    ? $"`build.dockerfile` is not used: {Advice(manifest.Language)}"
                    : $"`build.{key.Key}` is not honoured, so there is no {Named(key.Asked)} when the package runs: {Advice(manifest.Language)}",
                source.ManifestPath,
                Where: $"build.{key.Key}",
                Warning: true
            ));
    }

    private static IEnumerable<Mistake> FromLines(
        PackageSource source,
        Manifest manifest,
        string path,
        Regex pattern
    )
    {
        var lines = (source.Text(path) ?? "").Split('\n');
        for (var at = 0; at < lines.Length; at++)
            if (pattern.Match(lines[at]) is { Success: true } match)
                yield return new Mistake(
                    "package_dependency_ignored",
                    $"`{Shown.Text(match.Groups["name"].Value)}` is not installed, so it is not there when the package runs: {Advice(manifest.Language)}",
                    path,
                    at + 1,
                    match.Groups["name"].Index + 1,
                    Warning: true
                );
    }

    /// <summary>Tools that only its author uses are not missed when the package runs.</summary>
    private static IEnumerable<Mistake> FromPackageJson(PackageSource source)
    {
        const string path = "package.json";
        string[] asked;
        var text = source.Text(path) ?? "";
        try
        {
            var dependencies = (JsonNode.Parse(text) as JsonObject)?["dependencies"];
            asked = [.. (dependencies as JsonObject ?? []).Select(p => p.Key)];
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            yield break; // The compiler says what is wrong with the file.
        }
        var from = text.IndexOf("\"dependencies\"", StringComparison.Ordinal);
        foreach (var name in asked)
        {
            var at = text.IndexOf($"\"{name}\"", Math.Max(from, 0), StringComparison.Ordinal);
            var before = text.AsSpan(0, Math.Max(at, 0));
            yield return new Mistake(
                "package_dependency_ignored",
                $"`{Shown.Text(name)}` is not installed, so it is not there when the package runs: {Advice(PackageLanguages.TypeScript)}",
                path,
                before.Count('\n') + 1,
                at - before.LastIndexOf('\n'),
                Warning: true
            );
        }
    }

    private static IEnumerable<Mistake> FromCargo(PackageSource source) =>
        CargoDependencies
            .Of(source)
            .Select(asked => new Mistake(
                "package_dependency_ignored",
                $"`{Shown.Text(asked.Name)}` is not fetched, so the package cannot be compiled: {Advice(PackageLanguages.Rust)}",
                CargoDependencies.File,
                asked.Line,
                asked.Column,
                Warning: true
            ));

    private static string Named(IReadOnlyList<string> asked) =>
        asked.Count <= 3
            ? string.Join(" or ", asked.Select(name => $"`{name}`"))
            : $"`{asked[0]}` and {asked.Count - 1} others";

    private static string Advice(string language) =>
        language switch
        {
            PackageLanguages.Python =>
                "put its source into the package beside `nodes/` (pure Python only), or do with the standard library.",
            PackageLanguages.CSharp =>
                "put its source into the package, or do with what .NET brings.",
            PackageLanguages.Java =>
                "put its source into the package, or do with what Java brings.",
            PackageLanguages.TypeScript =>
                "put its source into the package, or do with what Node brings.",
            PackageLanguages.Go =>
                "bring it along in `vendor/` (`go mod vendor`), or do with the standard library.",
            PackageLanguages.Rust =>
                "bring it along as a folder (`path = …`, or `cargo vendor`), or do with the standard library.",
            _ => "put its source into the package, or do without it.",
        };

    private static bool IsProject(string path) =>
        path.EndsWith(".csproj", StringComparison.Ordinal);

    // Whatever is neither a remark nor empty asks for something; options such as `-r other.txt` do too.
    [GeneratedRegex(
        @"^\s*(?<name>[^\s#;]+)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Requirement();

    // `require example.com/module v1.2.3`, or the same without its first word in a list.
    [GeneratedRegex(
        @"^\s*(require\s+)?(?<name>[^\s/.]+\.\S+)\s+v\S+\s*(//.*)?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex RequireLine();

    [GeneratedRegex(
        """<PackageReference\s[^>]*Include\s*=\s*["'](?<name>[^"']+)["']""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PackageElement();
}
