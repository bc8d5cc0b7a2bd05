using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Secrets;

internal static class ListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Names and dates; never values").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Secrets.List(stop),
                    SluiceJson.Default.PageSavedSecret,
                    (people, page) =>
                        people.Table(
                            ["NAME", "ADDED", "CHANGED"],
                            page.Data.Select(secret =>
                                (IReadOnlyList<string?>)
                                    [
                                        secret.Name,
                                        Show.Time(secret.CreatedAt),
                                        Show.Time(secret.UpdatedAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
