using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Configs;

internal static class GetCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        return new Command("get", "One profile") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Configs.Get(session.Value(id), stop),
                    SluiceJson.Default.FlowConfig,
                    ConfigsCommand.Tell
                );
                return Exit.Done;
            }
        );
    }
}
