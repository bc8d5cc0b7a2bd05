using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

internal static class InvitationsCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("invitations", "Invitations and what became of them").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.People.Invitations(cursor, stop)),
                    SluiceJson.Default.PageInvitation,
                    (people, page) =>
                        people.Table(
                            ["ID", "EMAIL", "ROLE", "STATUS", "UNTIL"],
                            page.Data.Select(each =>
                                (IReadOnlyList<string?>)
                                    [
                                        each.Id,
                                        each.Email,
                                        each.Role,
                                        each.Status,
                                        Show.Date(each.ExpiresAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
