using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Sluice.Language.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Secrets;

namespace Sluice.Server.Flows.Runs;

/// <summary>A run that this server is carrying, as others see it: what was asked of it, what it is doing, and its end.</summary>
internal sealed class ActiveRun
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    // What wakes the loop continues it at once: whoever posts has nothing left to do.
    private readonly Channel<RunMail> _mail = Channel.CreateUnbounded<RunMail>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true }
    );
    private readonly TaskCompletionSource<RunEnd> _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly TaskCompletionSource<bool> _accepted = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly List<CallInFlight> _inFlight = [];
    private volatile bool _cancelAsked;
    private volatile bool _deadlinePassed;
    private volatile bool _pauseAsked;
    private volatile bool _onRecord;
    private volatile FrozenSet<string> _breakpoints;

    private readonly Tenure _tenure;

    /// <param name="run">As it is on record, or is to be.</param>
    /// <param name="graph">Of the run.</param>
    /// <param name="tenure">How long this server may carry it.</param>
    /// <param name="onRecord">Whether it is on record already; if not, what is written of it first puts it there.</param>
    public ActiveRun(Run run, LoadedGraph graph, Tenure tenure, bool onRecord)
    {
        _onRecord = onRecord;
        Run = run;
        _tenure = tenure;
        Graph = graph;
        Pin = new SecretPin(run.TenantId, run.Environment, run.ConfigId ?? "", run.SecretsVersion);
        Params = run.Params is null
            ? FrozenDictionary<string, string>.Empty
            : JsonSerializer.Deserialize(run.Params, RunJson.Default.DictionaryStringString)!;
        _cancelAsked = run.CancelAskedAt is not null;
        _pauseAsked = run.PauseAskedAt is not null;
        _breakpoints = ReadBreakpoints(run.Breakpoints);
    }

    /// <summary>As it was when this server took it up.</summary>
    public Run Run { get; }

    public LoadedGraph Graph { get; }

    /// <summary>Comes when this server stops, or may work on the run no more: it is carried no further, and nothing is recorded of it.</summary>
    public CancellationToken Closing => _tenure.Over;

    /// <summary>Whether this server may make calls for the run at this moment; false: <see cref="Closing"/> has come.</summary>
    public bool MayCall => _tenure.Lasts;

    public SecretPin Pin { get; }

    public IReadOnlyDictionary<string, string> Params { get; }

    /// <summary>Completes when the end is durable, or the pause; faults when the store is lost.</summary>
    public Task<RunEnd> Ended => _ended.Task;

    /// <summary>Whether a crash leaves it on record; before that nobody outside has heard of it.</summary>
    public bool IsOnRecord => _onRecord;

    /// <summary>
    /// Of a run that was not on record when it began: whether it is now. False: what it went by has changed meanwhile, and
    /// it was never there. Completes with the end, at the latest; faults when the store is lost.
    /// </summary>
    public Task<bool> Accepted => _accepted.Task;

    public ChannelReader<RunMail> Mail => _mail.Reader;

    public bool CancelAsked => _cancelAsked;

    public bool DeadlinePassed => _deadlinePassed;

    public bool PauseAsked => _pauseAsked;

    /// <summary>Aliases before which the run pauses.</summary>
    public FrozenSet<string> Breakpoints => _breakpoints;

    /// <summary>Calls of nodes and subflows that are under way.</summary>
    public CallInFlight[] InFlight
    {
        get
        {
            lock (_inFlight)
                return [.. _inFlight];
        }
    }

    public void Add(CallInFlight call)
    {
        lock (_inFlight)
            _inFlight.Add(call);
    }

    public void Remove(CallInFlight call)
    {
        lock (_inFlight)
            _inFlight.Remove(call);
    }

    public void Post(RunMail mail) => _mail.Writer.TryWrite(mail);

    /// <summary>
    /// Waits until every step that has ended is durable: before a call does what can be seen from outside. Of a stream
    /// nothing is kept that could be waited for.
    /// </summary>
    public async Task Recorded(CancellationToken stop)
    {
        if (Graph.Flow.IsPipeline)
            return;
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new RunMail(null, null, null, null, recorded));
        await Task.WhenAny(recorded.Task, Ended).WaitAsync(stop);
        // The end is durable with all that came before it; that the store is lost for now is no end.
        if (!Ended.IsCompletedSuccessfully)
            await recorded.Task.WaitAsync(stop);
    }

    /// <summary>Gives what has ended a moment to become durable: for those who look at the record, and before this server stops.</summary>
    public async Task RecordedSoon(CancellationToken stop)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(stop);
        soon.CancelAfter(Soon);
        try
        {
            await Recorded(soon.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The store is slow, or away: what it has is what there is.
        }
    }

    public void AskCancel()
    {
        _cancelAsked = true;
        Post(default);
    }

    public void PassDeadline()
    {
        _deadlinePassed = true;
        Post(default);
    }

    /// <summary>Takes over what the record says is wished of the run now.</summary>
    public void Heed(RunWishes wishes)
    {
        _cancelAsked |= wishes.CancelAskedAt is not null;
        _pauseAsked = wishes.PauseAskedAt is not null;
        _breakpoints = ReadBreakpoints(wishes.Breakpoints);
        Post(default);
    }

    /// <summary>Ends the calls under way: the server stops, and nothing is recorded of it.</summary>
    public void StopCalls()
    {
        foreach (var call in InFlight)
            call.End();
    }

    /// <summary>Ends when nothing that was given up can change the record any more; it never fails.</summary>
    public Task Settled { get; private set; } = Task.CompletedTask;

    /// <summary>A write is waited for no more, and may be kept all the same.</summary>
    public void Abandon(Task write) =>
        Settled = Task.WhenAll(
            Settled,
            write.ContinueWith(
                // Nobody else looks at what came of it.
                static done =>
                    _ = done.Exception,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            )
        );

    /// <summary>It is on record, and not at its end yet.</summary>
    public void Accept()
    {
        _onRecord = true;
        _accepted.TrySetResult(true);
    }

    /// <summary>It was not put on record, and nothing is known of it.</summary>
    public void Decline(Exception error)
    {
        _accepted.TrySetResult(false);
        Disappoint(error);
    }

    public void Complete(RunEnd end)
    {
        _ended.TrySetResult(end);
        _accepted.TrySetResult(true);
    }

    /// <summary>Tells those who wait that the store is lost; the run itself waits for it.</summary>
    public void Disappoint(Exception error)
    {
        if (_ended.TrySetException(error))
            _ = _ended.Task.Exception;
        if (_accepted.TrySetException(error))
            _ = _accepted.Task.Exception;
    }

    private static FrozenSet<string> ReadBreakpoints(string? json) =>
        json is null
            ? FrozenSet<string>.Empty
            : JsonSerializer.Deserialize(json, RunJson.Default.StringArray)!.ToFrozenSet();
}

/// <summary>A call under way.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It has no timer, and those who look at it outlive the call."
)]
internal sealed class CallInFlight(PendingCall call, long startedAt)
{
    private readonly CancellationTokenSource _stop = new();
    private volatile CallProgress? _progress;

    public PendingCall Call => call;

    public long StartedAt => startedAt;

    public CancellationToken Stop => _stop.Token;

    /// <summary>Of a placement of a flow over streams: frames so far, in and out.</summary>
    public Func<(long In, long Out)>? Frames { get; init; }

    /// <summary>How far it is, when the node has said so.</summary>
    public CallProgress? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>Tells the node, and kills it after its grace.</summary>
    public void End() => _stop.Cancel();
}

/// <summary>What wakes a run: a call that has ended, a retry whose time has come, or (empty) something that was asked of it.</summary>
/// <param name="Recorded">To be told when all that has happened so far is durable.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunMail(
    CallInFlight? Call,
    StepEnd? End,
    PendingCall? Due,
    Exception? Broken,
    TaskCompletionSource? Recorded = null
);

/// <summary>What is asked of a run; it stands in the run's row, so that it reaches whoever carries the run.</summary>
internal sealed record RunWishes
{
    public long? CancelAskedAt { get; init; }

    public long? PauseAskedAt { get; init; }

    public string? Breakpoints { get; init; }

    public static RunWishes Of(Run run) =>
        new()
        {
            CancelAskedAt = run.CancelAskedAt,
            PauseAskedAt = run.PauseAskedAt,
            Breakpoints = run.Breakpoints,
        };
}

/// <summary>How a run ended, or (<see cref="RunStatus.Paused"/>) that it is carried no further for now.</summary>
internal sealed record RunEnd(string Status, byte[]? Output, byte[]? Error, long EndedAt);

/// <summary>What a call came to: its line but for the number, and what the fold is told.</summary>
/// <param name="Interrupted">It was stopped: nothing came of it.</param>
internal sealed record StepEnd(JournalLine Line, FlowFault? Fault, bool Interrupted)
{
    public StepResult Result =>
        new()
        {
            Key = Line.Key,
            Attempt = (int)Line.Attempt,
            Output = Fault is null ? Line.Output ?? [] : null,
            Fault = Fault,
            EndedAt = Line.EndedAt,
        };
}
