using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

internal static class ShowCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice keys list shows it" };
        return new Command("show", "One key: what it is bound to, and its last use") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Keys.Get(session.Value(id), stop),
                    SluiceJson.Default.ApiKey,
                    KeyFacts.Tell
                );
                return Exit.Done;
            }
        );
    }
}
