using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Memory;

/// <summary>A session's turns, oldest first.</summary>
internal static class ShowCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("session") { Description = "The session's id" };
        var limit = new Option<int?>("--limit") { Description = "How many turns at most" };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where a list ended" };
        return new Command("show", "A session with its turns, oldest first")
        {
            id,
            limit,
            cursor,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var shown = await client.Memory.Session(
                    session.Value(id),
                    session.Value(limit),
                    session.Value(cursor),
                    stop
                );
                session.Print(shown, SluiceJson.Default.MemoryTurns, Tell);
                if (shown.NextCursor is { } next)
                    session.Remark($"More: --cursor {next}");
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, MemoryTurns shown)
    {
        people.Facts(
            ("Session", shown.Session.Id),
            ("Flow", shown.Session.Flow),
            ("Name", shown.Session.Name),
            ("Turns", MemoryCommand.Number(shown.Session.Turns)),
            ("Ended", shown.Session.EndedAt is { } at ? Show.ExactTime(at) : null)
        );
        people.Line();
        foreach (var turn in shown.Turns)
            people.Line(
                $"{Show.ExactTime(turn.CreatedAt)}  {turn.Role, -9}  {(turn.ToolName is { Length: > 0 } tool ? tool + ": " : "")}{turn.Content}"
            );
    }
}
