namespace Sluice.Language.Flows;

/// <content>Fan-out: one call per item of a list, so many at once, collected in the order of the items.</content>
public sealed partial class FlowState
{
    private void StartItems(int index, PlannedEdge list)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> items = [];
        if (TakesPart(index, list) && plan.Items(list, SourceOf(list), out items) is { } fault)
        {
            Fail(index, Faulty(fault, Alias(index)));
            return;
        }
        nodes[index].FanOut = new FanOutCalls(items);
        OpenItems(index);
    }

    /// <summary>Opens the next items, as many as may run at once; when all are over, so is the placement.</summary>
    private void OpenItems(int index)
    {
        var calls = nodes[index].FanOut!;
        var atOnce = wiring.Nodes[index].FanOut!.Edge.FanOut!.Concurrency;
        while (calls.Running < atOnce && calls.Next < calls.Items.Count)
        {
            var item = calls.Next++;
            if (BuildInput(index, calls.Items[item], out var message) is { } fault)
            {
                if (!Tolerate(index, item, fault))
                    return;
                continue;
            }
            calls.Running++;
            Open(ref calls.Calls[item], FirstAttempt(index, item, message));
        }
        if (calls.Running == 0)
            Collect(index, calls);
    }

    private void EndItem(int index, PendingCall call, StepResult result)
    {
        var calls = nodes[index].FanOut!;
        calls.Running--;
        if (result.Fault is not { } fault)
            calls.Results[call.Key.Item] = new ItemResult(result.Output ?? default, null);
        else if (!Tolerate(index, call.Key.Item, fault, call.Input))
            return;
        OpenItems(index);
    }

    /// <summary>Lists a failed item among the errors, or fails the placement with it.</summary>
    private bool Tolerate(
        int index,
        int item,
        FlowFault fault,
        ReadOnlyMemory<byte> message = default
    )
    {
        var calls = nodes[index].FanOut!;
        if (wiring.Tolerates[index])
        {
            calls.Results[item] = new ItemResult(null, fault);
            return true;
        }
        foreach (ref var other in calls.Calls.AsSpan())
            Drop(ref other);
        Fail(index, fault, message);
        return false;
    }

    private void Collect(int index, FanOutCalls calls)
    {
        var node = wiring.Nodes[index];
        var given = plan.Results(node, calls.Results);
        if (given.Length <= FlowPlan.LongestMessage)
            Succeed(index, given);
        else
            Fail(
                index,
                new FlowFault
                {
                    Code = "fan_out_limit",
                    Kind = "FAN_OUT_LIMIT",
                    Message =
                        $"The results of `{node.Alias}` are longer than {FlowPlan.LongestMessage} bytes together.",
                    Node = node.Alias,
                    Edge = node.FanOut!.Edge,
                }
            );
    }
}
