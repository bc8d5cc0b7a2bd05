using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Secrets;

/// <summary>Saves a secret. The value comes by prompt or standard input, never on the command line.</summary>
internal static class PutCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name")
        {
            Description = "Like ANTHROPIC_API_KEY; names are not secret",
        };
        var replace = new Option<bool>("--replace")
        {
            Description = "Replace the value when the name exists",
        };
        var keepNewline = KeepNewline();
        return new Command("put", "Save a value (from a prompt or standard input)")
        {
            name,
            replace,
            keepNewline,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                using var value = await SecretInput.Read(
                    session,
                    $"Value of {session.Value(name)} (not shown): ",
                    session.Value(keepNewline),
                    stop
                );
                if (value is null)
                    return Exit.Usage;
                var saved = await client.Secrets.Put(
                    session.Value(name),
                    value.Value,
                    session.Value(replace),
                    stop
                );
                session.Print(
                    saved,
                    SluiceJson.Default.SavedSecret,
                    (people, secret) =>
                        people.Good($"Saved {secret.Name}. Its value is never shown again.")
                );
                return Exit.Done;
            }
        );
    }

    public static Option<bool> KeepNewline() =>
        new("--keep-newline") { Description = "Keep the line end at the end of standard input" };
}
