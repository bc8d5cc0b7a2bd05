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
        var saveTo = new Option<string?>("--save-to")
        {
            Description = "Write the key to this file (mode 0600) and do not show it",
            HelpName = "file",
        };
        var asHeader = new Option<bool>("--as-header")
        {
            Description = "With --save-to: as the header line that curl -H @FILE reads",
        };
        var command = new Command("create", "Mint a key; its text is shown once")
        {
            name,
            environment,
            scopes,
            shape,
            saveTo,
            asHeader,
        };
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var wanted = session.Value(scopes) is { Length: > 0 } some ? Split(some) : null;
                var key = await client.Keys.Create(
                    new NewKey(
                        session.Value(name),
                        session.Value(environment),
                        wanted,
                        session.Value(shape)
                    ),
                    stop
                );
                if (session.Value(saveTo) is { } file)
                {
                    KeyFile.Write(terminal.Path(file), key.Key, session.Value(asHeader));
                    key = key with { Key = "" };
                }
                session.Print(
                    key,
                    SluiceJson.Default.MintedKey,
                    (people, minted) => Tell(people, minted, session.Value(saveTo))
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, MintedKey key, string? file)
    {
        people.Facts(
            ("Id", key.Id),
            ("Name", key.Name),
            ("Environment", key.Environment),
            ("Scopes", Show.List(key.Scopes, "all that its owner may do")),
            ("Key", file is null ? key.Key : $"{key.Masked} (in {file})")
        );
        if (file is null)
            people.Careful("Save it now: it is never shown again.");
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
