using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Configs;

internal static class RemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete a profile and its secret overrides") { id, yes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var config = session.Value(id);
                if (
                    !session.Consents(
                        $"Delete config {config} with its secret overrides?",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.Configs.Delete(config, stop);
                session.Print(
                    new Deleted(config),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Deleted {config}.")
                );
                return Exit.Done;
            }
        );
    }
}
