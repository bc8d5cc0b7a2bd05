using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Keys;

/// <summary>Ends a key at once and for good.</summary>
internal static class RevokeCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice keys list shows it" };
        var yes = GlobalOptions.Yes();
        return new Command("revoke", "End a key: it fails on its very next use") { id, yes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var key = session.Value(id);
                if (
                    !session.Consents(
                        $"Revoke {key}? It fails on its very next use; this cannot be undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.Keys.Revoke(key, stop);
                session.Print(
                    new Deleted(key),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Revoked {key}.")
                );
                return Exit.Done;
            }
        );
    }
}
