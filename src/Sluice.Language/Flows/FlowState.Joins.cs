namespace Sluice.Language.Flows;

/// <content>How a placement waits for its edges, and how its input is put together.</content>
public sealed partial class FlowState
{
    // Room for what the edges of one placement carry.
    private Carried[] carried = [];

    private void LookAgain(int index)
    {
        ref var node = ref nodes[index];
        if (node.Status != NodeStatus.Waiting)
            return;
        if (node.Revisited)
        {
            node.Revisited = false;
            Start(index);
        }
        else if (wiring.Xor[index])
            JoinFirst(index);
        else if (node.Undecided == 0)
            JoinAll(index);
    }

    private void JoinAll(int index)
    {
        var incoming = wiring.Incoming[index];
        var taken = 0;
        PlannedEdge? failed = null;
        PlannedEdge? notTaken = null;
        foreach (var edge in incoming)
            switch (edges[edge.Index].Status)
            {
                case EdgeStatus.Taken:
                    taken++;
                    break;
                case EdgeStatus.Failed:
                    failed ??= edge;
                    break;
                default:
                    notTaken ??= edge;
                    break;
            }
        if (taken == incoming.Length || taken > 0 && wiring.Tolerates[index])
            Start(index);
        else if (taken == 0 && failed is null)
            Skip(index);
        else if (failed is not null && (incoming.Length == 1 || index == plan.Nodes.Count))
            Fail(index, FaultOf(failed));
        else
            Fail(index, JoinFault(index, failed, notTaken));
    }

    private void JoinFirst(int index)
    {
        PlannedEdge? failed = null;
        foreach (var edge in wiring.Incoming[index])
            switch (edges[edge.Index])
            {
                case { Held: true }:
                    break;
                case { Status: EdgeStatus.Taken }:
                    nodes[index].Chosen = edge.Index;
                    Start(index);
                    return;
                case { Status: EdgeStatus.Failed }:
                    failed ??= edge;
                    break;
            }
        if (nodes[index].Undecided > 0)
            return;
        if (failed is null)
            Skip(index);
        else
            Fail(index, FaultOf(failed));
    }

    private FlowFault JoinFault(int index, PlannedEdge? failed, PlannedEdge? notTaken)
    {
        var name = index == plan.Nodes.Count ? FlowDocument.FlowOutput : Alias(index);
        var why = failed is not null
            ? $"`{failed.Edge}` has failed: {FaultOf(failed!).Message}"
            : $"`{notTaken!.Edge}` was not taken.";
        return new FlowFault
        {
            Code = "join_failed",
            Kind = "JOIN_FAILED",
            Message = $"`{name}` needs all of its edges, and {why}",
            Node = Alias(index),
            Edge = (failed ?? notTaken!).Edge,
        };
    }

    private void Start(int index)
    {
        ref var node = ref nodes[index];
        node.Status = NodeStatus.Started;
        if (wiring.Nodes[index].FanOut is { } list)
        {
            StartItems(index, list);
            return;
        }
        if (BuildInput(index, item: null, out var message) is { } fault)
            Fail(index, fault);
        else if (index == plan.Nodes.Count)
            End(new FlowVerdict(message, null));
        else
            Open(ref node.Call, FirstAttempt(index, -1, message));
    }

    private PendingCall FirstAttempt(int index, int item, ReadOnlyMemory<byte> message)
    {
        var node = wiring.Nodes[index];
        return new PendingCall
        {
            Key = new StepKey(node.Alias, nodes[index].Visit, item),
            Attempt = 1,
            Node = node,
            Input = message,
        };
    }

    /// <summary>Puts together what the edges of a placement carry, unless it was given an input to use instead.</summary>
    /// <param name="item">What the edge with the fan-out carries to this call.</param>
    private FlowFault? BuildInput(
        int index,
        ReadOnlyMemory<byte>? item,
        out ReadOnlyMemory<byte> message
    )
    {
        if (TakeOverride(index, out message))
            return null;
        var node = wiring.Nodes[index];
        EdgeFault? fault;
        if (wiring.Incoming[index] is [var only] && wiring.LoopsInto[index].Length == 0)
        {
            var one = new Carried(only, item ?? SourceOf(only));
            fault = plan.BuildInput(node, new ReadOnlySpan<Carried>(in one), config, out message);
        }
        else
            fault = plan.BuildInput(node, Collect(index, item), config, out message);
        return fault is null ? null : Faulty(fault, Alias(index));
    }

    /// <summary>The edges that take part in the input of a placement: those that entered, then the loops, the inner ones last.</summary>
    private ReadOnlySpan<Carried> Collect(int index, ReadOnlyMemory<byte>? item)
    {
        var incoming = wiring.Incoming[index];
        var loops = wiring.LoopsInto[index];
        if (carried.Length < incoming.Length + loops.Length)
            carried = new Carried[incoming.Length + loops.Length];
        var count = 0;
        foreach (var edge in incoming)
            if (TakesPart(index, edge))
                carried[count++] = new Carried(
                    edge,
                    edge.Edge.FanOut is null ? SourceOf(edge) : item ?? default
                );
        foreach (var loop in loops)
            if (rounds?[loop.Ordinal] is { Taken: > 0 } round)
                carried[count++] = new Carried(loop.Edge, round.Message);
        return carried.AsSpan(0, count);
    }

    private bool TakesPart(int index, PlannedEdge edge) =>
        wiring.Xor[index]
            ? nodes[index].Chosen == edge.Index
            : edges[edge.Index].Status == EdgeStatus.Taken;

    private static FlowFault Faulty(EdgeFault fault, string? alias) =>
        new()
        {
            Code = fault.Code,
            Kind = fault.Kind,
            Message = fault.Message,
            Node = alias,
            Edge = fault.Edge,
        };

    /// <summary>What faults name: null for <c>@flow_output</c>.</summary>
    private string? Alias(int index) =>
        index == plan.Nodes.Count ? null : wiring.Nodes[index].Alias;
}
