using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Checks a key with the server and keeps it. The key comes from <c>SLUICE_API_KEY</c>, a prompt or standard input.</summary>
internal static class LoginCommand
{
    public static Command Define(Terminal terminal) =>
        new Command(
            "login",
            "Store a key for this machine (from SLUICE_API_KEY, a prompt or standard input)"
        ).Does(
            terminal,
            async (session, stop) =>
            {
                var credentials = Credentials.Read(terminal);
                var url =
                    session.NamedUrl
                    ?? credentials?.Find(session.Profile)?.Url
                    ?? Connection.DefaultUrl;
                if (await Key(session, url, stop) is not { } key)
                    return Exit.Usage;
                if (Connection.Open(session, url, key) is not { } client)
                    return Exit.Usage;
                using (client)
                {
                    var caller = await client.Identity.Whoami(stop);
                    if (credentials is null)
                        return session.Fail(
                            Exit.Broken,
                            "credentials_unreadable",
                            $"{Credentials.PathFor(terminal)} is there and is not what sluice login writes.",
                            "Move it away, then log in again."
                        );
                    credentials.Save(session.Profile, new StoredLogin(url, key));
                    session.Print(
                        caller,
                        SluiceJson.Default.Whoami,
                        (people, who) =>
                        {
                            people.Good(
                                $"Logged in to {url} as {WhoamiCommand.Name(who)}, tenant {who.Tenant}."
                            );
                            people.Faint($"The key is kept in {credentials.Path}");
                        }
                    );
                    return Exit.Done;
                }
            }
        );

    private static async Task<string?> Key(Session session, string url, CancellationToken stop)
    {
        if (session.Terminal.Variable("SLUICE_API_KEY") is { } key)
            return key.Trim();
        using var input = await SecretInput.Read(
            session,
            $"API key for {url} (not shown): ",
            false,
            stop
        );
        return input?.Text().Trim();
    }
}
