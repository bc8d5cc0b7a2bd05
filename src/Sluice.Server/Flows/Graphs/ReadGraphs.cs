using System.Text.Json;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Graphs;

/// <summary>Lists compiled graphs and shows one: its nodes, edges and the messages at its two ends.</summary>
internal static class ReadGraphs
{
    internal sealed record Entry(
        string GraphId,
        string Flow,
        long Revision,
        DateTimeOffset CreatedAt
    );

    internal sealed record ListResponse(IReadOnlyList<Entry> Data, string? NextCursor);

    internal sealed record NodeShown(
        string Alias,
        string Package,
        string Version,
        string Node,
        string Input,
        string Output,
        IReadOnlyList<string> RequiredSecrets
    );

    internal sealed record EdgeShown(
        string From,
        string To,
        IReadOnlyDictionary<string, string>? Adapter
    );

    internal sealed record OneResponse
    {
        public required string GraphId { get; init; }

        public required string Flow { get; init; }

        public required long Revision { get; init; }

        /// <summary><c>unary</c>: one message in, one out; <c>pipeline</c>: a flow over streams.</summary>
        public required string Mode { get; init; }

        public required string InputMessage { get; init; }

        public required string OutputMessage { get; init; }

        public required IReadOnlyList<NodeShown> Nodes { get; init; }

        public required IReadOnlyList<EdgeShown> Edges { get; init; }

        /// <summary>A message that goes in: the author's example, or one made from the message's fields.</summary>
        public required JsonElement ExampleInput { get; init; }

        /// <summary>A line for a POSIX shell that runs the graph with the example; the key comes from `SLUICE_API_KEY`.</summary>
        public required string Curl { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }
    }

    public static async Task<IResult> List(
        HttpContext context,
        string? flow,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var graphs = await database.Read(
            session => GraphStore.List(session, caller.TenantId, caller.Environment, flow, page),
            context.RequestAborted
        );
        var shown = graphs
            .Take(page.Limit)
            .Select(graph => new Entry(
                graph.Id,
                graph.Flow,
                graph.Revision,
                DateTimeOffset.FromUnixTimeMilliseconds(graph.CreatedAt)
            ))
            .ToList();
        return TypedResults.Json(
            new ListResponse(shown, graphs.Count > page.Limit ? shown[^1].GraphId : null),
            GraphJson.Default.ListResponse
        );
    }

    public static async Task<IResult> One(
        string id,
        HttpRequest request,
        Caller caller,
        GraphCache graphs,
        CancellationToken stop
    )
    {
        var found = await GraphFace.Find(id, caller, graphs, stop);
        if (found.Refused)
            return found.Refusal;
        var graph = found.Value;
        var response = new OneResponse
        {
            GraphId = graph.Row.Id,
            Flow = graph.Row.Flow,
            Revision = graph.Row.Revision,
            Mode = graph.Flow.IsPipeline ? "pipeline" : "unary",
            InputMessage = graph.Flow.InputType,
            OutputMessage = graph.Flow.OutputType,
            Nodes = [.. graph.Flow.Nodes.Select(Show)],
            Edges = [.. graph.Flow.Edges.Select(Show)],
            ExampleInput = GraphFace.Element(GraphFace.Example(graph)),
            Curl = GraphFace.Curl(request, graph),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(graph.Row.CreatedAt),
        };
        return TypedResults.Json(response, GraphJson.Default.OneResponse);
    }

    private static NodeShown Show(GraphNode node) =>
        new(
            node.Alias,
            node.Package,
            node.Version,
            node.Node,
            node.InputType,
            node.OutputType,
            node.RequiredSecrets
        );

    private static EdgeShown Show(GraphEdge edge) =>
        new(
            edge.From,
            edge.To,
            edge.Fields?.ToDictionary(field => field.To, field => field.From ?? field.Cel!)
        );
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower
)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ReadGraphs.ListResponse))]
[System.Text.Json.Serialization.JsonSerializable(typeof(ReadGraphs.OneResponse))]
[System.Text.Json.Serialization.JsonSerializable(
    typeof(GraphFace.Response),
    TypeInfoPropertyName = "FaceResponse"
)]
[System.Text.Json.Serialization.JsonSerializable(typeof(System.Text.Json.Nodes.JsonNode))]
[System.Text.Json.Serialization.JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class GraphJson : System.Text.Json.Serialization.JsonSerializerContext;
