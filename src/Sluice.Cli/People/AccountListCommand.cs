using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

internal static class AccountListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Service accounts and what their keys may do at most").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.People.ServiceAccounts(cursor, stop)),
                    SluiceJson.Default.PageServiceAccount,
                    (people, page) =>
                        people.Table(
                            ["ID", "NAME", "SCOPES", "CREATED"],
                            page.Data.Select(account =>
                                (IReadOnlyList<string?>)
                                    [
                                        account.Id,
                                        account.Name,
                                        Show.List(account.Scopes, "none"),
                                        Show.Date(account.CreatedAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
