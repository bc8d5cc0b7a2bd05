using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Memory;

/// <summary>Deletes a session, an entry, or all that a flow remembers.</summary>
internal static class RemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("session")
        {
            Description = "The session's id",
            DefaultValueFactory = _ => "",
        };
        var entry = new Option<string?>("--entry") { Description = "An entry", HelpName = "id" };
        var flow = new Option<string?>("--all-of")
        {
            Description = "All that a flow remembers",
            HelpName = "handle/flow",
        };
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete a session with its turns and entries")
        {
            id,
            entry,
            flow,
            yes,
        }.Calls(
            terminal,
            (session, client, stop) =>
                Remove(
                    session,
                    client,
                    (Named(session.Value(id)), session.Value(entry), session.Value(flow)),
                    session.Value(yes),
                    stop
                )
        );
    }

    private static string? Named(string session) => session.Length == 0 ? null : session;

    private static async Task<Exit> Remove(
        Session session,
        SluiceClient client,
        (string? Session, string? Entry, string? Flow) what,
        bool yes,
        CancellationToken stop
    )
    {
        var (name, words) = what switch
        {
            ({ } one, null, null) => (one, $"session {one} with its turns and entries"),
            (null, { } one, null) => (one, $"entry {one}"),
            (null, null, { } one) => (one, $"all that {one} remembers"),
            _ => ("", ""),
        };
        if (name.Length == 0)
            return session.Fail(
                Exit.Usage,
                "bad_target",
                "Name one thing: a session, --entry or --all-of."
            );
        if (!session.Consents($"Delete {words}?", yes))
            return Exit.NeedsConsent;
        if (what.Session is not null)
            await client.Memory.RemoveSession(name, stop);
        else if (what.Entry is not null)
            await client.Memory.RemoveEntry(name, stop);
        else
            await client.Memory.RemoveFlow(name, stop);
        session.Print(
            new Deleted(name),
            CliJson.Default.Deleted,
            (people, _) => people.Good($"Deleted: {words}.")
        );
        return Exit.Done;
    }
}
