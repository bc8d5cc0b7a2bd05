using Sluice.Language.Flows.Plans;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows;

/// <summary>A placement of a plan, or the pseudo placement <see cref="FlowPlan.OutputNode"/>.</summary>
public sealed class PlannedNode
{
    private static readonly GraphJoin Default = new();

    /// <summary>Its place in <see cref="FlowPlan.Nodes"/>; for the output node, their number.</summary>
    public required int Index { get; init; }

    public required GraphNode Node { get; init; }

    /// <summary>The alias; <see cref="FlowDocument.FlowOutput"/> for the output node.</summary>
    public string Alias => Node.Alias;

    /// <summary>What one call takes.</summary>
    public required MessageType Input { get; init; }

    /// <summary>What one call gives.</summary>
    public required MessageType Output { get; init; }

    /// <summary>What its edges see: <see cref="Output"/>, or the collected list when it is called once per item.</summary>
    public required MessageType Gives { get; init; }

    /// <summary>With loop and error edges, in the order of the graph.</summary>
    public IReadOnlyList<PlannedEdge> Incoming { get; internal set; } = [];

    /// <summary>With loop and error edges, in the order of the graph.</summary>
    public IReadOnlyList<PlannedEdge> Outgoing { get; internal set; } = [];

    /// <summary>The incoming edge that carries items, if one does.</summary>
    public PlannedEdge? FanOut { get; internal set; }

    /// <summary>What undoes this placement; null: nothing does.</summary>
    public PlannedNode? Compensator { get; internal set; }

    /// <summary>True when it undoes another placement; it has no edges then.</summary>
    public bool IsCompensator { get; internal set; }

    /// <summary>How it waits for its edges.</summary>
    public GraphJoin Join => Node.Join ?? Default;

    /// <summary>What an error edge of this placement carries; null when it has none.</summary>
    internal MessageType? Error { get; set; }

    internal ComposePlan? Compose { get; set; }

    public override string ToString() => Alias;
}
