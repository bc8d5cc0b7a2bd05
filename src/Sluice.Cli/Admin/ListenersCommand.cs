using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>Where a server listens, whom it asks for a certificate there, and which doors it leads to.</summary>
internal static class ListenersCommand
{
    public static Command Define(Terminal terminal) =>
        new Command(
            "listeners",
            "Where the server listens, and which doors it leads to there"
        ).CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Admin.Listeners(stop),
                    SluiceJson.Default.PageListener,
                    Tell
                );
                return Exit.Done;
            }
        );

    private static void Tell(Report people, Page<Listener> listeners) =>
        people.Table(
            ["NAME", "ADDRESS", "CERTIFICATE UNTIL", "CLIENTS", "DOORS"],
            listeners.Data.Select(each =>
                (IReadOnlyList<string?>)
                    [
                        each.Name,
                        each.Url,
                        each.CertificateExpiresAt is { } end ? Show.Time(end) : null,
                        Clients(each),
                        Doors(each),
                    ]
            )
        );

    /// <summary>Whom it takes.</summary>
    public static string Clients(Listener listener) =>
        listener.ClientCertificates == "none" ? "anyone"
        : listener.ClientNames.Count == 0 ? "with a certificate"
        : string.Join(" or ", listener.ClientNames);

    /// <summary>Where it leads.</summary>
    public static string Doors(Listener listener) =>
        listener.ClosedDoors.Count == 0 ? "every door"
        : listener.Doors.Count == 0 ? "no door"
        : listener.ClosedDoors.Count <= listener.Doors.Count
            ? "every door but " + string.Join(", ", listener.ClosedDoors)
        : string.Join(", ", listener.Doors);
}
