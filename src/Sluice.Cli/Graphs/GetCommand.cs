using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Graphs;

/// <summary>What a graph is made of: the messages at its ends, its placements and its edges.</summary>
internal static class GetCommand
{
    public static Command Define(Terminal terminal)
    {
        var graph = GraphsCommand.Argument();
        return new Command("get", "A graph with its placements and edges") { graph }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    await GraphsCommand.Id(session, client, session.Value(graph), stop)
                    is not { } id
                )
                    return Exit.NotFound;
                session.Print(
                    await client.Flows.Graph(id, stop),
                    SluiceJson.Default.JsonElement,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, JsonElement graph)
    {
        people.Facts(
            ("Graph", Text(graph, "graph_id")),
            ("Flow", $"{Text(graph, "flow")}, revision {Text(graph, "revision")}"),
            ("Takes", Text(graph, "input_message")),
            ("Gives", Text(graph, "output_message"))
        );
        people.Line();
        people.Table(
            ["PLACEMENT", "NODE", "TAKES", "GIVES", "SECRETS"],
            Rows(graph, "nodes")
                .Select(node =>
                    (IReadOnlyList<string?>)
                        [
                            Text(node, "alias"),
                            $"{Text(node, "package")}@{Text(node, "version")} {Text(node, "node")}",
                            Text(node, "input"),
                            Text(node, "output"),
                            Show.List(
                                Rows(node, "required_secrets").Select(name => name.GetString()!),
                                none: ""
                            ),
                        ]
                )
        );
        people.Line();
        people.Table(
            ["EDGE", "SETS"],
            Rows(graph, "edges")
                .Select(edge =>
                    (IReadOnlyList<string?>)
                        [$"{Text(edge, "from")} -> {Text(edge, "to")}", Sets(edge)]
                )
        );
    }

    private static string Sets(JsonElement edge) =>
        edge.TryGetProperty("adapter", out var adapter) && adapter.ValueKind == JsonValueKind.Object
            ? string.Join(
                ", ",
                adapter.EnumerateObject().Select(field => $"{field.Name} = {field.Value}")
            )
            : "every field that both have";

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : null;

    private static IEnumerable<JsonElement> Rows(JsonElement from, string name) =>
        from.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];
}
