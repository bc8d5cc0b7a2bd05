using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

internal static class MemberListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Members and their roles").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.People.Members(cursor, stop)),
                    SluiceJson.Default.PageMember,
                    (people, page) =>
                        people.Table(
                            ["ID", "EMAIL", "NAME", "ROLE", "SINCE"],
                            page.Data.Select(member =>
                                (IReadOnlyList<string?>)
                                    [
                                        member.Id,
                                        member.Email,
                                        member.Name,
                                        member.Active ? member.Role : member.Role + " (inactive)",
                                        Show.Date(member.CreatedAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
