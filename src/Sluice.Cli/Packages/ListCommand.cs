using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Packages;

internal static class ListCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("list", "Packages with their nodes").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.Packages.List(cursor, stop)),
                    SluiceJson.Default.PagePackage,
                    (people, page) =>
                        people.Table(
                            ["PACKAGE", "VERSION", "LANGUAGE", "NODES", "PUSHED", "DIGEST"],
                            page.Data.Select(package =>
                                (IReadOnlyList<string?>)
                                    [
                                        package.Name,
                                        package.Version,
                                        package.Language,
                                        Show.List(package.Nodes?.Select(node => node.Name), "–"),
                                        Show.Time(package.CreatedAt),
                                        package.Digest is { Length: > 12 } digest
                                            ? digest[..12]
                                            : package.Digest,
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
}
