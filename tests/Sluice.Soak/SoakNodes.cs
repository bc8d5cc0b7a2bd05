using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sluice.Runner;

namespace Sluice.Soak;

/// <summary>
/// What the nodes of the soak's flows do, in the server's process: wait a little, fail now and then, put their stamp on
/// what they pass on. They are no functions of their input, as real nodes are not: what counts is what was recorded.
/// </summary>
internal sealed class SoakNodes(CallLog log, Fuse fuse)
{
    /// <summary>Fails for a request whose text asks for it, each time.</summary>
    public const string Doomed = "Doomed";

    public static readonly string[] Names =
    [
        "A",
        "B",
        "C",
        "D",
        "E",
        "Flaky",
        "Shaky",
        "Slow",
        Doomed,
        "Each",
        "UndoA",
        "UndoB",
    ];

    /// <summary>Those of a package with a way out; nobody could tell that the others were called.</summary>
    public static readonly FrozenSet<string> Reaching = ["C", "D", "Flaky", "Slow", "UndoB"];

    public async Task<NodeOutcome> Call(NodeCall call, CancellationToken stop)
    {
        // First of all: what stands still from here on has been called.
        var beganAt = CallLog.Now;
        var input = SoakNote.Read(call.Input.Span);
        var stamp = Guid.NewGuid().ToString("N");
        fuse.Reached(FusePoint.CallBegins);
        log.Begin(
            new Call
            {
                Stamp = stamp,
                Tenant = call.TenantId,
                Run = call.ExecutionId,
                Node = call.Node,
                Text = input.Text,
                Number = input.Number,
                Seen = [.. input.Trail, .. input.Other],
                BeganAt = beganAt,
            }
        );
        var began = Stopwatch.GetTimestamp();
        var outcome = await Play(call, input, stamp, stop);
        log.End(stamp, outcome.Kind.ToString());
        fuse.Reached(FusePoint.CallEnds);
        return outcome with { Duration = Stopwatch.GetElapsedTime(began) };
    }

    private static async Task<NodeOutcome> Play(
        NodeCall call,
        SoakNote input,
        string stamp,
        CancellationToken stop
    )
    {
        var wait = call.Node == "Slow" ? Random.Shared.Next(30, 300) : Random.Shared.Next(-6, 12);
        try
        {
            if (wait > 0)
                await Task.Delay(wait, stop);
        }
        catch (OperationCanceledException)
        {
            return new NodeOutcome { Kind = NodeOutcomeKind.Cancelled };
        }
        // The stamp is in the message of a failure too, so that its line on record names the call.
        if (Fails(call.Node, input.Text))
            return new NodeOutcome { Kind = NodeOutcomeKind.NodeError, Message = $"({stamp})" };
        return new NodeOutcome
        {
            Kind = NodeOutcomeKind.Succeeded,
            Output = new SoakNote
            {
                Text = input.Text,
                Number = input.Number + 1,
                Trail = [.. input.Trail, stamp],
                Other = input.Other,
                Items = input.Items,
            }.ToBytes(),
        };
    }

    private static bool Fails(string node, string text) =>
        node switch
        {
            "Flaky" => Random.Shared.Next(100) < 35,
            "Shaky" or "Each" or "UndoA" or "UndoB" => Random.Shared.Next(100) < 10,
            Doomed => text.EndsWith('!'),
            _ => false,
        };
}

/// <summary>Where the soak's server may kill itself.</summary>
internal enum FusePoint
{
    None,

    /// <summary>A node is about to begin.</summary>
    CallBegins,

    /// <summary>A node has ended, and the server is about to hear of it, record it and make the calls that follow.</summary>
    CallEnds,
}

/// <summary>
/// Kills the process some microseconds after it has come to a point for the n-th time. A kill from outside hits where a
/// server spends its time; this one hits where it matters.
/// </summary>
internal sealed partial class Fuse(FusePoint point, int count, int microseconds)
{
    private const int SigKill = 9;
    private int _left = count;

    public void Reached(FusePoint reached)
    {
        if (reached == point && Interlocked.Decrement(ref _left) == 0)
            new Thread(Burn) { IsBackground = true, Priority = ThreadPriority.Highest }.Start();
    }

    private void Burn()
    {
        var lit = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(lit).TotalMicroseconds < microseconds)
            Thread.SpinWait(8);
        _ = Kill(Environment.ProcessId, SigKill);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
