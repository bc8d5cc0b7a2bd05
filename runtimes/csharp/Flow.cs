#nullable enable
using System.Collections.Generic;

namespace Axiom;

/// <summary>The structure of the graph that runs, and where in it the call is. No condition, adapter or payload is in it.</summary>
public sealed record AxiomFlow(
    string GraphId,
    IReadOnlyList<AxiomFlowNode> Nodes,
    IReadOnlyList<AxiomFlowEdge> Edges,
    IReadOnlyList<AxiomFlowEdge> LoopEdges,
    AxiomPosition Position
)
{
    public static AxiomFlow Empty { get; } = new("", [], [], [], new());
}

/// <summary>A placement.</summary>
/// <param name="InstanceId">From 1 on.</param>
/// <param name="NodeType">node or subflow.</param>
/// <param name="CanvasNodeId">The placement's alias.</param>
public sealed record AxiomFlowNode(
    int InstanceId,
    string Name,
    string PackageName,
    string PackageVersion,
    string NodeType,
    string InputMessageName,
    string OutputMessageName,
    string CanvasNodeId
);

/// <summary>An edge; instance 0 stands for the flow's own input and output.</summary>
/// <param name="MaxIterations">Of a loop edge, else 0.</param>
public sealed record AxiomFlowEdge(
    int SrcInstance,
    int DstInstance,
    string CanvasEdgeId,
    bool HasCondition,
    bool HasAdapter,
    int MaxIterations
);

/// <summary>Where in the graph the call is.</summary>
public sealed record AxiomPosition
{
    public int CurrentInstance { get; init; }

    public string Alias { get; init; } = "";

    /// <summary>0 in a run that nobody's subflow is.</summary>
    public int Depth { get; init; }

    /// <summary>By the instance that the innermost loop around the call leads back to: which visit this is.</summary>
    public IReadOnlyDictionary<int, int> LoopIterations { get; init; } = new Dictionary<int, int>();

    /// <summary>From the root run to the parent.</summary>
    public IReadOnlyList<string> SubflowStackGraphIds { get; init; } = [];

    public int Visit { get; init; } = 1;

    /// <summary>The index in a fan-out, else -1.</summary>
    public int Item { get; init; } = -1;

    public int Attempt { get; init; } = 1;
}
