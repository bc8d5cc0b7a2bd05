using System.Text;
using Sluice.Language;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>Finds a flow's entries for people, as its nodes would, but in all its sessions.</summary>
internal static class SearchMemory
{
    /// <param name="Session">What nodes call its session; null: it is the flow's own.</param>
    /// <param name="Importance">0 to 1, as the node said.</param>
    /// <param name="Score">How well it fits, above 0 and at most 1; null in a list.</param>
    internal sealed record EntryShown(
        string Id,
        string Content,
        string ScopeLevel,
        string? SessionId,
        string? Session,
        double Importance,
        double? Score,
        DateTimeOffset CreatedAt
    );

    internal sealed record Response(IReadOnlyList<EntryShown> Data, string? NextCursor);

    public static async Task<IResult> Handle(
        HttpContext context,
        string? flow,
        string? q,
        string? session,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (flow is null || !Config.FlowShape().IsMatch(flow))
            mistakes.Add(new Mistake("flow", "name the flow, handle/name", Where: "flow"));
        if (q is not null && Encoding.UTF8.GetByteCount(q) > MemoryOptions.LongestQuery)
            mistakes.Add(
                new Mistake(
                    "too_long",
                    $"q has at most {MemoryOptions.LongestQuery} bytes",
                    Where: "q"
                )
            );
        if (q is not null && page.Cursor is not null)
            mistakes.Add(new Mistake("bad_cursor", "what is found has one page", Where: "cursor"));
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var scope = new MemoryScope(caller.TenantId, caller.Environment, flow!);
        var (refusal, rows) = await database.Read<(Refusal?, IReadOnlyList<EntryShown>)>(
            async open =>
            {
                if (session is not null)
                {
                    var of = await ListMemory.Find(open, caller, session);
                    if (of.Refused)
                        return (of.Refusal, []);
                }
                return (null, await Rows(open, scope, q, session, page));
            },
            context.RequestAborted
        );
        if (refusal is not null)
            return refusal;
        var shown = rows.Take(page.Limit).ToList();
        return TypedResults.Json(
            new Response(shown, rows.Count > page.Limit ? shown[^1].Id : null),
            MemoryJson.Default.EntriesResponse
        );
    }

    private static async Task<IReadOnlyList<EntryShown>> Rows(
        Session open,
        MemoryScope scope,
        string? query,
        string? session,
        Page page
    )
    {
        if (query is null)
            return
            [
                .. (await EntryStore.List(open, scope, session, page)).Select(row =>
                    Show(row, null)
                ),
            ];
        var mark = session is null ? EntryStore.All(scope) : EntryStore.Of(scope, session);
        var found = await EntryStore.Search(
            open,
            scope.TenantId,
            [mark],
            MemoryWords.Asked(query),
            page.Limit
        );
        return [.. found.Select(each => Show(each.Entry, each.Score))];
    }

    private static EntryShown Show(EntryRow row, double? score) =>
        new(
            row.Id,
            row.Content,
            row.SessionId is null ? "flow" : "session",
            row.SessionId,
            row.Session,
            row.Importance,
            score,
            ListMemory.Time(row.CreatedAt)
        );
}
