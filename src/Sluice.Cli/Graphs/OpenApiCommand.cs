using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Graphs;

/// <summary>The OpenAPI document of one graph, as it is: for generators of clients, and for tools that read it.</summary>
internal static class OpenApiCommand
{
    public static Command Define(Terminal terminal)
    {
        var graph = GraphsCommand.Argument();
        return new Command("openapi", "An OpenAPI 3.1 document of the call that runs the graph")
        {
            graph,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    await GraphsCommand.Id(session, client, session.Value(graph), stop)
                    is not { } id
                )
                    return Exit.NotFound;
                session.PrintJson(
                    await client.Flows.GraphOpenApi(id, stop),
                    SluiceJson.Default.JsonElement
                );
                return Exit.Done;
            }
        );
    }
}
