using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Memory;

/// <summary>Sessions of flows, newest first.</summary>
internal static class SessionsCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = MemoryCommand.Flow();
        var name = new Option<string?>("--name") { Description = "Only those that nodes call so" };
        var limit = new Option<int?>("--limit") { Description = "How many at most" };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where a list ended" };
        return new Command("sessions", "Sessions, newest first")
        {
            flow,
            name,
            limit,
            cursor,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var page = await client.Memory.Sessions(
                    session.Value(flow),
                    session.Value(name),
                    session.Value(limit),
                    session.Value(cursor),
                    stop
                );
                session.Print(page, SluiceJson.Default.PageMemorySession, Tell);
                if (page.NextCursor is { } next)
                    session.Remark($"More: --cursor {next}");
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Page<MemorySession> page) =>
        people.Table(
            ["SESSION", "FLOW", "NAME", "TURNS", "LAST ACTIVE", "STATE"],
            page.Data.Select(each =>
                (IReadOnlyList<string?>)
                    [
                        each.Id,
                        each.Flow,
                        each.Name,
                        MemoryCommand.Number(each.Turns),
                        Show.Time(each.LastActiveAt),
                        each.EndedAt is null ? "open" : "ended",
                    ]
            )
        );
}
