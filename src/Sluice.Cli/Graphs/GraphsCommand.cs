using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Graphs;

internal static class GraphsCommand
{
    public static Command Define(Terminal terminal) =>
        new("graph", "Graphs: what compiled flows have become, and how to call them")
        {
            ListCommand.Define(terminal),
            GetCommand.Define(terminal),
            CurlCommand.Define(terminal),
            OpenApiCommand.Define(terminal),
            SchemaCommand.Define(terminal),
        };

    public static Argument<string> Argument() =>
        new("graph") { Description = "Its id, or handle/flow for the flow's latest" };

    /// <summary>The id that the user means; null after saying that the flow has no graph.</summary>
    public static async Task<string?> Id(
        Session session,
        SluiceClient client,
        string idOrFlow,
        CancellationToken stop
    )
    {
        if (!idOrFlow.Contains('/'))
            return idOrFlow;
        if ((await client.Flows.Get(idOrFlow, stop: stop)).LatestGraphId is { } id)
            return id;
        session.Fail(
            Exit.NotFound,
            "flow_not_compiled",
            $"{idOrFlow} was never compiled.",
            $"sluice flow compile {idOrFlow}"
        );
        return null;
    }
}
