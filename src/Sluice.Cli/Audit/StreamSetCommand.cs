using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>Changes a webhook that the ledger is sent to; turns it off and on.</summary>
internal static class StreamSetCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = StreamCommand.Id();
        var url = new Option<string?>("--url") { Description = "Another address" };
        var actions = StreamCommand.Actions("Only these from now on; repeatable");
        var all = new Option<bool>("--all-actions") { Description = "All actions from now on" };
        var on = new Option<bool>("--on") { Description = "Turn it on; it goes on where it was" };
        var off = new Option<bool>("--off") { Description = "Turn it off" };
        return new Command("set", "Change a webhook, turn it off or on")
        {
            id,
            url,
            actions,
            all,
            on,
            off,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var some = session.Value(actions) is { Length: > 0 } named ? named : null;
                if (
                    session.Value(on) && session.Value(off)
                    || some is not null && session.Value(all)
                )
                    return session.Fail(
                        Exit.Usage,
                        "contradiction",
                        "Two of these contradict each other.",
                        "Give --on or --off, and --action or --all-actions."
                    );
                var change = new AuditStreamChange(
                    session.Value(url),
                    session.Value(all) ? [] : some,
                    session.Value(on) ? true
                        : session.Value(off) ? false
                        : null
                );
                if (change == new AuditStreamChange())
                    return session.Fail(
                        Exit.Usage,
                        "nothing_to_change",
                        "Nothing was said to change.",
                        "Give --url, --action, --all-actions, --on or --off."
                    );
                session.Print(
                    await client.AuditStreams.Update(session.Value(id), change, stop),
                    SluiceJson.Default.AuditStream,
                    StreamCommand.Tell
                );
                return Exit.Done;
            }
        );
    }
}
