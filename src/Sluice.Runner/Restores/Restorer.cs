using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Builds;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Restores;

/// <summary>
/// Brings a package's dependencies before it is built: a step of its own, in which nothing of the author's and nothing of
/// a dependency runs. What it brings goes into the built package, so that workers find it wherever they start.
/// </summary>
internal sealed class Restorer : IDisposable
{
    private readonly Sources _sources;
    private readonly DownloadCache _cache;
    private readonly SourceClient _client;
    private readonly RestoreOptions _options;
    private readonly IReadOnlyList<IRestore> _kinds;

    public Restorer(RunnerOptions options, TimeProvider clock, IsolationTier tier, string scratch)
    {
        _options = options.Restore;
        _sources = new Sources(_options);
        _cache = new DownloadCache(
            Path.Combine(Path.GetFullPath(options.DataPath), "downloads"),
            scratch,
            _options.CacheSize,
            clock
        );
        _client = new SourceClient(_options, _cache);
        var sandbox = new RestoreSandbox(tier, options, clock);
        _kinds =
        [
            new NpmRestore(sandbox, _client),
            new NuGetRestore(_client, _options),
            new MavenRestore(_client, _options),
            new PipRestore(sandbox, _client),
            new GoRestore(sandbox, _client),
            new CargoRestore(sandbox, _client),
        ];
    }

    public void Dispose() => _client.Dispose();

    /// <summary>What the author may not lay where a restore lays its own.</summary>
    public IReadOnlyList<string> Owned(string? kind) =>
        _kinds.FirstOrDefault(each => each.Kind == kind)?.Owns ?? [];

    /// <param name="build">The package.</param>
    /// <param name="asked">What it asks for, without mistakes.</param>
    /// <param name="scratch">A folder for this restore alone, below one that other users can pass.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<Restored> Run(
        BuildRequest build,
        DependencyList asked,
        string scratch,
        CancellationToken stop
    )
    {
        if (_kinds.FirstOrDefault(each => each.Kind == asked.Kind) is not { } kind)
            return Restored.No($"Dependencies of the kind {asked.Kind} are not restored here.");
        var (source, whyNot) = await _sources.Find(kind.Kind);
        if (source is null)
            return Restored.No(whyNot!);
        build.Log(
            $"restoring {asked.All.Count} {kind.Kind} {(asked.All.Count == 1 ? "dependency" : "dependencies")} from {source.Shown}"
        );
        var request = new RestoreRequest
        {
            Build = build,
            Asked = asked,
            Source = source,
            Budget = new RestoreBudget(_options),
            Scratch = scratch,
        };
        var question = DependencyLock.Digest([kind.Kind, .. kind.Question(request)]);
        var earlier = build.Lock?.Kind == kind.Kind ? build.Lock : null;
        if (earlier?.Asked == question)
            request = request with { Lock = earlier };
        Restored restored;
        try
        {
            restored = await kind.Run(request, stop);
        }
        finally
        {
            _cache.Sweep();
        }
        foreach (var mistake in restored.Mistakes)
            build.Log(mistake.ToString());
        if (restored.Failure is not null)
            return restored;
        if (earlier is not null && Changed(earlier, restored.Lock!) is { } changed)
            return Restored.No(
                $"{changed} has another content than when this version was built before: {source.Shown} has changed it under the same version. Ask its publisher why; to take it all the same, raise the version of your package."
            );
        build.Log(
            $"restored {restored.Lock!.Packages.Count} packages, {restored.Files.Sum(file => (long)file.Content.Length) >> 10} KiB"
        );
        return restored with { Lock = restored.Lock with { Asked = question } };
    }

    private static string? Changed(DependencyLock earlier, DependencyLock now)
    {
        var hashes = earlier.Packages.DistinctBy(Key).ToDictionary(Key, package => package.Hash);
        return now
            .Packages.Where(package =>
                hashes.TryGetValue(Key(package), out var hash) && hash != package.Hash
            )
            .Select(package => $"{LastName(package)} {package.Version}")
            .FirstOrDefault();
    }

    private static (string, string) Key(LockedDependency package) =>
        (LastName(package), package.Version);

    /// <summary>npm's are named by their folder, and one version may lie in several.</summary>
    private static string LastName(LockedDependency package)
    {
        const string folder = "node_modules/";
        var at = package.Name.LastIndexOf(folder, StringComparison.Ordinal);
        return at < 0 ? package.Name : package.Name[(at + folder.Length)..];
    }
}
