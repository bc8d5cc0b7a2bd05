using System.Runtime.InteropServices;

namespace Sluice.Language.Flows;

/// <summary>Names one call of one placement within a run, apart from its attempts.</summary>
/// <param name="Alias">The placement.</param>
/// <param name="Visit">1, and one more for each time that a loop leads here again; for a compensator, the how many-eth compensation of the run it is.</param>
/// <param name="Item">Index of the fan-out's item, from 0; -1 for a call that belongs to none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepKey(string Alias, int Visit = 1, int Item = -1)
{
    public override string ToString() =>
        (Visit, Item) switch
        {
            (1, -1) => Alias,
            (_, -1) => $"{Alias}#{Visit}",
            (1, _) => $"{Alias}[{Item}]",
            _ => $"{Alias}#{Visit}[{Item}]",
        };
}

/// <summary>A call that may be made now.</summary>
public sealed record PendingCall
{
    public required StepKey Key { get; init; }

    /// <summary>1 for the first try.</summary>
    public required int Attempt { get; init; }

    public required PlannedNode Node { get; init; }

    /// <summary>The serialised input message.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Time to let pass since the attempt before it ended; zero for a first attempt.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>When the attempt before it ended, in milliseconds since 1970; 0 for a first attempt.</summary>
    public long Since { get; init; }

    /// <summary>What this call undoes; null outside of compensation.</summary>
    public StepKey? Undoes { get; init; }
}

/// <summary>What one attempt of one call came to: a line of the journal.</summary>
public sealed record StepResult
{
    public required StepKey Key { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The serialised output message; null when it failed.</summary>
    public ReadOnlyMemory<byte>? Output { get; init; }

    /// <summary>Null when it succeeded.</summary>
    public FlowFault? Fault { get; init; }

    /// <summary>Milliseconds since 1970; the wait before another attempt counts from here.</summary>
    public long EndedAt { get; init; }
}

/// <summary>Why a call, an edge or a run failed.</summary>
public sealed record FlowFault
{
    /// <summary>snake_case, such as <c>node_failed</c>, <c>edge_failed</c>, <c>join_failed</c>, <c>loop_limit</c>, <c>fan_out_limit</c>, <c>no_terminal</c>, <c>compensation_failed</c>.</summary>
    public required string Code { get; init; }

    /// <summary>NODE_ERROR, NODE_TIMEOUT, NODE_CRASHED, NODE_PROTOCOL, NODE_MEMORY, NODE_UNAVAILABLE, SUBFLOW_FAILED, EDGE_ADAPTER, EDGE_CONDITION, JOIN_FAILED, LOOP_LIMIT, FAN_OUT_LIMIT, NO_TERMINAL, COMPENSATION_FAILED, DEADLINE, CANCELLED or INTERNAL.</summary>
    public required string Kind { get; init; }

    /// <summary>One public sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Alias of the placement where it happened; null at <c>@flow_output</c>.</summary>
    public string? Node { get; init; }

    /// <summary>The edge that failed, if one did.</summary>
    public GraphEdge? Edge { get; init; }

    /// <summary>The attempt that failed for good.</summary>
    public int Attempt { get; init; } = 1;
}

/// <summary>How a run is to end.</summary>
/// <param name="Output">The serialised output message; null when it failed.</param>
/// <param name="Fault">Null when it succeeded.</param>
/// <param name="Compensated">True when everything that had to be undone was.</param>
public sealed record FlowVerdict(
    ReadOnlyMemory<byte>? Output,
    FlowFault? Fault,
    bool Compensated = false
);
