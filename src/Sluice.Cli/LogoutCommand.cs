using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli;

/// <summary>Forgets the stored key. The key itself goes on working: revoking is another act.</summary>
internal static class LogoutCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("logout", "Forget the stored key (it is not revoked)").Does(
            terminal,
            (session, _) =>
            {
                if (
                    Credentials.Read(terminal) is not { } credentials
                    || !credentials.Forget(session.Profile)
                )
                    return Task.FromResult(
                        session.Fail(Exit.NotLoggedIn, "not_logged_in", "Not logged in.")
                    );
                if (!session.Json)
                    session.People.Good(
                        "Forgotten here. To end the key itself: sluice keys revoke ID"
                    );
                return Task.FromResult(Exit.Done);
            }
        );
}
