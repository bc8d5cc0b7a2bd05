using System.Globalization;
using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>Lists the flows that remember something and their sessions, and shows a session's turns.</summary>
internal static class ListMemory
{
    /// <param name="Bytes">Of turns and entries, as nodes gave them.</param>
    internal sealed record FlowShown(
        string Flow,
        long Sessions,
        long Entries,
        long Bytes,
        DateTimeOffset LastActiveAt
    );

    internal sealed record FlowsResponse(IReadOnlyList<FlowShown> Data, string? NextCursor);

    internal record SessionShown
    {
        public required string Id { get; init; }

        public required string Flow { get; init; }

        /// <summary>What nodes call it.</summary>
        public required string Name { get; init; }

        /// <summary>How many there are.</summary>
        public required long Turns { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>When something was last added.</summary>
        public required DateTimeOffset LastActiveAt { get; init; }

        /// <summary>When a node closed it; null: it is open.</summary>
        public required DateTimeOffset? EndedAt { get; init; }

        public static SessionShown Of(SessionRow row) =>
            new()
            {
                Id = row.Id,
                Flow = row.Flow,
                Name = row.Name,
                Turns = row.Turns,
                CreatedAt = Time(row.CreatedAt),
                LastActiveAt = Time(row.UsedAt),
                EndedAt = row.EndedAt is { } ended ? Time(ended) : null,
            };
    }

    internal sealed record SessionsResponse(IReadOnlyList<SessionShown> Data, string? NextCursor);

    /// <param name="Seq">From 1, in the order in which turns were added.</param>
    /// <param name="Role">user, assistant, tool or system.</param>
    internal sealed record TurnShown(
        long Seq,
        string Id,
        string Role,
        string Content,
        string ToolName,
        string ToolCallId,
        DateTimeOffset CreatedAt
    );

    internal sealed record SessionResponse(
        SessionShown Session,
        IReadOnlyList<TurnShown> Turns,
        string? NextCursor
    );

    public static async Task<IResult> Flows(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var flows = await database.Read(
            session => MemoryStore.Flows(session, caller.TenantId, caller.Environment, page),
            context.RequestAborted
        );
        var shown = flows
            .Take(page.Limit)
            .Select(row => new FlowShown(
                row.Flow,
                row.Sessions,
                row.Entries,
                row.Bytes,
                Time(row.UsedAt)
            ))
            .ToList();
        return TypedResults.Json(
            new FlowsResponse(shown, flows.Count > page.Limit ? shown[^1].Flow : null),
            MemoryJson.Default.FlowsResponse
        );
    }

    public static async Task<IResult> Sessions(
        HttpContext context,
        string? flow,
        string? name,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var rows = await database.Read(
            session =>
                MemoryStore.Sessions(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    flow,
                    name,
                    page
                ),
            context.RequestAborted
        );
        var shown = rows.Take(page.Limit).Select(SessionShown.Of).ToList();
        return TypedResults.Json(
            new SessionsResponse(shown, rows.Count > page.Limit ? shown[^1].Id : null),
            MemoryJson.Default.SessionsResponse
        );
    }

    public static async Task<IResult> Session(
        string id,
        HttpContext context,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        var after = 0L;
        if (
            page.Cursor is { } cursor
            && (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        )
            mistakes.Add(
                new Mistake(
                    "bad_cursor",
                    "cursor is not one that this list gave out",
                    Where: "cursor"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var (found, turns) = await database.Read<(Outcome<SessionRow>, IReadOnlyList<TurnRow>)>(
            async session =>
            {
                var row = await Find(session, caller, id);
                return row.Refused
                    ? (row, [])
                    : (
                        row,
                        await MemoryStore.After(session, caller.TenantId, id, after, page.Limit)
                    );
            },
            context.RequestAborted
        );
        if (found.Refused)
            return found.Refusal;
        var shown = turns
            .Take(page.Limit)
            .Select(turn => new TurnShown(
                turn.Seq,
                turn.Id,
                turn.Role,
                turn.Text,
                turn.ToolName,
                turn.ToolCallId,
                Time(turn.CreatedAt)
            ))
            .ToList();
        return TypedResults.Json(
            new SessionResponse(
                SessionShown.Of(found.Value),
                shown,
                turns.Count > page.Limit
                    ? shown[^1].Seq.ToString(CultureInfo.InvariantCulture)
                    : null
            ),
            MemoryJson.Default.SessionResponse
        );
    }

    /// <summary>A session of the caller's tenant and environment.</summary>
    internal static async Task<Outcome<SessionRow>> Find(
        Session session,
        Caller caller,
        string id
    ) =>
        await MemoryStore.Session(session, caller.TenantId, id) is not { } row
            ? MemoryRefusals.SessionNotFound
        : row.Environment == caller.Environment ? row
        : CommonRefusals.EnvironmentMismatch;

    internal static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
