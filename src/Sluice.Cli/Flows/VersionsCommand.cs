using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

/// <summary>What has been saved under the flow's name; <c>sluice flow get --revision</c> shows one.</summary>
internal static class VersionsCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("flow") { Description = "handle/flow" };
        return new Command("versions", "The saved revisions of a flow, newest first")
        {
            name,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Flows.Revisions(session.Value(name), stop),
                    SluiceJson.Default.PageFlowRevision,
                    (people, page) =>
                        people.Table(
                            ["REVISION", "SAVED"],
                            page.Data.Select(each =>
                                (IReadOnlyList<string?>)
                                    [each.Revision.ToString(), Show.Time(each.CreatedAt)]
                            )
                        )
                );
                return Exit.Done;
            }
        );
    }
}
