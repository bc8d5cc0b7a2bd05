using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// The graphs of <see cref="Wired"/> as an author would write them: with an adapter on each edge, so that placements with
/// several edges get a field from each.
/// </summary>
internal static class Authored
{
    private const int Slots = 10;

    private static readonly ResolvedPackage Package = new(
        "digest",
        new Manifest
        {
            Name = "demo/w",
            Version = "1.0.0",
            Language = "python",
            Nodes =
            [
                new ManifestNode
                {
                    Name = "N",
                    Input = "M",
                    Output = "M",
                },
            ],
        },
        SchemaCompiler
            .Compile(new Dictionary<string, string> { ["messages/messages.proto"] = Wired.Proto })
            .Value!
    );

    /// <summary>Null when the compiler refuses it.</summary>
    public static FlowGraph? Compile(string lines)
    {
        var graph = Wired.Graph(lines);
        return FlowCompiler.Compile(Document(graph), _ => Package).Value;
    }

    private static FlowDocument Document(FlowGraph graph) =>
        new()
        {
            Name = "demo/flow",
            Nodes =
            [
                .. graph.Nodes.Select(n => new FlowPlacement
                {
                    Alias = n.Alias,
                    Package = new PackageReference("demo/w", "1.0.0"),
                    Node = "N",
                    Join = n.Join,
                    Retry = n.Retry,
                    Compensate = n.Compensate,
                }),
            ],
            Edges = [.. graph.Edges.Select(e => Edge(graph, e))],
            OutputFacade = new FlowFacade
            {
                MessageName = "Answer",
                Join = graph.OutputJoin,
                Fields =
                [
                    .. Enumerable
                        .Range(0, Slots)
                        .Select(i => $"t{i}")
                        .Append("say")
                        .Select(name => new FacadeField(name, "string") { Optional = true }),
                ],
            },
        };

    private static FlowEdge Edge(FlowGraph graph, GraphEdge edge)
    {
        var entering = graph.Incoming(edge.To).Where(e => !e.Loop).ToList();
        var join = graph.Node(edge.To) is { } node ? node.Join : graph.OutputJoin;
        var to =
            edge.Loop || entering.Count == 1 || join?.Kind == GraphJoin.Xor
                ? "say"
                : $"t{entering.IndexOf(edge)}";
        var listed = graph.Edges.Any(e => e.To == edge.From && e.FanOut is not null);
        var from =
            edge.Fields is [{ Cel: { } cel }] ? $"string({cel})"
            : edge.OnError ? "code"
            : listed ? "string(size(results))"
            : "say";
        return new FlowEdge
        {
            From = edge.From,
            To = edge.To,
            Adapter =
                edge.From == FlowDocument.FlowInput
                    ? null
                    : [new FieldAssignment(to, from, default)],
            Condition = edge.Condition is { } condition
                ? new FlowCondition { Op = "CEL", Cel = condition }
                : null,
            Loop = edge.Loop,
            MaxIterations = edge.Loop ? edge.MaxIterations : null,
            OnError = edge.OnError,
            FanOut = edge.FanOut is { } list
                ? new FlowFanOut(list.Items)
                {
                    Concurrency = list.Concurrency,
                    MaxItems = list.MaxItems,
                }
                : null,
        };
    }
}
