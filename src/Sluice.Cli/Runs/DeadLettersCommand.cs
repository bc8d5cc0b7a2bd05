using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Runs that failed and that nobody has looked after: listed, tried again, or taken off the list.</summary>
internal static class DeadLettersCommand
{
    public static Command Define(Terminal terminal) =>
        new("dlq", "Dead letters: runs that failed and wait for somebody")
        {
            List(terminal),
            Retry(terminal),
            Dismiss(terminal),
        };

    private static Command List(Terminal terminal)
    {
        var flow = new Option<string?>("--flow") { HelpName = "handle/flow" };
        var limit = new Option<int?>("--limit") { Description = "How many at most" };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where a list ended" };
        return new Command("list", "Dead letters, newest first") { flow, limit, cursor }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var page = await client.Runs.DeadLetters(
                    session.Value(flow),
                    session.Value(limit),
                    session.Value(cursor),
                    stop
                );
                session.Print(page, SluiceJson.Default.PageRun, ListCommand.Tell);
                if (page.NextCursor is { } next)
                    session.Remark($"More: --cursor {next}");
                return Exit.Done;
            }
        );
    }

    private static Command Retry(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The run that failed" };
        return new Command("retry", "Run it again from the step that failed, as a new run")
        {
            id,
        }.Calls(
            terminal,
            async (session, client, stop) =>
                InvokeOptions.Told(
                    session,
                    await client.Runs.RetryDeadLetter(session.Value(id), stop)
                )
        );
    }

    private static Command Dismiss(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The run that failed" };
        return new Command("dismiss", "Take it off the list; its record stays") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                await client.Runs.DismissDeadLetter(session.Value(id), stop);
                session.Print(
                    new Deleted(session.Value(id)),
                    CliJson.Default.Deleted,
                    (people, _) =>
                        people.Good($"Run {session.Value(id)} is no dead letter any more.")
                );
                return Exit.Done;
            }
        );
    }
}
