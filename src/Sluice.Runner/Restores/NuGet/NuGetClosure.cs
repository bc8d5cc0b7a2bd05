namespace Sluice.Runner.Restores.NuGet;

/// <summary>A package that was chosen, and where it lies.</summary>
internal sealed record NuGetChoice(
    string Id,
    NuGetVersion Version,
    string File,
    NuGetArchive Archive
);

/// <summary>
/// All packages that some packages need, by NuGet's rule: what the author names stays as named, of everything else the
/// lowest version that all who need it can do with. What .NET 10 brings itself is not taken.
/// </summary>
internal sealed class NuGetClosure(NuGetSource source, Func<string, bool> isBuiltIn) : IDisposable
{
    private readonly Dictionary<string, NuGetChoice> _chosen = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly List<NuGetArchive> _opened = [];

    public void Dispose()
    {
        foreach (var archive in _opened)
            archive.Dispose();
    }

    /// <param name="named">What the author names.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>All that is needed, and every reason why it cannot be had, as public sentences.</returns>
    public async Task<(IReadOnlyList<NuGetChoice> All, IReadOnlyList<string> Wrong)> Resolve(
        IReadOnlyList<(string Id, NuGetVersion Version)> named,
        CancellationToken stop
    )
    {
        List<string> wrong = [];
        var pending = new Queue<string>();
        var pinned = named.Select(each => each.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, version) in named)
            await Choose(id, version, pending, wrong, stop);
        while (pending.TryDequeue(out var id))
            foreach (var need in _chosen[id].Archive.Needs.Where(need => !isBuiltIn(need.Id)))
            {
                var known = _chosen.GetValueOrDefault(need.Id);
                if (
                    known is not null
                    && (
                        pinned.Contains(need.Id)
                        || need.Range.Holds(known.Version)
                        || need.Range.Low is null
                        || need.Range.Low.Order(known.Version) < 0
                    )
                )
                    continue;
                var (versions, why) = await source.Versions(need.Id, stop);
                if (Lowest(versions, need.Range) is { } version)
                    await Choose(need.Id, version, pending, wrong, stop);
                else
                    wrong.Add(
                        $"{need.Id} {need.Range.Text}, which {id} needs, cannot be had: {why ?? "there is no such version."}"
                    );
            }
        var all = Reached(named);
        wrong.AddRange(Clashes(all));
        return (all, [.. wrong.Distinct()]);
    }

    /// <summary>Opens one more archive.</summary>
    public async Task<(NuGetChoice? Choice, string? Why)> Fetch(
        string id,
        NuGetVersion version,
        CancellationToken stop,
        string? sha256 = null
    )
    {
        var fetched = await source.Archive(id, version, sha256, stop);
        if (fetched.File is null)
            return (null, $"{id} {version}: {fetched.Why}");
        var (archive, bad) = NuGetArchive.Open(fetched.File);
        if (archive is null)
            return (null, $"{id} {version} {bad}.");
        _opened.Add(archive);
        return (new NuGetChoice(id, version, fetched.File, archive), null);
    }

    private async Task Choose(
        string id,
        NuGetVersion version,
        Queue<string> pending,
        List<string> wrong,
        CancellationToken stop
    )
    {
        var (choice, why) = await Fetch(id, version, stop);
        if (choice is null)
        {
            wrong.Add(why!);
            return;
        }
        _chosen[id] = choice;
        pending.Enqueue(id);
    }

    /// <summary>A version before its release is taken only when the range names one, or nothing else is in it.</summary>
    private static NuGetVersion? Lowest(IReadOnlyList<NuGetVersion> versions, NuGetRange range)
    {
        var fitting = versions.Where(range.Holds).ToList();
        return fitting.FirstOrDefault(version =>
                version.Label.Length == 0 || range.Low is { Label.Length: > 0 }
            ) ?? fitting.FirstOrDefault();
    }

    /// <summary>What was chosen for a version that was given up later is not among it.</summary>
    private List<NuGetChoice> Reached(IReadOnlyList<(string Id, NuGetVersion)> named)
    {
        var reached = new Dictionary<string, NuGetChoice>(StringComparer.OrdinalIgnoreCase);
        var pending = new Queue<string>(named.Select(each => each.Id));
        while (pending.TryDequeue(out var id))
            if (_chosen.TryGetValue(id, out var choice) && reached.TryAdd(id, choice))
                foreach (var need in choice.Archive.Needs.Where(need => !isBuiltIn(need.Id)))
                    pending.Enqueue(need.Id);
        return [.. reached.Values.OrderBy(choice => choice.Id, StringComparer.OrdinalIgnoreCase)];
    }

    private IEnumerable<string> Clashes(IEnumerable<NuGetChoice> all) =>
        from choice in all
        from need in choice.Archive.Needs
        let other = _chosen.GetValueOrDefault(need.Id)
        where other is not null && !isBuiltIn(need.Id) && !need.Range.Holds(other.Version)
        select $"{choice.Id} {choice.Version} needs {need.Id} {need.Range.Text}, and here it is {other.Version}: name a version of {need.Id} in build.nuget_deps that all can do with.";
}
