using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Licenses;

/// <summary>Ends a license at once and for good.</summary>
internal static class RevokeCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice license list shows it" };
        var yes = GlobalOptions.Yes();
        return new Command("revoke", "End a license: its key fails on its very next use")
        {
            id,
            yes,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var license = session.Value(id);
                if (
                    !session.Consents(
                        $"Revoke {license}? Its key fails on its very next use; this cannot be undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.Licenses.Revoke(license, stop);
                session.Print(
                    new Deleted(license),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Revoked {license}.")
                );
                return Exit.Done;
            }
        );
    }
}
