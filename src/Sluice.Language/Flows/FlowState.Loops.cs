using System.Runtime.InteropServices;

namespace Sluice.Language.Flows;

/// <content>Loops: a body that is visited again, and the edges that wait until it no longer is.</content>
public sealed partial class FlowState
{
    /// <summary>Loops that go round without a single call, one after the other, before that counts as an error.</summary>
    internal const int MostTurnsWithoutCall = 10_000;

    private int turnsWithoutCall;

    // Per loop; null until one is taken.
    private Round[]? rounds;

    /// <summary>After a placement succeeded: takes a loop edge of it, or fails it because of one.</summary>
    /// <returns>False when it is to go on with its other edges.</returns>
    private bool GoesAround(int index)
    {
        foreach (var loop in wiring.LoopsFrom[index])
        {
            var fault = Test(loop.Edge, out var holds);
            if (fault is null && !holds)
                continue;
            var most = loop.Edge.Edge.MaxIterations;
            if (fault is null && rounds?[loop.Ordinal].Taken >= most)
            {
                if (loop.Edge.Edge.Condition is null)
                    continue;
                fault = LoopFault(
                    loop,
                    $"was taken {most} times, as often as it may, and its condition still holds"
                );
            }
            if (fault is null && ++turnsWithoutCall > MostTurnsWithoutCall)
                fault = LoopFault(loop, "goes round without any call being made");
            if (fault is null)
                GoAround(loop);
            else
                Fail(index, fault, nodes[index].Call.Last?.Input ?? default);
            return true;
        }
        return false;
    }

    private static FlowFault LoopFault(LoopWiring loop, string what) =>
        new()
        {
            Code = "loop_limit",
            Kind = "LOOP_LIMIT",
            Message = $"The loop `{loop.Edge.Edge}` {what}.",
            Node = loop.Edge.From!.Alias,
            Edge = loop.Edge.Edge,
        };

    /// <summary>Begins the next visit of a body: all that was decided in it is open again.</summary>
    private void GoAround(LoopWiring loop)
    {
        rounds ??= new Round[wiring.Loops.Length];
        ref var round = ref rounds[loop.Ordinal];
        round.Taken++;
        round.Message = SourceOf(loop.Edge);
        edges[loop.Edge.Index] = new EdgeSlot(EdgeStatus.Taken, Held: false);
        foreach (var index in loop.Body)
            Reset(index, keepEntered: index == loop.Edge.To.Index);
        foreach (var edge in loop.Inner)
            Reset(edge);
        foreach (var edge in loop.Leaving)
            Reset(edge);
        foreach (var inner in loop.Surrounds)
        {
            rounds[inner.Ordinal] = default;
            Reset(inner.Edge);
        }
        nodes[loop.Edge.To.Index].Revisited = true;
        MarkDirty(loop.Edge.To.Index);
    }

    /// <param name="keepEntered">For the target of the loop: what entered stays.</param>
    private void Reset(int index, bool keepEntered)
    {
        ref var node = ref nodes[index];
        Leave(ref node.Call);
        foreach (ref var item in (node.FanOut?.Calls ?? []).AsSpan())
            Leave(ref item);
        node = wiring.Blank[index] with
        {
            Visit = node.Visit + 1,
            Undecided = keepEntered ? node.Undecided : wiring.Incoming[index].Length,
            Chosen = keepEntered ? node.Chosen : -1,
        };
    }

    private void Reset(PlannedEdge edge)
    {
        edges[edge.Index] = default;
        edgeFaults?.Remove(edge.Index);
    }

    private void Leave(ref CallSlot slot)
    {
        if (KeepInputs && slot.Last is { } call)
            (past ??= [])[call.Key] = call.Input;
        Drop(ref slot);
    }

    /// <summary>Whether an edge leads out of a loop that may go round once more.</summary>
    private bool IsHeld(PlannedEdge edge)
    {
        foreach (var loop in wiring.Leaves[edge.Index])
            if (nodes[loop.Edge.From!.Index].Status is NodeStatus.Waiting or NodeStatus.Started)
                return true;
        return false;
    }

    /// <summary>The source of these loops is over and took none of them: what waited for that is decided.</summary>
    private void EndLoops(int index)
    {
        foreach (var loop in wiring.LoopsFrom[index])
        {
            if (rounds?[loop.Ordinal].Taken is null or 0)
                edges[loop.Edge.Index] = new EdgeSlot(EdgeStatus.NotTaken, Held: false);
            foreach (var edge in loop.Leaving)
            {
                ref var slot = ref edges[edge.Index];
                if (!slot.Held || IsHeld(edge))
                    continue;
                slot.Held = false;
                Tell(edge);
            }
        }
    }

    /// <summary>What is known of a loop within one visit of what surrounds it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Round
    {
        public int Taken;

        /// <summary>What the loop edge carried the last time.</summary>
        public ReadOnlyMemory<byte> Message;
    }
}
