using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class AccountRemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice accounts list shows it" };
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Remove a service account; its keys fail on their very next use")
        {
            id,
            yes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var account = session.Value(id);
                if (
                    !session.Consents(
                        $"Remove {account}? All its keys fail on their very next use; this cannot be undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.People.RemoveServiceAccount(account, stop);
                session.Print(
                    new Deleted(account),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Removed {account} with its keys.")
                );
                return Exit.Done;
            }
        );
    }
}
