using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Sluice.Runner;

namespace Sluice.Server.Tests.Runs;

/// <summary>What nodes do in a test. A node that is not told otherwise gives its input back with its name added to the trail.</summary>
internal sealed class PlayedNodes
{
    public static readonly string[] Names =
    [
        "A",
        "B",
        "C",
        "D",
        "Gate",
        "Other",
        "Fail",
        "UndoA",
        "UndoB",
    ];

    private readonly ConcurrentDictionary<
        string,
        Func<NodeCall, CancellationToken, Task<NodeOutcome>>
    > _plays = new();

    /// <summary>Names of nodes in the order in which they were called.</summary>
    public ConcurrentQueue<string> Called { get; } = new();

    /// <summary>What a node does from now on.</summary>
    public Func<NodeCall, CancellationToken, Task<NodeOutcome>> this[string name]
    {
        set => _plays[name] = value;
    }

    /// <summary>Makes a node wait until it is let go.</summary>
    public GatedNode Gate(string name)
    {
        var gate = new GatedNode();
        _plays[name] = gate.Call;
        return gate;
    }

    public Task<NodeOutcome> Call(NodeCall call, CancellationToken stop)
    {
        Called.Enqueue(call.Node);
        return _plays.TryGetValue(call.Node, out var play) ? play(call, stop)
            : call.Node == "Fail" ? Task.FromResult(Failed())
            : Task.FromResult(Trail(call));
    }

    public static NodeOutcome Trail(NodeCall call)
    {
        var name = Encoding.UTF8.GetBytes(call.Node);
        return new NodeOutcome
        {
            Kind = NodeOutcomeKind.Succeeded,
            Output = (byte[])[.. call.Input.Span, 0x1A, (byte)name.Length, .. name],
        };
    }

    public static NodeOutcome Failed(string message = "no such luck") =>
        new() { Kind = NodeOutcomeKind.NodeError, Message = message };
}

/// <summary>A node whose calls wait until the test lets them go; a call that is stopped says so.</summary>
internal sealed class GatedNode
{
    private readonly ConcurrentQueue<TaskCompletionSource<NodeOutcome>> _waiting = new();
    private readonly Channel<bool> _entered = Channel.CreateUnbounded<bool>();

    public int Calls;

    public int Stopped;

    public async Task<NodeOutcome> Call(NodeCall call, CancellationToken stop)
    {
        Interlocked.Increment(ref Calls);
        var done = new TaskCompletionSource<NodeOutcome>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        _waiting.Enqueue(done);
        _entered.Writer.TryWrite(true);
        await using var stopped = stop.Register(() =>
        {
            Interlocked.Increment(ref Stopped);
            done.TrySetResult(new NodeOutcome { Kind = NodeOutcomeKind.Cancelled });
        });
        var outcome = await done.Task;
        return outcome.Kind == NodeOutcomeKind.Succeeded ? PlayedNodes.Trail(call) : outcome;
    }

    /// <summary>Waits until one more call has come in.</summary>
    public async Task Entered() =>
        await _entered.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Lets the oldest call that waits go.</summary>
    public void Release(NodeOutcome? outcome = null) =>
        Assert.True(TryRelease(outcome), "no call waits");

    /// <summary>False when no call waits: all were stopped.</summary>
    public bool TryRelease(NodeOutcome? outcome = null)
    {
        while (_waiting.TryDequeue(out var done))
        {
            if (done.TrySetResult(outcome ?? new NodeOutcome { Kind = NodeOutcomeKind.Succeeded }))
                return true;
        }
        return false;
    }
}
