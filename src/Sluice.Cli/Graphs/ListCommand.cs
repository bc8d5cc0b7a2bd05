using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Graphs;

internal static class ListCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = new Option<string?>("--flow")
        {
            Description = "Only those of this flow",
            HelpName = "handle/flow",
        };
        return new Command("list", "Compiled graphs, newest first") { flow }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor =>
                        client.Flows.Graphs(session.Value(flow), cursor, stop)
                    ),
                    SluiceJson.Default.PageGraphSummary,
                    (people, page) =>
                        people.Table(
                            ["GRAPH", "FLOW", "REVISION", "COMPILED"],
                            page.Data.Select(graph =>
                                (IReadOnlyList<string?>)
                                    [
                                        graph.GraphId,
                                        graph.Flow,
                                        graph.Revision.ToString(),
                                        Show.Time(graph.CreatedAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
    }
}
