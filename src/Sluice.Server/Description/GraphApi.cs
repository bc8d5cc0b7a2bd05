using System.Text.Json.Nodes;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;

namespace Sluice.Server.Description;

/// <summary>
/// The OpenAPI description of one graph: the call that runs it, with the graph's own messages where the description of
/// the API has "any". All else of the call is the API's own description, so that the two never differ.
/// </summary>
internal static class GraphApi
{
    public const string Path = "/invocations/v1/flows/invoke";
    private const string Schemas = "#/components/schemas/";
    private const string Asked = "Invocation";
    private const string Answered = "InvocationAnswer";

    /// <param name="api">The API's description.</param>
    /// <param name="server">The address under which the caller reached this server.</param>
    public static JsonObject Write(JsonObject api, LoadedGraph graph, string server, string curl)
    {
        var operation = (JsonObject)api["paths"]![Path]!["post"]!.DeepClone();
        var shapes = (JsonObject)api["components"]!["schemas"]!;
        var kept = new JsonObject();
        foreach (var name in Reached(operation, shapes))
            kept[name] = shapes[name]!.DeepClone();
        var messages = new JsonSchemas(Schemas, [.. kept.Select(shape => shape.Key)]);
        var input = messages.Refer(graph.Plan.Input);
        var output = messages.Refer(graph.Plan.Output);
        Narrow((JsonObject)kept[Asked]!, "input", input, graph.Row.Id);
        ((JsonObject)kept[Asked]!["properties"]!).Remove("flow");
        kept[Asked]!["required"] = new JsonArray("graph_id");
        Narrow((JsonObject)kept[Answered]!, "output", output, graph.Row.Id);
        foreach (var (name, schema) in messages.Definitions())
            kept[name] = schema!.DeepClone();
        AddExamples(operation, graph);
        operation["summary"] = $"Run {graph.Row.Flow}";
        operation["x-codeSamples"] = new JsonArray(
            new JsonObject
            {
                ["lang"] = "Shell",
                ["label"] = "curl",
                ["source"] = curl,
            }
        );
        return new JsonObject
        {
            ["openapi"] = api["openapi"]!.DeepClone(),
            ["info"] = Info(graph),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
            ["tags"] = new JsonArray(new JsonObject { ["name"] = "invocations" }),
            ["paths"] = new JsonObject { [Path] = new JsonObject { ["post"] = operation } },
            ["components"] = new JsonObject
            {
                ["schemas"] = kept,
                ["securitySchemes"] = new JsonObject
                {
                    ["api_key"] = api["components"]!["securitySchemes"]!["api_key"]!.DeepClone(),
                    ["session"] = api["components"]!["securitySchemes"]!["session"]!.DeepClone(),
                },
            },
        };
    }

    private static JsonObject Info(LoadedGraph graph)
    {
        var info = new JsonObject
        {
            ["title"] = graph.Row.Flow,
            ["version"] =
                graph.Flow.Version.Length > 0 ? graph.Flow.Version : graph.Row.Revision.ToString(),
            ["description"] =
                (graph.Flow.Description.Length > 0 ? graph.Flow.Description + "\n\n" : "")
                + $"Graph `{graph.Row.Id}`, compiled from revision {graph.Row.Revision}; environment `{graph.Row.Environment}`. It never changes.",
        };
        return info;
    }

    private static void Narrow(JsonObject shape, string member, JsonObject message, string graphId)
    {
        var members = (JsonObject)shape["properties"]!;
        var narrowed = (JsonObject)message.DeepClone();
        if (members[member] is JsonObject { } general && general["description"] is { } says)
            narrowed["description"] = says.DeepClone();
        members[member] = narrowed;
        members["graph_id"] = new JsonObject { ["const"] = graphId };
    }

    private static void AddExamples(JsonObject operation, LoadedGraph graph)
    {
        operation["requestBody"]!["content"]!["application/json"]!["example"] = new JsonObject
        {
            ["graph_id"] = graph.Row.Id,
            ["input"] = GraphFace.Example(graph),
            ["wait"] = true,
        };
        operation["responses"]!["200"]!["content"]!["application/json"]!["example"] = new JsonObject
        {
            ["execution_id"] = "01M7XVX9XNJ8CMW9DX5GCTGMCE",
            ["graph_id"] = graph.Row.Id,
            ["status"] = "succeeded",
            ["output"] = JsonExamples.Of(graph.Plan.Output),
            ["duration_ms"] = 12,
        };
    }

    /// <summary>Names of the shapes that references lead to, and those that theirs lead to.</summary>
    private static HashSet<string> Reached(JsonNode from, JsonObject shapes)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Follow(from);
        return found;

        void Follow(JsonNode? node)
        {
            if (node is JsonArray items)
                foreach (var item in items)
                    Follow(item);
            if (node is not JsonObject fields)
                return;
            foreach (var (name, value) in fields)
                if (
                    name != "$ref"
                    || value!.GetValueKind() != System.Text.Json.JsonValueKind.String
                )
                    Follow(value);
                else if (found.Add(value.GetValue<string>()[Schemas.Length..]))
                    Follow(shapes[value.GetValue<string>()[Schemas.Length..]]);
        }
    }
}
