using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

/// <summary>Issues the successor of a license, also of one that has ended.</summary>
internal static class RenewCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice license list shows it" };
        var (days, saveTo) = (LicenseFacts.Days(), LicenseFacts.SaveTo());
        return new Command(
            "renew",
            "Issue a license's successor, with its settings and a new end; both work until the old end"
        )
        {
            id,
            days,
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                LicenseFacts.Give(
                    session,
                    await client.Licenses.Renew(
                        session.Value(id),
                        new LicenseRenewal(session.Value(days)),
                        stop
                    ),
                    session.Value(saveTo)
                )
        );
    }
}
