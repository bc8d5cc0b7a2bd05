using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Graphs;

/// <summary>The JSON Schema of what goes into a graph, or of what comes out.</summary>
internal static class SchemaCommand
{
    public static Command Define(Terminal terminal)
    {
        var graph = GraphsCommand.Argument();
        var output = new Option<bool>("--output")
        {
            Description = "Of what comes out [default: of what goes in]",
        };
        return new Command("schema", "JSON Schema (2020-12) of the graph's input or output")
        {
            graph,
            output,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    await GraphsCommand.Id(session, client, session.Value(graph), stop)
                    is not { } id
                )
                    return Exit.NotFound;
                var both = await client.Flows.GraphSchema(id, stop);
                session.PrintJson(
                    both.GetProperty(session.Value(output) ? "output" : "input"),
                    SluiceJson.Default.JsonElement
                );
                return Exit.Done;
            }
        );
    }
}
