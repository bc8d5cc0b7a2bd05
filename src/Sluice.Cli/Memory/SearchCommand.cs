using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Memory;

/// <summary>Entries of a flow, found by their words.</summary>
internal static class SearchCommand
{
    public static Command Define(Terminal terminal)
    {
        var query = new Argument<string>("query")
        {
            Description = "Some of its words; all entries when left out",
            DefaultValueFactory = _ => "",
        };
        var flow = new Option<string>("--flow") { HelpName = "handle/flow", Required = true };
        var of = new Option<string?>("--session")
        {
            Description = "Only those of the session with this id",
        };
        var limit = new Option<int?>("--limit") { Description = "How many at most" };
        return new Command("search", "Entries of a flow that have some of the words, best first")
        {
            query,
            flow,
            of,
            limit,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var page = await client.Memory.Search(
                    session.Value(flow)!,
                    session.Value(query) is { Length: > 0 } words ? words : null,
                    session.Value(of),
                    session.Value(limit),
                    cursor: null,
                    stop
                );
                session.Print(page, SluiceJson.Default.PageMemoryEntry, Tell);
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Page<MemoryEntry> page) =>
        people.Table(
            ["ENTRY", "SCORE", "SESSION", "CONTENT"],
            page.Data.Select(entry =>
                (IReadOnlyList<string?>)
                    [
                        entry.Id,
                        entry.Score?.ToString("0.00", CultureInfo.InvariantCulture),
                        entry.Session,
                        entry.Content,
                    ]
            )
        );
}
