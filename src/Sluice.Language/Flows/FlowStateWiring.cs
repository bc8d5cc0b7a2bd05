using System.Runtime.CompilerServices;

namespace Sluice.Language.Flows;

/// <summary>What a <see cref="FlowState"/> asks of its plan at each step, by index. Built once per plan.</summary>
internal sealed class FlowStateWiring
{
    private static readonly ConditionalWeakTable<FlowPlan, FlowStateWiring> Known = [];

    private FlowStateWiring(FlowPlan plan)
    {
        PlannedNode[] nodes = [.. plan.Nodes, plan.OutputNode];
        Nodes = nodes;
        Entries = [.. plan.Edges.Where(e => e.From is null)];
        Incoming = [.. nodes.Select(n => n.Incoming.Where(e => !e.Edge.Loop).ToArray())];
        Outgoing = [.. nodes.Select(n => n.Outgoing.Where(e => !e.Edge.Loop).ToArray())];
        CatchesErrors = [.. Outgoing.Select(edges => edges.Any(e => e.Edge.OnError))];
        Xor = [.. nodes.Select(n => n.Join.Kind == GraphJoin.Xor)];
        Tolerates = [.. nodes.Select(n => n.Join.FailurePolicy == GraphJoin.Tolerate)];
        Loops =
        [
            .. plan
                .Edges.Where(e => e.Edge.Loop)
                .Select((e, i) => new LoopWiring(plan.Edges, e, ordinal: i)),
        ];
        foreach (var loop in Loops)
            loop.Surrounds = [.. Loops.Where(other => other != loop && loop.Holds(other.Edge))];
        LoopsFrom = [.. nodes.Select(n => Loops.Where(l => l.Edge.From == n).ToArray())];
        LoopsInto =
        [
            .. nodes.Select(n =>
                Loops.Where(l => l.Edge.To == n).OrderByDescending(l => l.Body.Length).ToArray()
            ),
        ];
        Leaves =
        [
            .. plan.Edges.Select(e =>
                e.Edge.Loop ? [] : Loops.Where(l => l.Leaving.Contains(e)).ToArray()
            ),
        ];
        Blank =
        [
            .. nodes.Select(
                (_, i) =>
                    new NodeSlot
                    {
                        Visit = 1,
                        Undecided = Incoming[i].Length,
                        Chosen = -1,
                    }
            ),
        ];
    }

    /// <summary>Those of the plan, then <c>@flow_output</c>.</summary>
    public PlannedNode[] Nodes { get; }

    /// <summary>The edges that carry the flow's input.</summary>
    public PlannedEdge[] Entries { get; }

    /// <summary>Per placement, without loop edges.</summary>
    public PlannedEdge[][] Incoming { get; }

    /// <summary>Per placement, without loop edges.</summary>
    public PlannedEdge[][] Outgoing { get; }

    /// <summary>Placements with error edges.</summary>
    public bool[] CatchesErrors { get; }

    public bool[] Xor { get; }

    public bool[] Tolerates { get; }

    public LoopWiring[] Loops { get; }

    /// <summary>Per placement, in the order of the document.</summary>
    public LoopWiring[][] LoopsFrom { get; }

    /// <summary>Per placement, the outermost first.</summary>
    public LoopWiring[][] LoopsInto { get; }

    /// <summary>Per edge, the loops whose body it leads out of.</summary>
    public LoopWiring[][] Leaves { get; }

    /// <summary>The placements of a run of which nothing is known.</summary>
    public NodeSlot[] Blank { get; }

    public static FlowStateWiring For(FlowPlan plan) =>
        Known.GetValue(plan, p => new FlowStateWiring(p));
}

/// <summary>A loop edge and what lies between its ends.</summary>
internal sealed class LoopWiring
{
    private readonly HashSet<PlannedNode> body;

    public LoopWiring(IReadOnlyList<PlannedEdge> edges, PlannedEdge edge, int ordinal)
    {
        Edge = edge;
        Ordinal = ordinal;
        body = [.. edge.Body];
        Body = [.. edge.Body.Select(n => n.Index)];
        Inner = [.. edges.Where(e => !e.Edge.Loop && Holds(e))];
        Leaving =
        [
            .. edges.Where(e =>
                !e.Edge.Loop && e.From is { } from && body.Contains(from) && !body.Contains(e.To)
            ),
        ];
    }

    public PlannedEdge Edge { get; }

    /// <summary>Counts the loops of a plan from 0.</summary>
    public int Ordinal { get; }

    /// <summary>Indexes of its placements.</summary>
    public int[] Body { get; }

    /// <summary>The edges between its placements.</summary>
    public PlannedEdge[] Inner { get; }

    /// <summary>The edges that lead out of it.</summary>
    public PlannedEdge[] Leaving { get; }

    /// <summary>The loops within its body.</summary>
    public LoopWiring[] Surrounds { get; set; } = [];

    public bool Holds(PlannedEdge edge) =>
        edge.From is { } from && body.Contains(from) && body.Contains(edge.To);
}
