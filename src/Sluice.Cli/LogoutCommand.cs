using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Forgets the stored key. One that came by device login is given back, and ends; another goes on working: revoking is another act.</summary>
internal static class LogoutCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("logout", "Forget the stored key; one from a login with a browser ends").Does(
            terminal,
            async (session, stop) =>
            {
                var credentials = Credentials.Read(terminal);
                if (credentials?.Find(session.Profile) is not { } login)
                    return session.Fail(Exit.NotLoggedIn, "not_logged_in", "Not logged in.");
                var ended = login.ByDevice && await GiveBack(session, login, stop);
                credentials.Forget(session.Profile);
                if (!session.Json)
                    session.People.Good(
                        ended
                            ? "Forgotten here, and the key has ended."
                            : "Forgotten here. To end the key itself: sluice keys revoke ID"
                    );
                return Exit.Done;
            }
        );

    private static async Task<bool> GiveBack(
        Session session,
        StoredLogin login,
        CancellationToken stop
    )
    {
        if (Connection.Open(session, login.Url, key: null) is not { } client)
            return false;
        using (client)
        {
            try
            {
                await client.Device.Revoke(login.Key, stop);
                return true;
            }
            catch (SluiceException error)
            {
                session.Warn($"The key could not be ended: {error.Detail}");
                return false;
            }
        }
    }
}
