using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

internal static class ListCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = new Option<string?>("--flow") { HelpName = "handle/flow" };
        var status = new Option<string?>("--status")
        {
            Description = "queued, running, succeeded, failed, cancelled …",
        };
        var limit = new Option<int?>("--limit") { Description = "How many at most" };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where a list ended" };
        return new Command("list", "Runs, newest first") { flow, status, limit, cursor }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var page = await client.Runs.List(
                    session.Value(flow),
                    session.Value(status),
                    session.Value(limit),
                    session.Value(cursor),
                    stop
                );
                session.Print(page, SluiceJson.Default.PageRun, Tell);
                if (page.NextCursor is { } next)
                    session.Remark($"More: --cursor {next}");
                return Exit.Done;
            }
        );
    }

    public static void Tell(Report people, Page<Run> page) =>
        people.Table(
            ["RUN", "FLOW", "STATUS", "STARTED", "TOOK", "ERROR"],
            page.Data.Select(run =>
                (IReadOnlyList<string?>)
                    [
                        run.Id,
                        run.Flow,
                        run.Status,
                        Show.Time(run.StartedAt ?? run.CreatedAt),
                        Show.Duration(run.DurationMs),
                        run.Error?.Code ?? "",
                    ]
            )
        );
}
