using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

internal static class ListCommand
{
    public static Command Define(Terminal terminal)
    {
        var org = new Option<string?>("--org")
        {
            Description = "Of this organisation alone",
            HelpName = "handle",
        };
        return new Command("list", "Licenses that the server has issued, newest first")
        {
            org,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor =>
                        client.Licenses.List(session.Value(org), cursor, stop)
                    ),
                    SluiceJson.Default.PageIssuedLicense,
                    (people, page) =>
                        people.Table(
                            ["ID", "FOR", "TIER", "NODES", "KEY", "ENDS", "STATE"],
                            page.Data.Select(license =>
                                (IReadOnlyList<string?>)
                                    [
                                        license.Id,
                                        LicenseFacts.Whom(license),
                                        license.Tier,
                                        LicenseFacts.Nodes(license.MaxNodes),
                                        license.Masked,
                                        Show.Date(license.ExpiresAt),
                                        State(license),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
    }

    private static string State(IssuedLicense license) =>
        license.RevokedAt is not null ? "revoked" : Course(license) + Leak(license);

    private static string Course(IssuedLicense license) =>
        license.ExpiresAt <= TimeProvider.System.GetUtcNow() ? "ended"
        : license.RenewedTo is not null ? "renewed"
        : "valid";

    /// <summary>What was bought stays in force; the key opens nothing.</summary>
    private static string Leak(IssuedLicense license) =>
        license.LeakedAt is { } at ? $", key leaked {Show.Date(at)}" : "";
}
