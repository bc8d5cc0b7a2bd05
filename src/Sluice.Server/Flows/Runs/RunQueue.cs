using System.Collections.Concurrent;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Starts runs that wait for their turn, as places become free: those whose callers wait before the others, and the
/// tenants in turn. What waits is in the store alone; here is known only whose runs wait.
/// </summary>
internal sealed partial class RunQueue(
    Database database,
    GraphCache graphs,
    RunLoop loop,
    RunSlots slots,
    RunFeed feed,
    ServerPresence presence,
    TimeProvider clock,
    ILogger<RunQueue> log
) : BackgroundService
{
    /// <summary>Runs of one tenant that are started before the next one's turn.</summary>
    private const int MostInTurn = 16;

    /// <summary>How often the queue is looked at while something waits in it and nothing is heard.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    /// <summary>Lanes in which runs may wait; true: some for nothing but a place.</summary>
    private readonly ConcurrentDictionary<QueueLane, bool> _waiting = new();

    /// <summary>By whether callers wait: the tenant whose turn was last.</summary>
    private readonly Dictionary<bool, string> _served = new() { [true] = "", [false] = "" };

    /// <summary>Times of starts of which it is not known whether they were kept.</summary>
    private readonly HashSet<long> _doubtful = [];
    private volatile bool _unsure = true;
    private long _lookAt;
    private long _due = long.MaxValue;
    private long _toldAt;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether runs of a tenant wait for a place already, so that a new one is not to overtake them.</summary>
    public bool IsWaiting(string tenantId, bool interactive) =>
        _waiting.TryGetValue(new QueueLane(tenantId, interactive), out var plain) && plain;

    /// <summary>A run is on record that waits for its turn.</summary>
    public async Task Added(Run run)
    {
        if (run.DeadlineAt is { } deadline)
            Expect(deadline);
        MayWait(new QueueLane(run.TenantId, run.Interactive == 1), plain: run.Limited == 0);
        slots.Wake();
        // Others may have places; more than one word a second would tell them nothing new.
        var now = Now;
        if (run.Interactive == 1 || now - Interlocked.Read(ref _toldAt) < 1000)
            return;
        Interlocked.Exchange(ref _toldAt, now);
        try
        {
            await presence.TellQueue(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // The run is on record, and this server knows of it.
        }
    }

    /// <summary>A run may be on record that waits for its turn: the answer of the store was lost.</summary>
    public void MayHaveAdded(string tenantId, bool interactive)
    {
        MayWait(new QueueLane(tenantId, interactive), plain: true);
        slots.Wake();
    }

    /// <summary>Another server says that something waits, or that there is room under a limit.</summary>
    public void LookAgain()
    {
        _unsure = true;
        slots.Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                slots.IsWatched = true;
                await Refresh(stoppingToken);
                if (await Dispatch(stoppingToken) > 0)
                    continue;
                await Rest(stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, clock, stoppingToken);
            }
        }
    }

    /// <summary>Until a place is free, something waits that did not, or it is time to look anyway.</summary>
    private async Task Rest(CancellationToken stop)
    {
        if (!_waiting.IsEmpty)
        {
            await slots.Woken(Math.Min(_lookAt, Interlocked.Read(ref _due)), clock, stop);
            return;
        }
        Signals.Queue(0, TimeSpan.Zero);
        // What ends from now on is nothing to this loop; what came to wait in between is.
        slots.IsWatched = false;
        if (_waiting.IsEmpty)
            await slots.Woken(null, clock, stop);
    }

    /// <summary>Looks at the whole queue: after news from others, when a deadline passes, and every few seconds while something waits.</summary>
    private async Task Refresh(CancellationToken stop)
    {
        var now = Now;
        if (!_unsure && now < _lookAt && now < Interlocked.Read(ref _due))
            return;
        _unsure = false;
        _lookAt = now + (long)LookEvery.TotalMilliseconds;
        Interlocked.Exchange(ref _due, long.MaxValue);
        try
        {
            await TakeUpDoubtful(stop);
            var due = await database.Read(QueueStore.NextDeadline, stop);
            if (due <= now)
            {
                foreach (var id in await database.Write(s => QueueStore.EndLate(s, now), stop))
                    feed.Grew(id, long.MaxValue);
                due = await database.Read(QueueStore.NextDeadline, stop);
            }
            Expect(due ?? long.MaxValue);
            foreach (var tenant in await database.Read(QueueStore.Tenants, stop))
                MayWait(new QueueLane(tenant, Interactive: false), plain: true);
            await Measure(now, stop);
        }
        catch
        {
            _unsure = true;
            throw;
        }
    }

    /// <summary>Starts what has room, callers' runs first; answers how many.</summary>
    private async Task<int> Dispatch(CancellationToken stop)
    {
        var started = 0;
        foreach (var interactive in (bool[])[true, false])
        {
            var lanes = _waiting
                .Keys.Where(lane => lane.Interactive == interactive)
                .OrderBy(lane => lane.TenantId, StringComparer.Ordinal)
                .ToList();
            // Whoever comes after the one that was served last.
            var first = lanes.FindIndex(lane =>
                string.CompareOrdinal(lane.TenantId, _served[interactive]) > 0
            );
            for (var i = 0; i < lanes.Count; i++)
            {
                var lane = lanes[(i + Math.Max(0, first)) % lanes.Count];
                var count = await Dispatch(lane, lanes.Count, stop);
                if (count > 0)
                    _served[interactive] = lane.TenantId;
                started += count;
            }
        }
        return started;
    }

    private async Task<int> Dispatch(QueueLane lane, int lanes, CancellationToken stop)
    {
        var free = slots.Free(lane.TenantId, lane.Interactive);
        if (free <= 0)
            return 0;
        var most = Math.Clamp(free / lanes, 1, MostInTurn);
        // Before the look: what is added from now on is not forgotten.
        _waiting.TryRemove(lane, out _);
        var now = Now;
        Claim claim;
        try
        {
            claim = await database.Write(
                s => QueueStore.Claim(s, lane, most, presence.Name, now),
                stop
            );
        }
        catch
        {
            MayWait(lane, plain: true);
            _doubtful.Add(now);
            _unsure = true;
            throw;
        }
        if (claim.PlainWait || claim.LimitedWait)
            MayWait(lane, claim.PlainWait);
        foreach (var run in claim.Started)
            slots.Take(lane.TenantId, lane.Interactive);
        foreach (var run in claim.Started)
            await Carry(run, stop);
        return claim.Started.Count;
    }

    /// <summary>A run that was started is carried, however long the store is away in between.</summary>
    private async Task Carry(Run run, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var journal = run.ReplayOf is null
                    ? []
                    : await database.Read(s => JournalStore.Read(s, run.TenantId, run.Id), stop);
                if (await graphs.Find(run.TenantId, run.GraphId, stop) is { } graph)
                {
                    loop.Carry(run, graph, journal, hasPlace: true);
                    return;
                }
                LogNoGraph(log, run.Id, run.GraphId);
                slots.GiveBack(run.TenantId, run.Interactive == 1);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, clock, stop);
            }
        }
    }

    /// <summary>Starts whose answer was lost with the store: if they were kept, nobody carries these runs yet.</summary>
    private async Task TakeUpDoubtful(CancellationToken stop)
    {
        if (_doubtful.Count == 0)
            return;
        foreach (var run in await database.Read(s => RunStore.Unfinished(s, presence.Name), stop))
        {
            if (run.StartedAt is { } at && _doubtful.Contains(at))
                await loop.TakeUp(run.TenantId, run.Id, stop);
        }
        _doubtful.Clear();
    }

    private async Task Measure(long now, CancellationToken stop)
    {
        var whole = await database.Read(QueueStore.Whole, stop);
        Signals.Queue(
            whole.Depth,
            TimeSpan.FromMilliseconds(Math.Max(0, now - whole.OldestAt ?? 0))
        );
    }

    private void MayWait(QueueLane lane, bool plain) =>
        _waiting.AddOrUpdate(lane, plain, (_, already) => already || plain);

    private void Expect(long deadline)
    {
        for (
            var known = Interlocked.Read(ref _due);
            deadline < known
                && Interlocked.CompareExchange(ref _due, deadline, known) is var now
                && now != known;
            known = now
        ) { }
    }

    [LoggerMessage(1330, LogLevel.Error, "Run {RunId} cannot start: its graph {GraphId} is gone")]
    private static partial void LogNoGraph(ILogger log, string runId, string graphId);
}
