using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

internal static class InviteCommand
{
    public static Command Define(Terminal terminal)
    {
        var email = new Argument<string>("email") { Description = "The person's address" };
        var role = new Option<string>("--role", "-r")
        {
            Description = "What the person may do",
            Required = true,
        };
        role.AcceptOnlyFromAmong("owner", "admin", "policy_admin", "developer", "viewer");
        var name = new Option<string?>("--name")
        {
            Description = "What to call the person [default: the address]",
        };
        return new Command("invite", "Invite a person; the link works once, for a week")
        {
            email,
            role,
            name,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var made = await client.People.Invite(
                    new NewInvitation(
                        session.Value(email),
                        session.Value(role)!,
                        session.Value(name)
                    ),
                    stop
                );
                session.Print(made, SluiceJson.Default.Invitation, Tell);
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Invitation made)
    {
        people.Good($"Invited {made.Email} as {made.Role}.");
        people.Facts(
            ("Id", made.Id),
            ("Until", Show.Time(made.ExpiresAt)),
            ("Link", made.Link ?? "sent by mail")
        );
        if (made.Link is not null)
            people.Careful(
                "Hand it to the person alone: whoever has the link can come in. It is never shown again."
            );
    }
}
