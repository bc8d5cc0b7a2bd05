using System.Runtime.CompilerServices;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows;

/// <summary>
/// A graph made ready to run: schemas compiled, edges turned into copy plans, neighbours counted. Built once per graph;
/// immutable and safe to share between threads.
/// </summary>
public sealed class FlowPlan
{
    /// <summary>Bytes of one serialised message.</summary>
    public const int LongestMessage = 16 * 1024 * 1024;

    private static readonly ConditionalWeakTable<FlowGraph, FlowPlan> Plans = [];

    private readonly Dictionary<string, PlannedNode> byAlias;
    private readonly Carry[] output;

    private FlowPlan(FlowGraph graph)
    {
        Graph = graph;
        var schemas = graph.Packages.ToDictionary(p => (p.Name, p.Version), Compile);
        var ends = graph.Nodes.ToDictionary(
            n => n.Alias,
            n =>
            {
                var schema = schemas[(n.Package, n.Version)];
                return (Input: Find(schema, n.InputType), Output: Find(schema, n.OutputType));
            }
        );
        Input = ends[graph.Entry].Input;
        Output = ends[graph.Terminal].Output;
        byAlias = graph
            .Nodes.Select(n => new PlannedNode
            {
                Node = n,
                Input = ends[n.Alias].Input,
                Output = ends[n.Alias].Output,
                WaitsFor = [.. Placements(graph.Edges.Where(e => e.To == n.Alias), e => e.From)],
                Next = [.. Placements(graph.Edges.Where(e => e.From == n.Alias), e => e.To)],
                Carries = Carries(n.Alias, ends[n.Alias].Input),
            })
            .ToDictionary(n => n.Node.Alias);
        Nodes = [.. graph.Nodes.Select(n => byAlias[n.Alias])];
        output = Carries(FlowDocument.FlowOutput, Output);

        Carry[] Carries(string to, MessageType target) =>
            [
                .. graph
                    .Edges.Where(e => e.To == to)
                    .Select(e =>
                    {
                        var source = e.From == FlowDocument.FlowInput ? Input : ends[e.From].Output;
                        return new Carry(
                            e,
                            e.Fields is null
                                ? CopyPlan.Whole(target, source)
                                : CopyPlan.Picks(target, source, e.Fields)
                        );
                    }),
            ];
    }

    public FlowGraph Graph { get; }

    /// <summary>What the flow takes.</summary>
    public MessageType Input { get; }

    /// <summary>What the flow gives.</summary>
    public MessageType Output { get; }

    /// <summary>In topological order, as in the graph.</summary>
    public IReadOnlyList<PlannedNode> Nodes { get; }

    /// <summary>The plan of a graph, built at the first call for the same graph object.</summary>
    /// <exception cref="InvalidOperationException">The graph was not made by the compiler: a name in it leads nowhere.</exception>
    public static FlowPlan For(FlowGraph graph) => Plans.GetValue(graph, g => new FlowPlan(g));

    /// <summary>The placement with this alias.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public PlannedNode Node(string alias) => byAlias[alias];

    /// <summary>Why bytes that a node returned are not its output message, as a public sentence; null when they are.</summary>
    public string? OutputFault(string alias, ReadOnlySpan<byte> message) =>
        StrictCheck.Fault(byAlias[alias].Output, message) is { } fault
            ? $"`{alias}` did not return a `{byAlias[alias].Output.FullName}`: {fault}."
            : null;

    /// <summary>Puts together the input of a placement, or the flow's output, from what its edges carry.</summary>
    /// <param name="to">An alias or <see cref="FlowDocument.FlowOutput"/>.</param>
    /// <param name="outputs">The serialised output of an alias, or the flow's input for <see cref="FlowDocument.FlowInput"/>; asked once per edge.</param>
    /// <param name="input">The serialised message. It may be the very memory that <paramref name="outputs"/> gave.</param>
    /// <returns>What is wrong with what an edge carries; null when all went well.</returns>
    public EdgeFault? BuildInput(
        string to,
        Func<string, ReadOnlyMemory<byte>> outputs,
        out ReadOnlyMemory<byte> input
    )
    {
        var carries = to == FlowDocument.FlowOutput ? output : byAlias[to].Carries;
        if (carries is [{ Copy.IsIdentity: true } only])
        {
            input = outputs(only.Edge.From);
            return null;
        }
        // Each field is set by one edge, so the messages only need to stand one after the other.
        using var merged = new WireWriter();
        foreach (var (edge, copy) in carries)
        {
            var outcome = copy.Run(outputs(edge.From).Span, merged);
            if (outcome == CopyOutcome.Done)
                continue;
            input = default;
            var reason =
                outcome == CopyOutcome.TooLong
                    ? $"the message is longer than {LongestMessage} bytes"
                    : "what it carries is no message of its type";
            return new EdgeFault(edge, $"The edge {edge} failed: {reason}.");
        }
        input = merged.ToArray();
        return null;
    }

    private static IEnumerable<string> Placements(
        IEnumerable<GraphEdge> edges,
        Func<GraphEdge, string> end
    ) => edges.Select(end).Where(e => e[0] != '@');

    private static Schema Compile(GraphPackage package) =>
        SchemaCompiler.Compile(package.Protos).Value
        ?? throw new InvalidOperationException(
            $"The frozen schema of {package.Name}@{package.Version} does not compile."
        );

    private static MessageType Find(Schema schema, string name) =>
        schema.Find(name) ?? throw new InvalidOperationException($"No message {name}.");
}

/// <summary>A placement of a plan.</summary>
public sealed class PlannedNode
{
    public required GraphNode Node { get; init; }

    public required MessageType Input { get; init; }

    public required MessageType Output { get; init; }

    /// <summary>Aliases whose outputs are needed first; without the flow's input.</summary>
    public required IReadOnlyList<string> WaitsFor { get; init; }

    /// <summary>Aliases that wait for this one; without the flow's output.</summary>
    public required IReadOnlyList<string> Next { get; init; }

    internal Carry[] Carries { get; init; } = [];
}

/// <summary>Why an edge could not carry a message.</summary>
/// <param name="Message">A public sentence that names both ends.</param>
public sealed record EdgeFault(GraphEdge Edge, string Message);

/// <summary>An edge and how it copies.</summary>
internal sealed record Carry(GraphEdge Edge, CopyPlan Copy);
