using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

/// <summary>Mints a key. Its text is shown once, or written to a file and not shown at all.</summary>
internal static class CreateCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name")
        {
            Description = "Where the key will live: ci, laptop, billing",
        };
        var environment = new Option<string?>("--environment", "-e")
        {
            Description = "live or test [default: that of your own key]",
        };
        environment.AcceptOnlyFromAmong("live", "test");
        var scopes = new Option<string[]>("--scope")
        {
            Description =
                "What it may do, like runs:write; repeatable [default: all that you may do]",
            AllowMultipleArgumentsPerToken = true,
        };
        var shape = new Option<string?>("--shape")
        {
            Description = "standard, hex or client [default: standard]",
        };
        shape.AcceptOnlyFromAmong("standard", "hex", "client");
        var account = new Option<string?>("--service-account")
        {
            Description = "For this service account, by its id, rather than for yourself",
            HelpName = "id",
        };
        var (bounds, texts) = (new BoundOptions(), new KeyTexts());
        var command = new Command("create", "Mint a key; its text is shown once")
        {
            name,
            environment,
            scopes,
            shape,
            account,
        };
        bounds.AddTo(command);
        texts.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var key = new NewKey(session.Value(name))
                {
                    Environment = session.Value(environment),
                    Scopes = session.Value(scopes) is { Length: > 0 } some ? Split(some) : null,
                    Shape = session.Value(shape),
                    ServiceAccount = session.Value(account),
                    ExpiresAt = bounds.Expires(session),
                    AllowedCidrs = bounds.Ranges(session),
                    RateLimit = bounds.Rate(session),
                    DailyQuota = bounds.Quota(session),
                    Metadata = bounds.Metadata(session),
                };
                texts.Give(session, await client.Keys.Create(key, stop));
                return Exit.Done;
            }
        );
    }

    private static List<string> Split(string[] scopes) =>
        [
            .. scopes.SelectMany(scope =>
                scope.Split(
                    ',',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                )
            ),
        ];
}
