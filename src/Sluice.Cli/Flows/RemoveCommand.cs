using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Flows;

internal static class RemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("flow") { Description = "handle/flow" };
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete a flow with its revisions") { name, yes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var flow = session.Value(name);
                if (!session.Consents($"Delete {flow} with all its revisions?", session.Value(yes)))
                    return Exit.NeedsConsent;
                await client.Flows.Delete(flow, stop);
                session.Print(
                    new Deleted(flow),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Deleted {flow}.")
                );
                return Exit.Done;
            }
        );
    }
}
