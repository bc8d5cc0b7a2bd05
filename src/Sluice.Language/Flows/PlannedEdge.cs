using System.Runtime.InteropServices;
using Sluice.Language.Flows.Plans;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows;

/// <summary>An edge of a plan.</summary>
public sealed class PlannedEdge
{
    /// <summary>Its place in <see cref="FlowPlan.Edges"/>.</summary>
    public required int Index { get; init; }

    public required GraphEdge Edge { get; init; }

    /// <summary>Null: <see cref="FlowDocument.FlowInput"/>.</summary>
    public required PlannedNode? From { get; init; }

    public required PlannedNode To { get; init; }

    /// <summary>What the source hands over, and what conditions see: what it gives, or its error message.</summary>
    public required MessageType Sends { get; init; }

    /// <summary>What adapters see: <see cref="Sends"/>, or one item of a fan-out.</summary>
    public required MessageType Source { get; init; }

    /// <summary>For a loop edge, the placements from its target to its source, in the order of the plan; else empty.</summary>
    public IReadOnlyList<PlannedNode> Body { get; internal set; } = [];

    internal CarryPlan Carry { get; init; } = CarryPlan.Nothing;

    /// <summary>Set on an edge with <see cref="GraphEdge.FanOut"/>.</summary>
    internal ItemPlan? Items { get; init; }

    public override string ToString() => Edge.ToString();
}

/// <summary>What one edge brings to a placement.</summary>
/// <param name="Source">A serialised message of <see cref="PlannedEdge.Source"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Carried(PlannedEdge Edge, ReadOnlyMemory<byte> Source);

/// <summary>What the call for one item came to; one of the two is set.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ItemResult(ReadOnlyMemory<byte>? Output, FlowFault? Fault);

/// <summary>Why an edge could not carry a message.</summary>
/// <param name="Edge">Null when the fault lies in no single edge.</param>
/// <param name="Message">A public sentence that names the place.</param>
/// <param name="Code"><c>edge_failed</c> or <c>fan_out_limit</c>.</param>
/// <param name="Kind">EDGE_ADAPTER, EDGE_CONDITION or FAN_OUT_LIMIT.</param>
public sealed record EdgeFault(
    GraphEdge? Edge,
    string Message,
    string Code = "edge_failed",
    string Kind = "EDGE_ADAPTER"
);
