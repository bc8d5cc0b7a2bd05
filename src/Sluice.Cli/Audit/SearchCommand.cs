using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

internal static class SearchCommand
{
    private const int MostInAPage = 1000;

    public static Command Define(Terminal terminal, Ask ask)
    {
        var action = Text("--action", "Such as key.revoke; key.* for all of keys");
        var result = Text("--result", "done or refused");
        var code = Text("--code", "Code of a refusal");
        var who = Text("--who", "E-mail address, or a service account's name");
        var key = Text("--key", "Id of the key that was used");
        var target = Text("--target", "Id or name of the thing");
        var address = Text("--address", "Where it came from");
        var request = Text("--request", "The X-Request-Id of an answer");
        var since = Time("--since", "From this time on, like 2026-11-21T08:00Z");
        var until = Time("--until", "Before this time");
        var limit = new Option<int>("--limit")
        {
            Description = "Most entries, newest first",
            DefaultValueFactory = _ => 50,
        };
        return new Command("search", "Find entries, newest first")
        {
            action,
            result,
            code,
            who,
            key,
            target,
            address,
            request,
            since,
            until,
            limit,
        }.Does(
            terminal,
            (session, stop) =>
            {
                var query = new AuditQuery
                {
                    Action = session.Value(action),
                    Result = session.Value(result),
                    Code = session.Value(code),
                    UserEmail = session.Value(who),
                    KeyId = session.Value(key),
                    Target = session.Value(target),
                    Address = session.Value(address),
                    RequestId = session.Value(request),
                    StartTime = session.Value(since),
                    EndTime = session.Value(until),
                };
                return ask(
                    session,
                    async audit =>
                    {
                        var page = await Find(audit, query, session.Value(limit), stop);
                        session.Print(page, SluiceJson.Default.AuditPage, Tell);
                        return Exit.Done;
                    }
                );
            }
        );
    }

    private static async Task<AuditPage> Find(
        AuditApi audit,
        AuditQuery query,
        int most,
        CancellationToken stop
    )
    {
        var page = await audit.Search(query with { Limit = Math.Min(most, MostInAPage) }, stop);
        var entries = page.Entries.ToList();
        while (entries.Count < most && page.NextCursor is { } cursor)
        {
            var left = Math.Min(most - entries.Count, MostInAPage);
            page = await audit.Search(query with { Limit = left, Cursor = cursor }, stop);
            entries.AddRange(page.Entries);
        }
        return page with { Entries = entries };
    }

    private static void Tell(Report people, AuditPage page)
    {
        if (page.Entries.Count == 0)
        {
            people.Line("Nothing on record matches.");
            return;
        }
        people.Table(
            ["SEQ", "AT", "WHO", "ACTION", "TARGET", "RESULT", "FROM"],
            page.Entries.Select(entry =>
                (IReadOnlyList<string?>)
                    [
                        entry.Seq.ToString(),
                        Show.ExactTime(entry.At),
                        entry.ActorName ?? entry.ActorKind,
                        entry.Action,
                        entry.Target,
                        entry.Code ?? entry.Result,
                        entry.Address,
                    ]
            )
        );
        if (page.NextCursor is not null)
            people.Faint("There are more: --limit, or narrow the search.");
    }

    private static Option<string?> Text(string name, string description) =>
        new(name) { Description = description };

    private static Option<DateTimeOffset?> Time(string name, string description) =>
        new(name) { Description = description, HelpName = "time" };
}
