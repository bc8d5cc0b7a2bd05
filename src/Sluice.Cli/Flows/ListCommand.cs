using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

internal static class ListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Flows with their latest graph").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.Flows.List(cursor, stop)),
                    SluiceJson.Default.PageFlowSummary,
                    (people, page) =>
                        people.Table(
                            ["FLOW", "REVISION", "CHANGED", "LATEST GRAPH"],
                            page.Data.Select(flow =>
                                (IReadOnlyList<string?>)
                                    [
                                        flow.Name,
                                        flow.Revision.ToString(),
                                        Show.Time(flow.UpdatedAt),
                                        flow.LatestGraphId ?? "not compiled",
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
