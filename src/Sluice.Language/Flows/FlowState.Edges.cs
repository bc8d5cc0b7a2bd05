using System.Numerics;

namespace Sluice.Language.Flows;

/// <content>What follows when a placement is over: its edges are decided, and the placements behind them look again.</content>
public sealed partial class FlowState
{
    // One bit per placement that has to look at its edges again.
    private readonly ulong[] dirty;

    // Why an edge failed whose source did not.
    private Dictionary<int, FlowFault>? edgeFaults;

    /// <summary>
    /// Lets every placement that has to look at its edges do so, the earliest in topological order first. So what follows
    /// from one line of the journal is decided in one order, always.
    /// </summary>
    private void Settle()
    {
        for (var word = 0; word < dirty.Length && Verdict is null; word++)
        {
            if (dirty[word] == 0)
                continue;
            var index = word * 64 + BitOperations.TrailingZeroCount(dirty[word]);
            dirty[word] &= dirty[word] - 1;
            LookAgain(index);
            // A loop leads to an earlier placement.
            word = -1;
        }
    }

    private void MarkDirty(int index) => dirty[index >> 6] |= 1UL << index;

    private void Succeed(int index, ReadOnlyMemory<byte> given)
    {
        ref var node = ref nodes[index];
        node.Status = NodeStatus.Succeeded;
        node.Given = given;
        if (GoesAround(index))
            return;
        foreach (var edge in wiring.Outgoing[index])
            if (edge.Edge.OnError)
                Decide(edge, EdgeStatus.NotTaken);
            else
                DecidePlain(edge);
        EndLoops(index);
    }

    /// <param name="input">What the placement got; empty when it did not start.</param>
    private void Fail(int index, FlowFault fault, ReadOnlyMemory<byte> input = default)
    {
        if (index == plan.Nodes.Count)
        {
            EndForward(fault);
            return;
        }
        ref var node = ref nodes[index];
        node.Status = NodeStatus.Failed;
        node.Fault = fault;
        var caught = wiring.CatchesErrors[index] && IsCaught(index, fault, input);
        foreach (var edge in wiring.Outgoing[index])
            if (!caught)
                Decide(edge, EdgeStatus.Failed);
            else if (edge.Edge.OnError)
                DecidePlain(edge);
            else
                Decide(edge, EdgeStatus.NotTaken);
        EndLoops(index);
    }

    private void Skip(int index)
    {
        if (index == plan.Nodes.Count)
        {
            EndForward(
                new FlowFault
                {
                    Code = "no_terminal",
                    Kind = "NO_TERMINAL",
                    Message =
                        "No path through the flow led to `@flow_output`: none of its edges was taken.",
                }
            );
            return;
        }
        nodes[index].Status = NodeStatus.NotTaken;
        foreach (var edge in wiring.Outgoing[index])
            Decide(edge, EdgeStatus.NotTaken);
        EndLoops(index);
    }

    /// <summary>Whether an error edge of a failed placement holds.</summary>
    private bool IsCaught(int index, FlowFault fault, ReadOnlyMemory<byte> input)
    {
        nodes[index].Given = plan.ErrorMessage(wiring.Nodes[index], fault, input);
        foreach (var edge in wiring.Outgoing[index])
            if (edge.Edge.OnError && Test(edge, out var holds) is null && holds)
                return true;
        return false;
    }

    /// <summary>Decides an edge by its condition.</summary>
    private void DecidePlain(PlannedEdge edge)
    {
        if (Test(edge, out var holds) is { } fault)
        {
            (edgeFaults ??= [])[edge.Index] = fault;
            Decide(edge, EdgeStatus.Failed);
            return;
        }
        Decide(edge, holds ? EdgeStatus.Taken : EdgeStatus.NotTaken);
    }

    private void Decide(PlannedEdge edge, EdgeStatus status)
    {
        var held = IsHeld(edge);
        edges[edge.Index] = new EdgeSlot(status, held);
        if (!held)
            Tell(edge);
    }

    /// <summary>The placement behind an edge learns that it is decided.</summary>
    private void Tell(PlannedEdge edge)
    {
        nodes[edge.To.Index].Undecided--;
        MarkDirty(edge.To.Index);
    }

    private FlowFault? Test(PlannedEdge edge, out bool holds)
    {
        holds = true;
        if (edge.Edge.Condition is null)
            return null;
        return plan.Test(edge, SourceOf(edge), config, out holds) is { } fault
            ? Faulty(fault, edge.From?.Alias)
            : null;
    }

    private ReadOnlyMemory<byte> SourceOf(PlannedEdge edge) =>
        edge.From is { } from ? nodes[from.Index].Given : input;

    /// <summary>Why a failed edge failed: by itself, or with its source.</summary>
    private FlowFault FaultOf(PlannedEdge edge) =>
        edgeFaults is not null && edgeFaults.TryGetValue(edge.Index, out var fault)
            ? fault
            : nodes[edge.From!.Index].Fault!;
}
