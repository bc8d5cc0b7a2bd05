namespace Sluice.Language.Flows;

/// <content>How a run ends, and how what it did is undone before.</content>
public sealed partial class FlowState
{
    // What was done and can be undone, in the order of completion.
    private List<Done>? done;

    // How many compensations were begun.
    private int undone;

    private CallSlot undoing;

    private FlowFault? undoFault;

    /// <summary>Remembers a call that succeeded, if there is something that undoes it.</summary>
    private void Undoable(PendingCall call, ReadOnlyMemory<byte> output)
    {
        if (call.Node.Compensator is not null)
            (done ??= []).Add(new Done(call, output));
    }

    private void End(FlowVerdict verdict)
    {
        Verdict = verdict;
        StopCalls();
    }

    /// <summary>The run cannot succeed any more.</summary>
    private void EndForward(FlowFault cause)
    {
        Cause = cause;
        StopCalls();
        if (done is null)
        {
            Verdict = new FlowVerdict(null, cause);
            return;
        }
        Compensating = true;
        UndoNext();
    }

    private void StopCalls()
    {
        ready = null;
        Array.Clear(dirty);
        foreach (ref var node in nodes.AsSpan())
        {
            Drop(ref node.Call);
            foreach (ref var item in (node.FanOut?.Calls ?? []).AsSpan())
                Drop(ref item);
        }
    }

    /// <summary>Opens the compensation of the latest call that is not undone; after the first one the run is over.</summary>
    private void UndoNext()
    {
        while (undone < done!.Count)
        {
            var (call, output) = done[^++undone];
            var node = call.Node.Compensator!;
            if (
                !TakeOverride(node.Index, out var message)
                && plan.BuildUndo(node, call.Node, output, call.Input, out message)
                    is { } unbuildable
            )
            {
                nodes[node.Index].Status = NodeStatus.Failed;
                UndoFailed(node, call.Key, unbuildable.Message);
                continue;
            }
            nodes[node.Index].Status = NodeStatus.Started;
            Open(
                ref undoing,
                new PendingCall
                {
                    Key = new StepKey(node.Alias, undone),
                    Attempt = 1,
                    Node = node,
                    Input = message,
                    Undoes = call.Key,
                }
            );
            return;
        }
        Verdict = undoFault is null
            ? new FlowVerdict(null, Cause, Compensated: true)
            : new FlowVerdict(null, undoFault);
    }

    private void EndUndo(PendingCall call, FlowFault? fault)
    {
        nodes[call.Node.Index].Status = fault is null ? NodeStatus.Succeeded : NodeStatus.Failed;
        if (KeepInputs)
            (past ??= [])[call.Key] = call.Input;
        if (fault is not null)
            UndoFailed(call.Node, call.Undoes!.Value, fault.Message, fault.Attempt);
        UndoNext();
    }

    /// <summary>The first compensation that fails is the one that the run ends with; the others are still made.</summary>
    private void UndoFailed(PlannedNode node, StepKey undoes, string message, int attempt = 1) =>
        undoFault ??= new FlowFault
        {
            Code = "compensation_failed",
            Kind = "COMPENSATION_FAILED",
            Message = $"`{node.Alias}` could not undo `{undoes}`: {message}",
            Node = node.Alias,
            Attempt = attempt,
        };

    private sealed record Done(PendingCall Call, ReadOnlyMemory<byte> Output);
}
