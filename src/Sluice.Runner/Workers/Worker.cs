using Microsoft.Extensions.Logging;
using Sluice.Runner.Languages;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>What a worker needs of the runner around it.</summary>
internal sealed record WorkerContext(
    RunnerOptions Options,
    TimeProvider Clock,
    PipeLoop Loop,
    ILogger Log
)
{
    /// <summary>Called once a worker can take the next call.</summary>
    public required Action<Worker> Freed { get; init; }

    /// <summary>Called once, when a worker's process has ended and been reaped.</summary>
    public required Action<Worker> Ended { get; init; }
}

/// <summary>
/// One sandboxed process that holds one package of one tenant, and this side of its pipes (the sidecar).
/// It serves one call at a time. Its channel is its identity: whatever arrives on it is of this tenant and this call,
/// and bytes that do not fit that end the process.
/// <code>
/// starting ──hello──▶ idle ◀──result/error── busy ──deadline, cancel──▶ leaving ──▶ dead
///     └───────────── crash, violation, shutdown from any state ───────────────────▶ dead
/// </code>
/// </summary>
internal sealed partial class Worker : PipeOwner
{
    private const int ReplaceAhead = 50;

    private readonly WorkerContext _context;
    private readonly ILanguage _language;
    private readonly Lock _gate = new();
    private readonly FrameReader _frames = new();
    private readonly FrameReader.Receiver _receive;
    private readonly OutputLines _lines = new();
    private readonly CallLog _startLog;
    private readonly WireWriter _writer = new();
    private readonly TaskCompletionSource<string?> _hello = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly ITimer _timer;

    private ChildProcess _process = null!;
    private int _fromWorker = -1;
    private int _toWorker = -1;
    private int _output = -1;

    private readonly long _startedAt;
    private int _lookAt;

    private PendingCall? _call;
    private uint _lastNumber;
    private bool _ready;
    private bool _asking;
    private bool _dead;
    private bool _killed;
    private bool _channelClosed;
    private (NodeOutcomeKind Kind, string Message)? _verdict;
    private long _due = long.MaxValue;
    private long _armed = long.MaxValue;

    private byte[]? _unsent;
    private int _unsentFrom;
    private int _unsentTo;
    private TaskCompletionSource? _sent;

    private Worker(WorkerKey key, ILanguage language, WorkerContext context)
    {
        Key = key;
        _language = language;
        _context = context;
        _receive = Receive;
        _startLog = new CallLog(FrameHead.MaxLine, context.Clock);
        _timer = context.Clock.CreateTimer(
            static state => ((Worker)state!).TimerFired(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        IdleSince = _startedAt = context.Clock.GetTimestamp();
        _lookAt = context.Options.RecycleAfterCalls - Ahead(context.Options);
    }

    public WorkerKey Key { get; }

    /// <summary>Calls given to it so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The number of calls at which it leaves, once it is to be replaced.</summary>
    public int LastCall { get; private set; } = int.MaxValue;

    /// <summary>When it last had nothing to do. Guarded by the pool.</summary>
    public long IdleSince { get; set; }

    /// <summary>The pool counts on it no more. Guarded by the pool.</summary>
    public bool Retired { get; set; }

    /// <summary>Host-side id of the process (of the sandbox around it).</summary>
    public int Pid => _process.Pid;

    /// <summary>After its end: done when nothing of it is left on this machine.</summary>
    public Task Cleared => _process.Cleared;

    public Hello? Greeting { get; private set; }

    /// <summary>It can take a further call.</summary>
    public bool Usable
    {
        get
        {
            lock (_gate)
                return _ready && !_dead && !_killed && _verdict is null;
        }
    }

    /// <summary>Starts a process. It is not ready before <see cref="Ready"/> says so.</summary>
    public static async Task<Worker> Start(
        WorkerKey key,
        ILanguage language,
        IsolationTier tier,
        SandboxTask task,
        WorkerContext context,
        Action<Worker> enlist
    )
    {
        var worker = new Worker(key, language, context);
        var (childReads, toWorker) = Native.Pipe();
        var (fromWorker, childWrites) = Native.Pipe();
        var (output, childPrints) = Native.Pipe();
        try
        {
            worker._process = await tier.Spawn(task, childReads, childWrites, childPrints);
        }
        catch
        {
            foreach (var fd in (ReadOnlySpan<int>)[toWorker, fromWorker, output])
                _ = Native.close(fd);
            throw;
        }
        finally
        {
            foreach (var fd in (ReadOnlySpan<int>)[childReads, childWrites, childPrints])
                _ = Native.close(fd);
        }
        (worker._toWorker, worker._fromWorker, worker._output) = (toWorker, fromWorker, output);
        foreach (var fd in (ReadOnlySpan<int>)[toWorker, fromWorker, output])
            Native.SetNonBlocking(fd);
        enlist(worker);
        lock (worker._gate)
            worker.Arm(context.Options.StartDeadline);
        context.Loop.Enter(worker);
        context.Loop.Watch(worker, PipeRole.Channel, fromWorker);
        context.Loop.Watch(worker, PipeRole.Output, output);
        context.Loop.Watch(worker, PipeRole.Writable, toWorker);
        context.Loop.Watch(worker, PipeRole.Exit, worker._process.ExitFd);
        return worker;
    }

    /// <summary>Null once it has said hello; otherwise why it never will, as a public sentence.</summary>
    public Task<string?> Ready => _hello.Task;

    /// <summary>Gives it a call.</summary>
    /// <returns>False when it is dead and has not seen the call.</returns>
    public bool Begin(PendingCall call)
    {
        lock (_gate)
        {
            if (!_ready || _dead || _killed || _call is not null)
                return false;
            call.Number = ++_lastNumber;
            call.Began = _context.Clock.GetTimestamp();
            Messages.WriteInvoke(_writer, call.Number, call.What);
            if (_writer.Length - FrameHead.Size > FrameHead.MaxPayload)
            {
                // Refused before it is sent: the worker is as good as before.
                call.Holder = null;
                call.End(
                    NodeOutcomeKind.NodeError,
                    $"The input of {call.What.Node} is {call.What.Input.Length} bytes, more than a call can carry ({FrameHead.MaxPayload})."
                );
                ThreadPool.UnsafeQueueUserWorkItem(
                    static worker => worker._context.Freed(worker),
                    this,
                    preferLocal: true
                );
                return true;
            }
            _call = call;
            call.Holder = this;
            Calls++;
            if (!Send(_writer.Buffer, _writer.Length))
            {
                _call = null;
                call.Holder = null;
                return false;
            }
            Arm(call.What.Timeout);
            if (call.What.Stream is { } stream)
                Open(call, stream);
            return true;
        }
    }

    /// <summary>Looks, every so many calls, whether another should take its place; to be asked once after each call.</summary>
    /// <returns>True once: it has had its <see cref="LastCall"/>, or comes near it.</returns>
    public bool LooksSpent()
    {
        if (Calls < _lookAt)
            return false;
        var options = _context.Options;
        var spent =
            _context.Clock.GetElapsedTime(_startedAt) >= options.RecycleAfter
            || _process.MemoryInUse > Key.Limits.Data / 2;
        _lookAt = spent ? int.MaxValue : Calls + options.RecycleAfterCalls;
        if (spent)
            LastCall = Calls + Ahead(options);
        return spent;
    }

    /// <summary>So many calls before its last one another is started, so that none waits for it.</summary>
    private static int Ahead(RunnerOptions options) =>
        options.RecycleAfterCalls > ReplaceAhead ? ReplaceAhead : 0;

    /// <summary>The caller wants no answer any more: the node is asked to stop and ended after the grace.</summary>
    public void Cancel(PendingCall call)
    {
        lock (_gate)
        {
            if (_call == call && !_dead)
                AskToStop(NodeOutcomeKind.Cancelled, "The call was cancelled.");
        }
    }

    /// <summary>Ends an idle worker politely; one that stays is killed after the grace.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            if (_dead || _killed)
                return;
            _verdict ??= (NodeOutcomeKind.Unavailable, "The runner is stopping.");
            _ready = false;
            SendSmall(FrameKind.Shutdown, 0);
            Arm(_context.Options.Grace);
        }
    }

    /// <summary>Ends it now.</summary>
    public void Kill(NodeOutcomeKind kind, string message)
    {
        lock (_gate)
        {
            if (_dead || _killed)
                return;
            _verdict ??= (kind, message);
            _killed = true;
            _process.Kill();
        }
    }

    /// <summary>Cancel, and a kill after the grace. Under the gate.</summary>
    private void AskToStop(NodeOutcomeKind kind, string message)
    {
        if (_verdict is not null || _killed)
            return;
        _verdict = (kind, message);
        SendSmall(FrameKind.Cancel, _call!.Number);
        Arm(_context.Options.Grace);
    }

    private void Violate(string what)
    {
        Log.Violated(_context.Log, Key.TenantId, Key.Digest, what);
        Kill(
            NodeOutcomeKind.Protocol,
            $"The package's process broke the worker protocol and was ended: {what}."
        );
    }

    /// <summary>Sets when the timer shall next look. The timer itself is touched only when it would look too late.</summary>
    private void Arm(TimeSpan after)
    {
        var clock = _context.Clock;
        _due = clock.GetTimestamp() + (long)(after.TotalSeconds * clock.TimestampFrequency);
        if (_due >= _armed)
            return;
        _armed = _due;
        _timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    private static string TooLong(NodeCall call) =>
        call.Stream is null
            ? $"{call.Node} was still running after {call.Timeout.TotalSeconds:0.###} s and was stopped."
            : $"{call.Node} was silent for {call.Timeout.TotalSeconds:0.###} s, though it was its turn, and was stopped.";

    private void TimerFired()
    {
        lock (_gate)
        {
            _armed = long.MaxValue;
            if (_dead || _due == long.MaxValue)
                return;
            var left = _context.Clock.GetElapsedTime(_context.Clock.GetTimestamp(), _due);
            if (left > TimeSpan.Zero)
            {
                _armed = _due;
                _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            _due = long.MaxValue;
            if (!_ready && _verdict is null && _call is null)
            {
                var seconds = _context.Options.StartDeadline.TotalSeconds;
                Kill(
                    NodeOutcomeKind.Unavailable,
                    $"The package did not start within {seconds:0.#} s."
                );
            }
            else if (_call is { } call && _verdict is null && !_channelClosed)
                AskToStop(NodeOutcomeKind.Timeout, TooLong(call.What));
            else
                Kill(
                    NodeOutcomeKind.Crashed,
                    $"{_call?.What.Node} did not finish: its process closed its end of the pipes and was ended."
                );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            4001,
            LogLevel.Warning,
            "A worker of tenant {Tenant}, package {Digest}, was ended: {What}"
        )]
        public static partial void Violated(ILogger log, string tenant, string digest, string what);

        [LoggerMessage(
            4002,
            LogLevel.Debug,
            "A worker of tenant {Tenant}, package {Digest}, ended with {Code}; it printed: {Printed}"
        )]
        public static partial void Ended(
            ILogger log,
            string tenant,
            string digest,
            int code,
            string printed
        );

        [LoggerMessage(
            4004,
            LogLevel.Error,
            "Answering the question {Question} for tenant {Tenant} failed"
        )]
        public static partial void QuestionFailed(
            ILogger log,
            Exception error,
            QuestionKind question,
            string tenant
        );

        [LoggerMessage(4003, LogLevel.Error, "Reading a secret for tenant {Tenant} failed")]
        public static partial void SecretFailed(ILogger log, Exception error, string tenant);
    }
}
