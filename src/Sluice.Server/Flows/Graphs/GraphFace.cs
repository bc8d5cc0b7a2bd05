using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Flows;
using Sluice.Language.Protos;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Graphs;

/// <summary>What a program has to know to call a graph: the messages at its ends as JSON Schema, an example, a line that works.</summary>
internal static class GraphFace
{
    internal sealed record Response
    {
        public required string GraphId { get; init; }

        /// <summary>JSON Schema (2020-12) of what goes in.</summary>
        public required JsonElement Input { get; init; }

        /// <summary>JSON Schema (2020-12) of what comes out.</summary>
        public required JsonElement Output { get; init; }
    }

    public static async Task<IResult> Schema(
        string id,
        Caller caller,
        GraphCache graphs,
        CancellationToken stop
    )
    {
        var found = await Find(id, caller, graphs, stop);
        if (found.Refused)
            return found.Refusal;
        var plan = found.Value.Plan;
        return TypedResults.Json(
            new Response
            {
                GraphId = id,
                Input = Element(JsonSchemas.Of(plan.Input)),
                Output = Element(JsonSchemas.Of(plan.Output)),
            },
            GraphJson.Default.FaceResponse
        );
    }

    /// <summary>The graph of the caller's tenant and environment, or why there is none.</summary>
    public static async Task<Outcome<LoadedGraph>> Find(
        string id,
        Caller caller,
        GraphCache graphs,
        CancellationToken stop
    )
    {
        if (await graphs.Find(caller.TenantId, id, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        return graph.Row.Environment == caller.Environment
            ? graph
            : CommonRefusals.EnvironmentMismatch;
    }

    /// <summary>The author's example of an input, or else one that is made from the message.</summary>
    public static JsonNode Example(LoadedGraph graph) =>
        graph.Flow.ExampleInput is { } text
            ? JsonNode.Parse(text)!
            : JsonExamples.Of(graph.Plan.Input);

    public static string Curl(HttpRequest request, LoadedGraph graph) =>
        CurlLine.For(
            ServerOf(request),
            graph.Row.Id,
            Example(graph),
            stream: graph.Flow.IsPipeline
        );

    /// <summary>The address under which the caller reached this server.</summary>
    public static string ServerOf(HttpRequest request) =>
        $"{request.Scheme}://{request.Host}{request.PathBase}";

    public static JsonElement Element(JsonNode node) =>
        JsonSerializer.SerializeToElement(node, GraphJson.Default.JsonNode);
}
