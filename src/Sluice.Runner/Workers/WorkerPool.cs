using Microsoft.Extensions.Logging;
using Sluice.Runner.Builds;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>
/// Keeps workers warm and calls waiting for them in order.
/// <list type="number">
/// <item>A call takes an idle worker of its key; the one used last, so that spare ones go cold and are ended.</item>
/// <item>None idle: it waits in its key's queue, and the key grows: at once up to the number of processors, beyond that
/// only when its first call has waited a while.</item>
/// <item>No room: the worker idle longest is ended, but a tenant that has a worker takes none from one that has fewer.
/// None idle: a key without a worker is served before a call that came later to a key that has one; and once its first
/// call has waited a while, before any call of a tenant that has more workers, however long that one's queue is.</item>
/// </list>
/// </summary>
internal sealed partial class WorkerPool : IAsyncDisposable
{
    private static readonly TimeSpan s_growAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>Long enough that two tenants on one worker do not spend their time starting it.</summary>
    private static readonly TimeSpan s_fairAfter = TimeSpan.FromMilliseconds(50);

    private readonly RunnerOptions _options;
    private readonly TimeProvider _clock;
    private readonly IsolationTier _tier;
    private readonly PackageStore _packages;
    private readonly ILogger _log;
    private readonly WorkerContext _context;
    private readonly PipeLoop _loop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<WorkerKey, Lane> _lanes = [];
    private readonly Dictionary<string, TenantShare> _tenants = [];
    private readonly HashSet<Worker> _alive = [];
    private readonly TaskCompletionSource _empty = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly ITimer _idleTimer;
    private readonly ITimer _growTimer;

    /// <summary>Done when nothing is left of the processes that have ended.</summary>
    private Task _cleared = Task.CompletedTask;
    private int _processes;
    private int _waiting;
    private int _leaving;
    private bool _growing;
    private bool _closing;
    private long _calls;
    private long _started;
    private long _failed;

    public WorkerPool(
        RunnerOptions options,
        TimeProvider clock,
        IsolationTier tier,
        PackageStore packages,
        ILogger log
    )
    {
        (_options, _clock, _tier, _packages, _log) = (options, clock, tier, packages, log);
        _context = new WorkerContext(options, clock, _loop, log)
        {
            Freed = worker => Freed(worker),
            Ended = Ended,
        };
        var often = options.IdleAfter / 4;
        _idleTimer = clock.CreateTimer(_ => EndIdle(), null, often, often);
        _growTimer = clock.CreateTimer(
            _ => GrowAll(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Told of each process that is gone.</summary>
    public Action? WorkerEnded { private get; set; }

    public RunnerStats Stats
    {
        get
        {
            lock (_gate)
            {
                var idle = _lanes.Values.Sum(lane => lane.Idle.Count);
                var starting = _lanes.Values.Sum(lane => lane.Starting);
                return new RunnerStats
                {
                    Workers = _processes,
                    Busy = Math.Max(0, _alive.Count - idle - starting),
                    Waiting = _waiting,
                    Calls = Interlocked.Read(ref _calls),
                    Started = Interlocked.Read(ref _started),
                    Failed = Interlocked.Read(ref _failed),
                };
            }
        }
    }

    public Task<NodeOutcome> Call(NodeCall what, CancellationToken stop)
    {
        Interlocked.Increment(ref _calls);
        var key = WorkerKey.Of(what.TenantId, what.Package);
        var call = new PendingCall(what, key, _options.MaxLogPerCall, _clock) { Pool = this };
        if (stop.IsCancellationRequested)
            call.End(NodeOutcomeKind.Cancelled, "The call was cancelled.");
        else
        {
            if (stop.CanBeCanceled)
                call.Cancellation = stop.UnsafeRegister(
                    static state => ((PendingCall)state!).Pool!.Cancel((PendingCall)state),
                    call
                );
            Place(call);
        }
        return call.Task;
    }

    /// <summary>Starts a worker for each package that has none, and waits until they are ready or have failed.</summary>
    public async Task Warm(string tenantId, IEnumerable<WorkerSpec> packages)
    {
        List<Task> starts = [];
        lock (_gate)
        {
            foreach (var package in packages)
            {
                var lane = FindLane(WorkerKey.Of(tenantId, package), package);
                if (lane.Alive == 0 && HasRoom(lane))
                    starts.Add(StartWorker(lane));
                else
                    ForgetIfEmpty(lane);
            }
        }
        await Task.WhenAll(starts);
    }

    public async ValueTask DisposeAsync()
    {
        List<PendingCall> waiting;
        List<Worker> workers;
        lock (_gate)
        {
            _closing = true;
            waiting = [.. _lanes.Values.SelectMany(lane => lane.Waiting)];
            foreach (var call in waiting)
                Unqueue(_lanes[call.Key], call);
            workers = [.. _alive];
            if (_processes == 0)
                _empty.TrySetResult();
        }
        foreach (var call in waiting)
            call.End(NodeOutcomeKind.Unavailable, "The runner is stopping.");
        foreach (var worker in workers)
            worker.Shutdown();
        await _idleTimer.DisposeAsync();
        await _growTimer.DisposeAsync();
        await _empty.Task;
        _loop.Dispose();
        // Whoever disposes of this removes its folders next.
        await _cleared;
    }

    private void Place(PendingCall call)
    {
        while (true)
        {
            Worker? worker = null;
            var full = false;
            lock (_gate)
            {
                var lane = FindLane(call.Key, call.What.Package);
                if (lane.Waiting.Count == 0 && lane.Idle.Count > 0)
                {
                    worker = lane.Idle[^1];
                    lane.Idle.RemoveAt(lane.Idle.Count - 1);
                }
                else if (_closing || Share(call.Key).Waiting >= _options.MaxWaitingPerTenant)
                    full = true;
                else
                    Queue(lane, call);
            }
            if (full)
            {
                call.End(
                    NodeOutcomeKind.Unavailable,
                    _closing
                        ? "The runner is stopping."
                        : "Too many calls are waiting for a worker already."
                );
                return;
            }
            if (worker is null || Begin(worker, call))
                return;
            // It died between two calls and has not seen this one.
        }
    }

    private static bool Begin(Worker worker, PendingCall call)
    {
        if (!worker.Begin(call))
            return false;
        if (call.CancelAsked)
            worker.Cancel(call);
        return true;
    }

    public void Cancel(PendingCall call)
    {
        call.CancelAsked = true;
        var queued = false;
        lock (_gate)
        {
            if (call.Place is not null)
            {
                Unqueue(_lanes[call.Key], call);
                queued = true;
            }
        }
        if (queued)
            call.End(NodeOutcomeKind.Cancelled, "The call was cancelled.");
        else
            call.Holder?.Cancel(call);
    }

    /// <summary>A worker has nothing to do: it was started, or its call has ended.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="startedFor">
    /// The lane that it was started for and counts as starting in until here: in between nobody may find a lane whose
    /// calls wait, with nothing idle and nothing on its way, and start or end a worker for it.
    /// </param>
    private void Freed(Worker worker, Lane? startedFor = null)
    {
        while (true)
        {
            var spent = worker.LooksSpent();
            PendingCall? next = null;
            var leave = false;
            lock (_gate)
            {
                if (startedFor is not null)
                    startedFor.Starting--;
                if (!worker.Usable)
                {
                    // It is on its way out. Ended will tell, or has told while it counted as starting.
                    if (startedFor is not null)
                    {
                        Grow(startedFor);
                        ForgetIfEmpty(startedFor);
                    }
                    return;
                }
                startedFor = null;
                var lane = FindLane(worker.Key, null);
                if (
                    _closing
                    || worker.Calls >= worker.LastCall
                    || (worker.Calls > 0 && OthersComeFirst(lane))
                )
                {
                    leave = true;
                    Retire(lane, worker);
                }
                else if (lane.Waiting.First is { Value: var first })
                {
                    next = first;
                    Unqueue(lane, first);
                }
                else
                {
                    worker.IdleSince = _clock.GetTimestamp();
                    lane.Idle.Add(worker);
                }
                if (spent && !leave && lane.Starting == 0 && HasRoom(lane))
                    _ = StartWorker(lane);
            }
            if (leave)
                worker.Shutdown();
            if (next is null || Begin(worker, next))
                return;
            Place(next);
        }
    }

    /// <summary>A process has ended and is reaped: its room is free.</summary>
    private void Ended(Worker worker)
    {
        lock (_gate)
        {
            _alive.Remove(worker);
            if (!worker.Cleared.IsCompleted)
                _cleared = Task.WhenAll(_cleared, worker.Cleared);
            if (worker.Retired)
                _leaving--;
            else
                _lanes[worker.Key].Alive--;
            Release(worker.Key);
            GrowStarving();
            if (_lanes.TryGetValue(worker.Key, out var lane))
            {
                lane.Idle.Remove(worker);
                Grow(lane);
                ForgetIfEmpty(lane);
            }
        }
        WorkerEnded?.Invoke();
    }

    /// <summary>Counts on a worker no more; the caller sees to its end.</summary>
    private void Retire(Lane lane, Worker worker)
    {
        worker.Retired = true;
        _leaving++;
        lane.Idle.Remove(worker);
        lane.Alive--;
        if (HasRoom(lane))
            Grow(lane);
        ForgetIfEmpty(lane);
    }
}
