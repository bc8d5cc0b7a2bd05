using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>
/// Logs in with a browser, or with a key from <c>SLUICE_API_KEY</c>, a prompt or standard input; checks the key with the server and keeps it.
/// </summary>
internal static class LoginCommand
{
    private sealed record Found(string Key, bool ByDevice)
    {
        public override string ToString() => "Found";
    }

    private sealed record Options(
        Option<bool> Device,
        Option<bool> WithKey,
        Option<bool> NoBrowser,
        Option<string[]> Scopes,
        Option<string?> Environment
    );

    public static Command Define(Terminal terminal)
    {
        var options = new Options(
            new("--device") { Description = "With a browser, also where nobody can be asked here" },
            new("--with-key") { Description = "With a key that you type or paste" },
            new("--no-browser") { Description = "Show the page's address and open nothing" },
            new("--scope")
            {
                Description = "What the new key may do; repeatable [default: all that you may do]",
                AllowMultipleArgumentsPerToken = true,
            },
            new("--environment", "-e") { Description = "Of the new key [default: live]" }
        );
        options.Environment.AcceptOnlyFromAmong("live", "test");
        return new Command(
            "login",
            "Log in with a browser; or store a key (SLUICE_API_KEY, standard input, --with-key)"
        )
        {
            options.Device,
            options.WithKey,
            options.NoBrowser,
            options.Scopes,
            options.Environment,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var credentials = Credentials.Read(terminal);
                var url =
                    session.NamedUrl
                    ?? credentials?.Find(session.Profile)?.Url
                    ?? Connection.DefaultUrl;
                if (await Find(session, options, url, stop) is not { } found)
                    return Exit.NotLoggedIn;
                if (found.Key.Length == 0)
                    return Exit.Usage;
                if (Connection.Open(session, url, found.Key) is not { } client)
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
                    credentials.Save(
                        session.Profile,
                        new StoredLogin(url, found.Key, found.ByDevice)
                    );
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
    }

    /// <summary>The key; with an empty text where none was given, null where nobody approved.</summary>
    private static async Task<Found?> Find(
        Session session,
        Options options,
        string url,
        CancellationToken stop
    )
    {
        var given = session.Terminal.Variable("SLUICE_API_KEY") is not null;
        var device =
            session.Value(options.Device)
            || (!given && session.Terminal.CanAsk && !session.Value(options.WithKey));
        if (!device)
            return new Found(await Key(session, url, stop) ?? "", ByDevice: false);
        if (Connection.Open(session, url, key: null) is not { } client)
            return new Found("", ByDevice: false);
        using (client)
        {
            var key = await DeviceLogin.Run(
                session,
                client,
                session.Value(options.Scopes) is { Length: > 0 } scopes ? scopes : null,
                session.Value(options.Environment) ?? "live",
                browser: session.Terminal.CanAsk && !session.Value(options.NoBrowser),
                stop
            );
            return key is null ? null : new Found(key, ByDevice: true);
        }
    }

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
