using Sluice.Server.Store;

namespace Sluice.Server.Flows.Memory;

/// <summary>SQL that takes away what flows remember, and counts it off.</summary>
internal static class MemoryRemoval
{
    private const string OfFlow =
        "tenant_id = @tenant AND environment = @environment AND flow = @flow";

    private const string OfSession = "tenant_id = @tenant AND session_id = @id";

    /// <summary>All of a flow; answers how many rows went.</summary>
    public static async Task<int> Flow(Session session, MemoryScope scope)
    {
        if (await MemoryStore.HoldIfThere(session, scope) is null)
            return 0;
        var of = new { environment = scope.Environment, flow = scope.Flow };
        var all = session.Of(scope.TenantId);
        var gone = await all.Execute(
            $"DELETE FROM memory_turns WHERE tenant_id = @tenant AND session_id IN (SELECT id FROM memory_sessions WHERE {OfFlow})",
            of
        );
        gone += await EntryStore.ForgetMarked(session, scope.TenantId, EntryStore.All(scope));
        foreach (var table in (string[])["memory_entries", "memory_sessions", "memory_flows"])
            gone += await all.Execute($"DELETE FROM {table} WHERE {OfFlow}", of);
        return gone;
    }

    /// <summary>A session with its turns and entries.</summary>
    public static async Task Session(Session session, string tenantId, SessionRow row)
    {
        var scope = new MemoryScope(tenantId, row.Environment, row.Flow);
        var of = new { id = row.Id };
        var all = session.Of(tenantId);
        // From here on nobody adds to it.
        await MemoryStore.HoldIfThere(session, scope);
        var (turns, _) = await Sum(session, tenantId, "memory_turns", row.Id);
        var (bytes, entries) = await Sum(session, tenantId, "memory_entries", row.Id);
        await all.Execute($"DELETE FROM memory_turns WHERE {OfSession}", of);
        if (entries > 0)
        {
            await EntryStore.ForgetMarked(session, tenantId, EntryStore.Of(scope, row.Id));
            await all.Execute($"DELETE FROM memory_entries WHERE {OfSession}", of);
        }
        var gone = await all.Execute(
            "DELETE FROM memory_sessions WHERE tenant_id = @tenant AND id = @id",
            of
        );
        await MemoryStore.Count(session, scope, -gone, -entries, -turns - bytes, 0);
    }

    public static async Task Entry(Session session, string tenantId, EntryRow row)
    {
        await EntryStore.Forget(session, tenantId, row.Id);
        var gone = await session
            .Of(tenantId)
            .Execute(
                "DELETE FROM memory_entries WHERE tenant_id = @tenant AND id = @id",
                new { id = row.Id }
            );
        // Somebody else may have been faster.
        if (gone > 0)
            await MemoryStore.Count(
                session,
                new MemoryScope(tenantId, row.Environment, row.Flow),
                0,
                -1,
                -row.Size,
                0
            );
    }

    /// <summary>Sessions to which nothing was added since a time.</summary>
    public static Task<IReadOnlyList<SessionRow>> SessionsBefore(
        Session session,
        string tenantId,
        long before,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<SessionRow>(
                "SELECT id, environment, flow, name, turns, created_at, used_at, ended_at FROM memory_sessions WHERE tenant_id = @tenant AND used_at < @before LIMIT @limit",
                new { before, limit }
            );

    /// <summary>Entries from before a time.</summary>
    public static Task<IReadOnlyList<EntryRow>> EntriesBefore(
        Session session,
        string tenantId,
        long before,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<EntryRow>(
                "SELECT id, environment, flow, session_id, '' AS content, size, created_at FROM memory_entries WHERE tenant_id = @tenant AND created_at < @before LIMIT @limit",
                new { before, limit }
            );

    private static async Task<(long Bytes, long Count)> Sum(
        Session session,
        string tenantId,
        string table,
        string sessionId
    ) =>
        await session
            .Of(tenantId)
            .First<(long, long)>(
                $"SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT), COUNT(*) FROM {table} WHERE {OfSession}",
                new { id = sessionId }
            );
}
