using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Memory;

/// <summary>What flows remember.</summary>
internal static class MemoryCommand
{
    public static Command Define(Terminal terminal) =>
        new("memory", "What flows remember: sessions, turns and entries")
        {
            List(terminal),
            SessionsCommand.Define(terminal),
            ShowCommand.Define(terminal),
            SearchCommand.Define(terminal),
            RemoveCommand.Define(terminal),
        };

    /// <summary>An option for the flow that is meant.</summary>
    public static Option<string?> Flow() => new("--flow") { HelpName = "handle/flow" };

    private static Command List(Terminal terminal)
    {
        var limit = new Option<int?>("--limit") { Description = "How many at most" };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where a list ended" };
        return new Command("ls", "Flows that remember something, and how much")
        {
            limit,
            cursor,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var page = await client.Memory.Flows(
                    session.Value(limit),
                    session.Value(cursor),
                    stop
                );
                session.Print(page, SluiceJson.Default.PageFlowMemory, Tell);
                if (page.NextCursor is { } next)
                    session.Remark($"More: --cursor {next}");
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Page<FlowMemory> page) =>
        people.Table(
            ["FLOW", "SESSIONS", "ENTRIES", "BYTES", "LAST ACTIVE"],
            page.Data.Select(flow =>
                (IReadOnlyList<string?>)
                    [
                        flow.Flow,
                        Number(flow.Sessions),
                        Number(flow.Entries),
                        Number(flow.Bytes),
                        Show.Time(flow.LastActiveAt),
                    ]
            )
        );

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
