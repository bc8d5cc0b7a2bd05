using Sluice.Server.Flows.Usage;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Settings;

/// <summary>SQL that finds and removes runs whose time is over; graphs stay.</summary>
internal static class RetentionStore
{
    private const string Dead = "status IN ('failed', 'compensated') AND dismissed_at IS NULL";

    /// <summary>Some tenants after an id, in the order of ids.</summary>
    public static Task<IReadOnlyList<string>> Tenants(Session session, string after, int limit) =>
        session.House.Query<string>(
            "SELECT id FROM tenants WHERE id > @after ORDER BY id LIMIT @limit",
            new { after, limit }
        );

    /// <summary>Runs that a caller started and that ended before a time, without dead letters of flows that have a time of their own.</summary>
    public static Task<IReadOnlyList<string>> Over(
        Session session,
        string tenantId,
        long before,
        string[] ownTimes,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<string>(
                $"""
                SELECT id FROM runs WHERE tenant_id = @tenant AND environment IN ('live', 'test')
                  AND created_at < @before AND ended_at < @before AND parent_id IS NULL
                  AND NOT ({Dead} AND {RunGroups.Among(session, "flow", "ownTimes")}) LIMIT @limit
                """,
                new
                {
                    before,
                    ownTimes,
                    limit,
                }
            );

    /// <summary>Dead letters of a flow whose time is over.</summary>
    public static Task<IReadOnlyList<string>> DeadLetters(
        Session session,
        string tenantId,
        string flow,
        long before,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<string>(
                $"""
                SELECT id FROM runs WHERE tenant_id = @tenant AND environment IN ('live', 'test') AND flow = @flow
                  AND {Dead} AND parent_id IS NULL AND ended_at < @before LIMIT @limit
                """,
                new
                {
                    flow,
                    before,
                    limit,
                }
            );

    /// <summary>Removes runs with their journals, payloads and subflows.</summary>
    public static async Task Remove(
        Session session,
        string tenantId,
        IReadOnlyCollection<string> runs
    )
    {
        var ids = runs.ToArray();
        await RemovedRuns.Lock(session, tenantId);
        while (ids.Length > 0)
        {
            await RemovedRuns.Take(session, tenantId, ids);
            var children = await session
                .Of(tenantId)
                .Query<string>(
                    $"SELECT id FROM runs WHERE tenant_id = @tenant AND {RunGroups.Among(session, "parent_id", "ids")}",
                    new { ids }
                );
            foreach (var table in (string[])["run_steps", "run_payloads"])
                await session
                    .Of(tenantId)
                    .Execute(
                        $"DELETE FROM {table} WHERE tenant_id = @tenant AND {RunGroups.Among(session, "run_id", "ids")}",
                        new { ids }
                    );
            await session
                .Of(tenantId)
                .Execute(
                    $"DELETE FROM runs WHERE tenant_id = @tenant AND {RunGroups.Among(session, "id", "ids")}",
                    new { ids }
                );
            ids = [.. children];
        }
    }

    /// <summary>Removes keys of calls that stand for nothing any more; answers how many.</summary>
    public static Task<int> RemoveKeys(Session session, long before, int limit) =>
        session
            .Across("keys of calls of every tenant lose their meaning after a day")
            .Execute(
                """
                DELETE FROM run_idempotency WHERE (tenant_id, environment, idempotency_key) IN
                (SELECT tenant_id, environment, idempotency_key FROM run_idempotency WHERE created_at < @before LIMIT @limit)
                """,
                new { before, limit }
            );
}
