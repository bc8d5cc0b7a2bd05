namespace Sluice.Runner.Workers;

/// <summary>A call on its way: waiting for a worker, or in one.</summary>
internal sealed class PendingCall(NodeCall what, WorkerKey key, int maxLogBytes, TimeProvider clock)
    : TaskCompletionSource<NodeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenSource? _stop;

    public NodeCall What { get; } = what;

    public WorkerKey Key { get; } = key;

    public CallLog Log { get; } = new(maxLogBytes, clock);

    /// <summary>Its number on the worker's channel.</summary>
    public uint Number { get; set; }

    /// <summary>When it began to wait.</summary>
    public long Asked { get; } = clock.GetTimestamp();

    /// <summary>When a worker got it.</summary>
    public long Began { get; set; }

    public bool Cold { get; set; }

    /// <summary>The caller gave up; whoever has the call next must stop it.</summary>
    public volatile bool CancelAsked;

    /// <summary>Set while it waits in a queue; null once it is out.</summary>
    public LinkedListNode<PendingCall>? Place { get; set; }

    /// <summary>The worker that has it, for a cancellation.</summary>
    public Worker? Holder { get; set; }

    /// <summary>The pool to ask for a cancellation.</summary>
    public WorkerPool? Pool { get; init; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Stops with the call. Made only when a secret is asked for. Guarded by the worker's gate.</summary>
    public CancellationToken Stop => (_stop ??= new CancellationTokenSource()).Token;

    public void End(
        NodeOutcomeKind kind,
        string? message,
        ReadOnlyMemory<byte> output = default,
        string stack = ""
    )
    {
        _stop?.Cancel();
        _stop?.Dispose();
        Cancellation.Unregister();
        What.Stream?.End();
        TrySetResult(
            new NodeOutcome
            {
                Kind = kind,
                Message = message,
                Output = output,
                Stack = stack,
                Logs = Log.Close(),
                Duration = Began == 0 ? TimeSpan.Zero : clock.GetElapsedTime(Began),
                Cold = Cold,
            }
        );
    }
}
