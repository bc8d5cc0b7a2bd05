using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Plans;

/// <summary>Builds the parts of a plan from a graph that the compiler has checked.</summary>
internal sealed class PlanBuilder
{
    private readonly FlowGraph graph;
    private readonly Dictionary<(string, string), Schema> schemas;
    private readonly Dictionary<string, PlannedNode> byAlias = new(StringComparer.Ordinal);
    private readonly Reach forward;
    private readonly Reach backward;

    public PlanBuilder(FlowGraph graph, Func<string, FlowGraph>? subflows)
    {
        this.graph = graph;
        forward = Reach.Along(graph.Edges.Where(e => !e.Loop), e => e.From, e => e.To);
        backward = Reach.Along(graph.Edges.Where(e => !e.Loop), e => e.To, e => e.From);
        schemas = graph.Packages.ToDictionary(
            p => (p.Name, p.Version),
            p => Compile(p.Protos, $"{p.Name}@{p.Version}")
        );
        var listed = graph
            .Edges.Where(e => e.FanOut is not null)
            .Select(e => e.To)
            .ToHashSet(StringComparer.Ordinal);
        var nodes = new PlannedNode[graph.Nodes.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            var (input, output) = Ends(node, subflows);
            nodes[i] = new PlannedNode
            {
                Index = i,
                Node = node,
                Input = input,
                Output = output,
                Gives = listed.Contains(node.Alias) ? SystemMessages.Results(output) : output,
            };
            byAlias.Add(node.Alias, nodes[i]);
        }
        Nodes = nodes;
        Input = graph.InputFacade is { } taken
            ? Find(Facade(taken), graph.InputType)
            : byAlias[graph.Entry].Input;
        Output = graph.OutputFacade is { } given
            ? Find(Facade(given), graph.OutputType)
            : byAlias[graph.Terminal].Gives;
        OutputNode = Pseudo();
        foreach (var edge in graph.Edges.Where(e => e.OnError))
            byAlias[edge.From].Error ??= SystemMessages.NodeError(byAlias[edge.From].Input);
        Edges = [.. graph.Edges.Select(Plan)];
        foreach (var node in nodes.Append(OutputNode))
            Connect(node);
        foreach (var node in nodes.Where(n => n.Node.Compensate is not null))
        {
            node.Compensator = byAlias[node.Node.Compensate!];
            node.Compensator.IsCompensator = true;
        }
    }

    public MessageType Input { get; }

    public MessageType Output { get; }

    public IReadOnlyList<PlannedNode> Nodes { get; }

    public PlannedNode OutputNode { get; }

    public IReadOnlyList<PlannedEdge> Edges { get; }

    public IReadOnlyDictionary<string, PlannedNode> ByAlias => byAlias;

    private PlannedNode Pseudo() =>
        new()
        {
            Index = Nodes.Count,
            Node = new GraphNode
            {
                Alias = FlowDocument.FlowOutput,
                Package = "",
                Version = "",
                Digest = "",
                Language = "",
                Node = "",
                InputType = Output.FullName,
                OutputType = Output.FullName,
                Join = graph.OutputJoin,
                Compose = graph.OutputCompose,
            },
            Input = Output,
            Output = Output,
            Gives = Output,
        };

    private PlannedEdge Plan(GraphEdge edge, int index)
    {
        var from = edge.From == FlowDocument.FlowInput ? null : byAlias[edge.From];
        var to = edge.To == FlowDocument.FlowOutput ? OutputNode : byAlias[edge.To];
        var sends =
            from is null ? Input
            : edge.OnError ? from.Error!
            : from.Gives;
        var items = edge.FanOut is null ? null : ItemPlan.For(sends, edge.FanOut);
        var source = items?.Item ?? sends;
        var target = to.Node.Compose is null || edge.Loop ? to.Input : null;
        return new PlannedEdge
        {
            Index = index,
            Edge = edge,
            From = from,
            To = to,
            Sends = sends,
            Source = source,
            Items = items,
            Carry = CarryPlan.For(edge, target, sends, source),
            Body = edge.Loop ? Body(edge) : [],
        };
    }

    private void Connect(PlannedNode node)
    {
        node.Incoming = [.. Edges.Where(e => e.To == node)];
        node.Outgoing = [.. Edges.Where(e => e.From == node)];
        node.FanOut = node.Incoming.FirstOrDefault(e => e.Edge.FanOut is not null);
        if (node.Node.Compose is { } fields)
            node.Compose = ComposePlan.For(
                node.Alias,
                node.Input,
                fields,
                node.Incoming.Where(e => !e.Edge.Loop)
                    .ToDictionary(e => e.Edge.From, e => e.Source, StringComparer.Ordinal)
            );
    }

    /// <summary>What lies between the target of a loop edge and its source, both included.</summary>
    private PlannedNode[] Body(GraphEdge loop)
    {
        var after = forward.From(loop.To);
        var before = backward.From(loop.From);
        return [.. Nodes.Where(n => after.Contains(n.Alias) && before.Contains(n.Alias))];
    }

    private (MessageType Input, MessageType Output) Ends(
        GraphNode node,
        Func<string, FlowGraph>? subflows
    )
    {
        if (node.Subflow is { } id)
        {
            var inner = FlowPlan.For(
                subflows?.Invoke(id)
                    ?? throw new InvalidOperationException($"The subflow {id} is not at hand."),
                subflows
            );
            return (inner.Input, inner.Output);
        }
        var schema = schemas[(node.Package, node.Version)];
        return (Find(schema, node.InputType), Find(schema, node.OutputType));
    }

    private static Schema Facade(string proto) =>
        Compile(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["facade.proto"] = proto },
            "the facade"
        );

    private static Schema Compile(IReadOnlyDictionary<string, string> protos, string whose) =>
        SchemaCompiler.Compile(protos).Value
        ?? throw new InvalidOperationException($"The frozen schema of {whose} does not compile.");

    private static MessageType Find(Schema schema, string name) =>
        schema.Find(name) ?? throw new InvalidOperationException($"No message {name}.");
}
