using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

internal static class ListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Keys by name, mask and last use").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.Keys.List(cursor, stop)),
                    SluiceJson.Default.PageApiKey,
                    (people, page) =>
                    {
                        people.Table(
                            ["ID", "NAME", "KEY", "ENVIRONMENT", "SCOPES", "CREATED", "LAST USED"],
                            page.Data.Select(key =>
                                (IReadOnlyList<string?>)
                                    [
                                        key.Id,
                                        key.Name,
                                        key.Masked,
                                        key.Environment,
                                        Show.List(key.Scopes, "all"),
                                        Show.Date(key.CreatedAt),
                                        KeyFacts.Used(key),
                                    ]
                            )
                        );
                        foreach (var key in page.Data)
                        {
                            if (KeyFacts.Aging(key) is { } advice)
                                people.Careful(advice);
                        }
                    }
                );
                return Exit.Done;
            }
        );
}
