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
                var keys = new List<ApiKey>();
                string? cursor = null;
                do
                {
                    var page = await client.Keys.List(cursor, stop);
                    keys.AddRange(page.Data);
                    cursor = page.NextCursor;
                } while (cursor is not null);
                session.Print(
                    new Page<ApiKey> { Data = keys },
                    SluiceJson.Default.PageApiKey,
                    (people, page) =>
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
                                        key.RevokedAt is null
                                            ? Show.Time(key.LastUsedAt) ?? "never"
                                            : "revoked",
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
