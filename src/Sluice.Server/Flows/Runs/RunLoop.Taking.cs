using System.Collections.Concurrent;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

// How a run comes to be carried here, and how a wish reaches it meanwhile.
internal sealed partial class RunLoop
{
    /// <summary>How long a wish for a run that is not carried here is remembered, in milliseconds.</summary>
    private const int RememberFor = 10_000;

    private const int MostRemembered = 1000;

    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    /// <summary>While somebody else is just reading a run.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Runs that are carried, or taken up, by one at a time: what is read of a run that is held stays as it is, so that no
    /// step on record is made again.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte> _held = new();

    /// <summary>When something was wished of a run that was not carried here: it may be about to be.</summary>
    private readonly ConcurrentDictionary<string, long> _wished = new();

    /// <summary>Begins to carry a run that is durable already, and this server's.</summary>
    /// <param name="run">As it is on record.</param>
    /// <param name="graph">Of the run.</param>
    /// <param name="journal">What has happened in it so far.</param>
    /// <param name="hasPlace">Whether one of <see cref="RunSlots"/> was taken for it.</param>
    public void Carry(
        Run run,
        LoadedGraph graph,
        IReadOnlyList<JournalLine> journal,
        bool hasPlace = false
    )
    {
        var held = _held.TryAdd(run.Id, 0);
        if (held && Begin(run, graph, journal, hasPlace) is not null)
            return;
        if (hasPlace)
            slots.GiveBack(run.TenantId, run.Interactive == 1);
        if (held)
            _held.TryRemove(run.Id, out _);
        else
            // Whoever is reading it may have done so before it was this server's.
            TakeUpLater(run.TenantId, run.Id);
    }

    /// <summary>
    /// Begins to carry a new run that is not on record yet: what is written of it first puts it there, before anybody can
    /// hear of it. A place was taken for it.
    /// </summary>
    /// <returns>Null when this server may carry no run.</returns>
    public ActiveRun? CarryUnrecorded(Run run, LoadedGraph graph)
    {
        _held[run.Id] = 0;
        var begun = Begin(run, graph, [], hasPlace: true, onRecord: false);
        if (begun is null)
            _held.TryRemove(run.Id, out _);
        return begun;
    }

    /// <summary>Carries on a run from its journal, if it is this server's and not being carried.</summary>
    public async Task<bool> TakeUp(string tenantId, string runId, CancellationToken stop)
    {
        while (!_held.TryAdd(runId, 0))
        {
            if (_active.ContainsKey(runId))
                return false;
            await Task.Delay(Moment, stop);
        }
        var begun = false;
        try
        {
            var (run, journal) = await database.Read(
                async session =>
                    (
                        await RunStore.Find(session, tenantId, runId),
                        await JournalStore.Read(session, tenantId, runId)
                    ),
                stop
            );
            begun =
                run is { EndedAt: null }
                && run.Status != RunStatus.Queued
                && run.Server == presence.Name
                && await graphs.Find(tenantId, run.GraphId, stop) is { } graph
                && Begin(run, graph, journal, hasPlace: false) is not null;
            return begun;
        }
        finally
        {
            if (!begun)
                _held.TryRemove(runId, out _);
        }
    }

    /// <summary>
    /// Takes a run up, if it is this server's, as soon as the store can say so: the answer to a write was lost that may
    /// have made it this server's.
    /// </summary>
    public void TakeUpLater(string tenantId, string runId) => _ = TakeUpAtLast(tenantId, runId);

    /// <summary>Tells whoever carries a run that something is wished of it; the wish is durable already.</summary>
    public async Task Tell(string tenantId, string runId, CancellationToken stop)
    {
        if (!await Heard(tenantId, runId))
            await presence.Tell(tenantId, runId, stop);
    }

    /// <summary>Takes in what is wished of a run, if it is carried here, or as soon as it is.</summary>
    public async Task<bool> Heard(string tenantId, string runId)
    {
        if (Find(tenantId, runId) is null)
            Remember(runId);
        if (Find(tenantId, runId) is not { } run)
            return false;
        try
        {
            await recorder.Heed(run);
            return true;
        }
        catch (Exception error) when (error is RunLostException or OperationCanceledException)
        {
            // It has ended, was paused or is carried elsewhere; if it is still carried here, its next write says so.
            return false;
        }
    }

    /// <summary>Of a run that is held; null when this server may not carry it.</summary>
    private ActiveRun? Begin(
        Run run,
        LoadedGraph graph,
        IReadOnlyList<JournalLine> journal,
        bool hasPlace,
        bool onRecord = true
    )
    {
        // A server that lost its runs meanwhile carries none; whoever has this one now finds it on record.
        if (presence.TenureOf(run.Server) is not { } tenure)
            return null;
        var active = new ActiveRun(run, graph, tenure, onRecord);
        _active[run.Id] = active;
        if (!hasPlace && run.ParentId is null)
            slots.Take(run.TenantId, run.Interactive == 1);
        if (!_wished.IsEmpty && _wished.TryRemove(run.Id, out _))
            _ = Heard(run.TenantId, run.Id);
        _ = Guard(active, journal);
        // Who waited for its turn with it can wait for its end.
        feed.Grew(run.Id, 0);
        return active;
    }

    private async Task TakeUpAtLast(string tenantId, string runId)
    {
        while (presence.IsHere)
        {
            try
            {
                await TakeUp(tenantId, runId, CancellationToken.None);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, clock);
            }
        }
    }

    private void Remember(string runId)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (_wished.Count >= MostRemembered)
        {
            foreach (var (id, at) in _wished)
            {
                if (now - at >= RememberFor)
                    _wished.TryRemove(id, out _);
            }
        }
        _wished[runId] = now;
    }
}
