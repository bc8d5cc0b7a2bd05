using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sluice.Language.Flows.Plans;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows;

/// <summary>
/// A graph made ready to run: schemas compiled, edges turned into copy plans, expressions into trees, neighbours counted.
/// Built once per graph; immutable and safe to share between threads.
/// </summary>
[SuppressMessage(
    "Performance",
    "CA1822",
    Justification = "Callers ask the plan; that an edge knows its own answer is no matter of theirs."
)]
public sealed class FlowPlan
{
    /// <summary>Bytes of one serialised message.</summary>
    public const int LongestMessage = 16 * 1024 * 1024;

    private static readonly ConditionalWeakTable<FlowGraph, FlowPlan> Plans = [];
    private readonly IReadOnlyDictionary<string, PlannedNode> byAlias;
    private readonly ConcurrentDictionary<(PlannedNode, PlannedNode), UndoPlan> undos = [];

    private FlowPlan(FlowGraph graph, Func<string, FlowGraph>? subflows)
    {
        var built = new PlanBuilder(graph, subflows);
        Graph = graph;
        Input = built.Input;
        Output = built.Output;
        Nodes = built.Nodes;
        OutputNode = built.OutputNode;
        Edges = built.Edges;
        byAlias = built.ByAlias.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public FlowGraph Graph { get; }

    /// <summary>What the flow takes.</summary>
    public MessageType Input { get; }

    /// <summary>What the flow gives.</summary>
    public MessageType Output { get; }

    /// <summary>As in the graph: in topological order over the edges that lead forward. Compensators are among them.</summary>
    public IReadOnlyList<PlannedNode> Nodes { get; }

    /// <summary>The pseudo placement <see cref="FlowDocument.FlowOutput"/>; it is none of <see cref="Nodes"/>.</summary>
    public PlannedNode OutputNode { get; }

    /// <summary>In the order of the graph.</summary>
    public IReadOnlyList<PlannedEdge> Edges { get; }

    /// <summary>The plan of a graph, built at the first call for the same graph object.</summary>
    /// <param name="subflows">Graphs by id; needed when a placement runs one.</param>
    /// <exception cref="InvalidOperationException">The graph was not made by the compiler: a name in it leads nowhere. Or a subflow is not at hand.</exception>
    public static FlowPlan For(FlowGraph graph, Func<string, FlowGraph>? subflows = null) =>
        Plans.TryGetValue(graph, out var plan)
            ? plan
            : Plans.GetValue(graph, g => new FlowPlan(g, subflows));

    /// <summary>The placement with this alias.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public PlannedNode Node(string alias) => byAlias[alias];

    /// <summary>Why bytes that a call returned are not its output message, as a public sentence; null when they are.</summary>
    public string? OutputFault(string alias, ReadOnlySpan<byte> message) =>
        StrictCheck.Fault(byAlias[alias].Output, message) is { } fault
            ? $"`{alias}` did not return a `{byAlias[alias].Output.FullName}`: {fault}."
            : null;

    /// <summary>Says whether the condition of an edge holds; an edge without one is always taken.</summary>
    /// <param name="source">A message of <see cref="PlannedEdge.Sends"/>: for a fan-out the whole, not an item.</param>
    /// <param name="config">The parameters of the run's config by name.</param>
    public EdgeFault? Test(
        PlannedEdge edge,
        ReadOnlyMemory<byte> source,
        IReadOnlyDictionary<string, string> config,
        out bool holds
    ) => edge.Carry.Test(edge.Edge, source, config, out holds);

    /// <summary>Takes the list of a fan-out apart.</summary>
    /// <param name="source">A message of <see cref="PlannedEdge.Sends"/>.</param>
    /// <param name="items">Messages of <see cref="PlannedEdge.Source"/>, in the order of the list; may be slices of <paramref name="source"/>.</param>
    public EdgeFault? Items(
        PlannedEdge edge,
        ReadOnlyMemory<byte> source,
        out IReadOnlyList<ReadOnlyMemory<byte>> items
    )
    {
        var found = new List<ReadOnlyMemory<byte>>();
        items = found;
        return edge.Items!.Run(source, found) switch
        {
            ItemOutcome.Done => null,
            ItemOutcome.TooMany => new EdgeFault(
                edge.Edge,
                $"The edge {edge} failed: the list has more than {edge.Edge.FanOut!.MaxItems} items.",
                "fan_out_limit",
                "FAN_OUT_LIMIT"
            ),
            _ => CarryPlan.Fault(edge.Edge, CopyOutcome.Malformed),
        };
    }

    /// <summary>Puts together the input of a placement, or the flow's output, from what its edges carry.</summary>
    /// <param name="carried">
    /// The edges that were taken, with messages of their <see cref="PlannedEdge.Source"/>. What a loop edge sets replaces
    /// what the others and the loop edges before it set.
    /// </param>
    /// <param name="config">The parameters of the run's config by name.</param>
    /// <param name="input">The serialised message. It may be the very memory of one of <paramref name="carried"/>.</param>
    /// <returns>What is wrong with what an edge carries; null when all went well.</returns>
    public EdgeFault? BuildInput(
        PlannedNode node,
        ReadOnlySpan<Carried> carried,
        IReadOnlyDictionary<string, string> config,
        out ReadOnlyMemory<byte> input
    )
    {
        input = default;
        if (node.Compose is null && carried is [{ Edge.Carry.IsIdentity: true }])
        {
            input = carried[0].Source;
            return null;
        }
        using var merged = new WireWriter();
        // Each field is set by one edge, so the messages only need to stand one after the other.
        if (Enter(node, carried, config, merged) is { } broken)
            return broken;
        input = merged.ToArray();
        foreach (var (edge, source) in carried)
            if (edge.Edge.Loop && Repeat(edge, source, config, ref input) is { } fault)
                return fault;
        return null;
    }

    /// <summary>Sets what a loop edge brings over what is there.</summary>
    private static EdgeFault? Repeat(
        PlannedEdge edge,
        ReadOnlyMemory<byte> source,
        IReadOnlyDictionary<string, string> config,
        ref ReadOnlyMemory<byte> input
    )
    {
        if (edge.Carry.IsIdentity)
        {
            input = source;
            return null;
        }
        using var over = new WireWriter();
        Keep(input.Span, edge.Carry.Sets, over);
        if (edge.Carry.Run(edge.Edge, source, config, over) is { } fault)
            return fault;
        input = over.ToArray();
        return null;
    }

    private static EdgeFault? Enter(
        PlannedNode node,
        ReadOnlySpan<Carried> carried,
        IReadOnlyDictionary<string, string> config,
        WireWriter output
    )
    {
        if (node.Compose is not null)
            return node.Compose.Run(carried, config, output);
        foreach (var (edge, source) in carried)
            if (!edge.Edge.Loop && edge.Carry.Run(edge.Edge, source, config, output) is { } fault)
                return fault;
        return null;
    }

    /// <summary>Copies a message without some of its fields.</summary>
    private static void Keep(
        ReadOnlySpan<byte> message,
        IReadOnlySet<int> without,
        WireWriter output
    )
    {
        var reader = new WireReader(message);
        var start = 0;
        while (reader.Next(out var number, out var wire))
        {
            reader.Skip(number, wire);
            if (!without.Contains(number))
                output.Append(message[start..reader.Position]);
            start = reader.Position;
        }
    }

    /// <summary>The input of a compensator: each field by name from what the call that it undoes gave, else from what it took.</summary>
    /// <param name="output">What one call of <paramref name="undone"/> gave.</param>
    /// <param name="input">What that call took.</param>
    public EdgeFault? BuildUndo(
        PlannedNode compensator,
        PlannedNode undone,
        ReadOnlyMemory<byte> output,
        ReadOnlyMemory<byte> input,
        out ReadOnlyMemory<byte> message
    )
    {
        var plan = undos.GetOrAdd(
            (compensator, undone),
            static key => UndoPlan.For(key.Item1, key.Item2)
        );
        using var merged = new WireWriter();
        var fine =
            plan.FromOutput.Run(output.Span, merged) == CopyOutcome.Done
            && plan.FromInput.Run(input.Span, merged) == CopyOutcome.Done;
        message = fine ? merged.ToArray() : default;
        return fine
            ? null
            : new EdgeFault(
                null,
                $"The input of `{compensator}`, which undoes `{undone}`, could not be put together."
            );
    }

    /// <summary>What the error edges of a placement carry; it names the placement where the error happened.</summary>
    /// <param name="input">Of the call that failed; empty when none was made.</param>
    public ReadOnlyMemory<byte> ErrorMessage(
        PlannedNode failed,
        FlowFault fault,
        ReadOnlyMemory<byte> input
    ) => SystemMessages.WriteError(fault.Node ?? failed.Alias, fault, input.Span);

    /// <summary>What a placement that was called once per item gives.</summary>
    /// <param name="items">In the order of the list.</param>
    public ReadOnlyMemory<byte> Results(PlannedNode node, IReadOnlyList<ItemResult> items) =>
        SystemMessages.WriteResults(items);
}
