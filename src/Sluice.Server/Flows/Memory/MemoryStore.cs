using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>SQL on what flows remember.</summary>
internal static class MemoryStore
{
    private const string Flow =
        "tenant_id = @tenant AND environment = @environment AND flow = @flow";

    private const string SessionColumns =
        "id, environment, flow, name, turns, created_at, used_at, ended_at";

    private const string TurnColumns =
        "tenant_id, session_id, seq, id, role, content, tool_name, tool_call_id, size, origin, created_at";

    /// <summary>The flow's numbers, held until the transaction ends, so that its limits are exact.</summary>
    /// <exception cref="TenantGoneException">The tenant was removed: what its nodes still write must not come back.</exception>
    public static async Task<FlowMemoryRow> Hold(Session session, MemoryScope scope, long now)
    {
        await TenantTables.MustHold(session, scope.TenantId);
        await session
            .Of(scope.TenantId)
            .Execute(
                """
                INSERT INTO memory_flows (tenant_id, environment, flow, sessions, entries, bytes, used_at)
                VALUES (@tenant, @Environment, @Flow, 0, 0, 0, @now) ON CONFLICT DO NOTHING
                """,
                new
                {
                    scope.Environment,
                    scope.Flow,
                    now,
                }
            );
        return (await HoldIfThere(session, scope))!;
    }

    /// <summary>The flow's numbers, held until the transaction ends; null when it remembers nothing.</summary>
    public static Task<FlowMemoryRow?> HoldIfThere(Session session, MemoryScope scope) =>
        session
            .Of(scope.TenantId)
            .First<FlowMemoryRow>(
                $"SELECT flow, sessions, entries, bytes, used_at FROM memory_flows WHERE {Flow}"
                    + (session.Dialect == Dialect.Postgres ? " FOR UPDATE" : ""),
                new { environment = scope.Environment, flow = scope.Flow }
            );

    /// <summary>Counts what was added, or (less than 0) removed.</summary>
    public static Task<int> Count(
        Session session,
        MemoryScope scope,
        long sessions,
        long entries,
        long bytes,
        long usedAt
    ) =>
        session
            .Of(scope.TenantId)
            .Execute(
                $"UPDATE memory_flows SET sessions = sessions + @sessions, entries = entries + @entries, bytes = bytes + @bytes, used_at = CASE WHEN used_at < @usedAt THEN @usedAt ELSE used_at END WHERE {Flow}",
                new
                {
                    environment = scope.Environment,
                    flow = scope.Flow,
                    sessions,
                    entries,
                    bytes,
                    usedAt,
                }
            );

    public static Task<SessionRow?> Named(Session session, MemoryScope scope, string name) =>
        session
            .Of(scope.TenantId)
            .First<SessionRow>(
                $"SELECT {SessionColumns} FROM memory_sessions WHERE {Flow} AND name = @name",
                new
                {
                    environment = scope.Environment,
                    flow = scope.Flow,
                    name,
                }
            );

    public static Task<SessionRow?> Session(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<SessionRow>(
                $"SELECT {SessionColumns} FROM memory_sessions WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    public static Task<int> Insert(Session session, string tenantId, SessionRow row) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO memory_sessions (tenant_id, id, environment, flow, name, turns, created_at, used_at, ended_at)
                VALUES (@tenant, @Id, @Environment, @Flow, @Name, 0, @CreatedAt, @UsedAt, NULL)
                """,
                row
            );

    /// <summary>Something was added: so many turns, which may be none.</summary>
    public static Task<int> Use(
        Session session,
        string tenantId,
        string id,
        long turns,
        long now
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE memory_sessions SET turns = turns + @turns, used_at = @now WHERE tenant_id = @tenant AND id = @id",
                new
                {
                    id,
                    turns,
                    now,
                }
            );

    public static Task<int> End(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE memory_sessions SET ended_at = @now WHERE tenant_id = @tenant AND id = @id AND ended_at IS NULL",
                new { id, now }
            );

    public static Task<int> Insert(Session session, string tenantId, TurnRow row) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO memory_turns (tenant_id, session_id, seq, id, role, content, tool_name, tool_call_id, size, origin, created_at)
                VALUES (@tenant, @SessionId, @Seq, @Id, @Role, @Content, @ToolName, @ToolCallId, @Size, @Origin, @CreatedAt)
                """,
                row
            );

    public static Task<TurnRow?> TurnOf(Session session, string tenantId, string origin) =>
        session
            .Of(tenantId)
            .First<TurnRow>(
                $"SELECT {TurnColumns} FROM memory_turns WHERE tenant_id = @tenant AND origin = @origin",
                new { origin }
            );

    /// <summary>The last turns, oldest first: so many at most, and of so many bytes.</summary>
    public static async Task<IReadOnlyList<TurnRow>> Last(
        Session session,
        string tenantId,
        string sessionId,
        int count,
        long bytes
    )
    {
        // Their sizes first: two hundred of the largest would not be given anyway.
        var sizes = await session
            .Of(tenantId)
            .Query<(long Seq, long Size)>(
                "SELECT seq, size FROM memory_turns WHERE tenant_id = @tenant AND session_id = @sessionId ORDER BY seq DESC LIMIT @count",
                new { sessionId, count }
            );
        var fit = sizes.TakeWhile(turn => (bytes -= turn.Size) >= 0).ToList();
        return fit.Count == 0
            ? []
            : await After(session, tenantId, sessionId, fit[^1].Seq - 1, fit.Count - 1);
    }

    /// <summary>Turns after a number, oldest first, and one more than the page has.</summary>
    public static Task<IReadOnlyList<TurnRow>> After(
        Session session,
        string tenantId,
        string sessionId,
        long seq,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<TurnRow>(
                $"SELECT {TurnColumns} FROM memory_turns WHERE tenant_id = @tenant AND session_id = @sessionId AND seq > @seq ORDER BY seq LIMIT @limit",
                new
                {
                    sessionId,
                    seq,
                    limit = limit + 1,
                }
            );

    /// <summary>Flows of an environment that remember something, and one more than the page has.</summary>
    public static Task<IReadOnlyList<FlowMemoryRow>> Flows(
        Session session,
        string tenantId,
        string environment,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<FlowMemoryRow>(
                """
                SELECT flow, sessions, entries, bytes, used_at FROM memory_flows
                WHERE tenant_id = @tenant AND environment = @environment AND sessions + entries > 0
                  AND (CAST(@cursor AS TEXT) IS NULL OR flow > @cursor)
                ORDER BY flow LIMIT @limit
                """,
                new
                {
                    environment,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Sessions of an environment, newest first, and one more than the page has.</summary>
    public static Task<IReadOnlyList<SessionRow>> Sessions(
        Session session,
        string tenantId,
        string environment,
        string? flow,
        string? name,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<SessionRow>(
                $"""
                SELECT {SessionColumns} FROM memory_sessions WHERE tenant_id = @tenant AND environment = @environment
                  AND (CAST(@flow AS TEXT) IS NULL OR flow = @flow) AND (CAST(@name AS TEXT) IS NULL OR name = @name)
                  AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor)
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    environment,
                    flow,
                    name,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Whether anything is from before a time: then a data key from then may have sealed it.</summary>
    public static async Task<bool> AnyBefore(Session session, string tenantId, long before) =>
        await session
            .Of(tenantId)
            .First<string>(
                "SELECT id FROM memory_turns WHERE tenant_id = @tenant AND created_at < @before LIMIT 1",
                new { before }
            )
            is not null;
}
