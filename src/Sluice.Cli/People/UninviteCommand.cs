using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class UninviteCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id")
        {
            Description = "As sluice members invitations shows it",
        };
        return new Command("uninvite", "Take an invitation back; its link opens nothing any more")
        {
            id,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var invitation = session.Value(id);
                await client.People.RevokeInvitation(invitation, stop);
                session.Print(
                    new Deleted(invitation),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Took {invitation} back.")
                );
                return Exit.Done;
            }
        );
    }
}
