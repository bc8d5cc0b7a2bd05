using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Secrets;

internal static class RemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name");
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete a secret: the next run no longer sees it")
        {
            name,
            yes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var secret = session.Value(name);
                if (
                    !session.Consents(
                        $"Delete {secret}? The next run no longer sees it.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.Secrets.Delete(secret, stop);
                session.Print(
                    new Deleted(secret),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Deleted {secret}.")
                );
                return Exit.Done;
            }
        );
    }
}
