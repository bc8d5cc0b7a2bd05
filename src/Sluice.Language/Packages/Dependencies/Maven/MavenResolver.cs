using System.Text.RegularExpressions;

namespace Sluice.Language.Packages.Dependencies.Maven;

/// <summary>What a repository says when it is asked for a file.</summary>
/// <param name="Content">Null when there is none.</param>
/// <param name="Why">Then the reason, as a public sentence.</param>
public sealed record MavenAnswer(byte[]? Content, string? Why);

/// <summary>
/// All artifacts that some artifacts need to run, by Maven's rule: of several versions the one that is nearest to what
/// the author names, and of equally near ones the first. Reads descriptions alone, through whoever can fetch them.
/// </summary>
/// <param name="ask">Fetches a file by its path in the repository.</param>
/// <param name="most">Artifacts at most.</param>
public sealed partial class MavenResolver(Func<string, Task<MavenAnswer>> ask, int most)
{
    private const int MostParents = 20;
    private const int MostWords = 20;

    private readonly Dictionary<string, MavenPom?> _poms = [];
    private readonly Dictionary<string, Effective?> _read = [];
    private readonly List<string> _wrong = [];

    private sealed record Wanted(
        MavenArtifact Artifact,
        string By,
        IReadOnlyList<string> Exclusions,
        bool IsJar
    );

    /// <summary>A POM with what it has from its parents, and every name in <c>${…}</c> replaced.</summary>
    private sealed record Effective(
        IReadOnlyDictionary<string, MavenNeed> Managed,
        IReadOnlyList<MavenNeed> Needs
    );

    /// <param name="named">What the author names.</param>
    /// <returns>Everything that is needed, and every reason why something cannot be had, as public sentences.</returns>
    public async Task<(IReadOnlyList<MavenArtifact> All, IReadOnlyList<string> Wrong)> Resolve(
        IReadOnlyList<MavenArtifact> named
    )
    {
        List<MavenArtifact> all = [];
        var known = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<Wanted>(
            named.Select(each => new Wanted(each, "the manifest", [], true))
        );
        // What the author names is nearest of all, whatever comes first.
        var pinned = named.Select(each => each.Key).ToHashSet(StringComparer.Ordinal);
        while (pending.TryDequeue(out var wanted))
        {
            if (!known.Add(wanted.Artifact.Key))
                continue;
            if (known.Count > most)
            {
                _wrong.Add($"The dependencies are more than {most} artifacts.");
                break;
            }
            if (wanted.IsJar)
                all.Add(wanted.Artifact);
            if (await Read(wanted.Artifact, wanted.By) is not { } pom)
                continue;
            foreach (var need in pom.Needs.Where(need => IsTaken(need, wanted.Exclusions)))
                if (!pinned.Contains($"{need.Group}:{need.Name}"))
                    Follow(need, wanted, pending);
        }
        return (all, _wrong);
    }

    private void Follow(MavenNeed need, Wanted by, Queue<Wanted> pending)
    {
        var version =
            need.Version.Length > 2
            && need.Version[0] == '['
            && need.Version[^1] == ']'
            && !need.Version.Contains(',', StringComparison.Ordinal)
                ? need.Version[1..^1]
                : need.Version;
        var artifact = new MavenArtifact(need.Group, need.Name, version, need.Classifier);
        if (
            !PartPattern().IsMatch(need.Group)
            || !PartPattern().IsMatch(need.Name)
            || !PartPattern().IsMatch(version)
            || need.Classifier.Length > 0 && !PartPattern().IsMatch(need.Classifier)
        )
            _wrong.Add(
                $"{by.Artifact} needs {need.Group}:{need.Name} in a version that its description leaves open ({(need.Version.Length == 0 ? "none" : need.Version)}): name one in build.maven_deps."
            );
        else
            pending.Enqueue(
                new Wanted(
                    artifact,
                    by.Artifact.ToString(),
                    [.. by.Exclusions, .. need.Exclusions],
                    need.Type != "pom"
                )
            );
    }

    private static bool IsTaken(MavenNeed need, IReadOnlyList<string> exclusions) =>
        !need.Optional
        && need.Scope is "" or "compile" or "runtime"
        && need.Type is "jar" or "bundle" or "pom"
        && !exclusions.Any(each =>
            each == $"{need.Group}:{need.Name}"
            || each == $"{need.Group}:*"
            || each == "*:*"
            || each == $"*:{need.Name}"
        );

    /// <summary>The chain of parents, the artifact's own POM first; null after saying why there is none.</summary>
    private async Task<List<MavenPom>?> Chain(MavenArtifact artifact, string by)
    {
        List<MavenPom> chain = [];
        for (var at = artifact; at is not null; at = chain[^1].Parent)
        {
            if (chain.Count == MostParents)
            {
                _wrong.Add($"{artifact} has parents without end.");
                return null;
            }
            if (await Fetch(at, by) is not { } pom)
                return null;
            chain.Add(pom);
            by = at.ToString();
        }
        return chain;
    }

    private async Task<Effective?> Read(MavenArtifact artifact, string by)
    {
        // One that is being read already leads back to itself, and adds nothing then.
        if (_read.TryAdd(artifact.ToString(), null))
            _read[artifact.ToString()] = await ReadAnew(artifact, by);
        return _read[artifact.ToString()];
    }

    private async Task<Effective?> ReadAnew(MavenArtifact artifact, string by)
    {
        if (await Chain(artifact, by) is not { } chain)
            return null;
        var words = Words(chain);
        var managed = new Dictionary<string, MavenNeed>(StringComparer.Ordinal);
        foreach (
            var each in chain.SelectMany(pom => pom.Managed).Select(need => Filled(need, words))
        )
            if (each is not { Scope: "import", Type: "pom" })
                managed.TryAdd(each.Key, each);
        foreach (
            var each in chain.SelectMany(pom => pom.Managed).Select(need => Filled(need, words))
        )
            if (
                each is { Scope: "import", Type: "pom" }
                && await Read(
                    new MavenArtifact(each.Group, each.Name, each.Version),
                    artifact.ToString()
                )
                    is { } imported
            )
                foreach (var (key, need) in imported.Managed)
                    managed.TryAdd(key, need);
        var needs = chain
            .SelectMany(pom => pom.Needs)
            .Select(need => Filled(need, words))
            .DistinctBy(need => need.Key)
            .Select(need => Managed(need, managed));
        return new Effective(managed, [.. needs]);
    }

    private static MavenNeed Managed(MavenNeed need, Dictionary<string, MavenNeed> managed) =>
        managed.TryGetValue(need.Key, out var rule)
            ? need with
            {
                Version = need.Version.Length > 0 ? need.Version : rule.Version,
                Scope = need.Scope.Length > 0 ? need.Scope : rule.Scope,
                Exclusions = [.. need.Exclusions, .. rule.Exclusions],
            }
            : need;

    private async Task<MavenPom?> Fetch(MavenArtifact artifact, string by)
    {
        var path = (artifact with { Classifier = "" }).Path("pom");
        if (_poms.TryGetValue(path, out var known))
            return known;
        MavenPom? pom = null;
        if (
            !PartPattern().IsMatch(artifact.Group)
            || !PartPattern().IsMatch(artifact.Name)
            || !PartPattern().IsMatch(artifact.Version)
        )
            _wrong.Add($"{by} names an artifact that there cannot be ({artifact}).");
        else if (_poms.Count >= most * 4)
            _wrong.Add($"The dependencies have more than {most * 4} descriptions.");
        else
        {
            var answer = await ask(path);
            pom = answer.Content is null ? null : MavenPom.Read(answer.Content);
            if (pom is null)
                _wrong.Add(
                    $"{artifact}, which {by} asks for, cannot be had: {answer.Why ?? "its description is no POM."}"
                );
        }
        return _poms[path] = pom;
    }

    private static Dictionary<string, string> Words(List<MavenPom> chain)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = chain[0];
        foreach (var prefix in (ReadOnlySpan<string>)["project.", "pom.", ""])
        {
            words[prefix + "groupId"] = own.Group;
            words[prefix + "artifactId"] = own.Name;
            words[prefix + "version"] = own.Version;
        }
        if (own.Parent is { } parent)
        {
            words["project.parent.groupId"] = parent.Group;
            words["project.parent.version"] = parent.Version;
        }
        foreach (var (name, value) in chain.SelectMany(pom => pom.Properties))
            words.TryAdd(name, value);
        return words;
    }

    private static MavenNeed Filled(MavenNeed need, Dictionary<string, string> words) =>
        need with
        {
            Group = Fill(need.Group, words),
            Name = Fill(need.Name, words),
            Version = Fill(need.Version, words),
            Scope = Fill(need.Scope, words),
            Type = Fill(need.Type, words),
            Classifier = Fill(need.Classifier, words),
        };

    /// <summary>A word may stand for another; what has no meaning stays as it is, and is no version.</summary>
    private static string Fill(string text, Dictionary<string, string> words)
    {
        for (
            var round = 0;
            round < MostWords
                && text.Contains("${", StringComparison.Ordinal)
                && text.Length < 1000;
            round++
        )
        {
            var filled = WordPattern()
                .Replace(
                    text,
                    match => words.GetValueOrDefault(match.Groups["name"].Value, match.Value)
                );
            if (filled == text)
                break;
            text = filled;
        }
        return text;
    }

    [GeneratedRegex(
        @"\$\{(?<name>[^}]+)\}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex WordPattern();

    // No part can lead out of the repository.
    [GeneratedRegex(
        @"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    )]
    private static partial Regex PartPattern();
}
