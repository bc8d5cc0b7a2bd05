using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Configs;

/// <summary><c>sluice configs secret put|rm</c>: a value of its own for runs with one profile.</summary>
internal static class SecretCommand
{
    public static Command Define(Terminal terminal) =>
        new("secret", "Override a secret for runs with one profile")
        {
            Put(terminal),
            Remove(terminal),
        };

    private static Command Put(Terminal terminal)
    {
        var id = new Argument<string>("config") { Description = "The config's id" };
        var name = new Argument<string>("name") { Description = "The secret's name" };
        var replace = new Option<bool>("--replace")
        {
            Description = "Replace the override when there is one",
        };
        var keepNewline = Secrets.PutCommand.KeepNewline();
        return new Command("put", "Save an override (from a prompt or standard input)")
        {
            id,
            name,
            replace,
            keepNewline,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                using var value = await SecretInput.Read(
                    session,
                    $"Value of {session.Value(name)} for this config (not shown): ",
                    session.Value(keepNewline),
                    stop
                );
                if (value is null)
                    return Exit.Usage;
                var saved = await client.Configs.PutSecret(
                    session.Value(id),
                    session.Value(name),
                    value.Value,
                    session.Value(replace),
                    stop
                );
                session.Print(
                    saved,
                    SluiceJson.Default.SavedSecret,
                    (people, secret) => people.Good($"Saved {secret.Name} for this config.")
                );
                return Exit.Done;
            }
        );
    }

    private static Command Remove(Terminal terminal)
    {
        var id = new Argument<string>("config") { Description = "The config's id" };
        var name = new Argument<string>("name") { Description = "The secret's name" };
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete an override: the tenant's own value counts again")
        {
            id,
            name,
            yes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var secret = session.Value(name);
                if (!session.Consents($"Delete the override of {secret}?", session.Value(yes)))
                    return Exit.NeedsConsent;
                await client.Configs.DeleteSecret(session.Value(id), secret, stop);
                session.Print(
                    new Deleted(secret),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Deleted the override of {secret}.")
                );
                return Exit.Done;
            }
        );
    }
}
