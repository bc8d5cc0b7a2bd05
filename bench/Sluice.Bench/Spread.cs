using Sluice.Server.Flows.Usage;
using Sluice.Server.Store;

namespace Sluice.Bench;

/// <summary>Makes of many copies of one run what a tenant of some age has: many flows, days, keys, and runs that failed.</summary>
internal static class Spread
{
    private const long Month = 30L * 24 * 3600 * 1000;

    public static async Task<IResult> Handle(
        string tenant,
        int runs,
        int flows,
        int keys,
        Database database,
        UsageRoller roller
    )
    {
        await database.Write(async session =>
        {
            var all = session.Across("filled by the bench");
            foreach (
                var (table, columns, values) in new[]
                {
                    (
                        "flows",
                        "environment, name, revision, created_at, updated_at",
                        "environment, @handle || '/flow-' || i, revision, created_at, updated_at"
                    ),
                    (
                        "flow_revisions",
                        "environment, name, revision, document, created_at",
                        "environment, @handle || '/flow-' || i, revision, document, created_at"
                    ),
                    (
                        "graphs",
                        "id, environment, flow, revision, body, created_at",
                        "id || i, environment, @handle || '/flow-' || i, revision, body, created_at"
                    ),
                }
            )
                await all.Execute(
                    $"""
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @flows)
                    INSERT INTO {table} (tenant_id, {columns})
                    SELECT tenant_id, {values} FROM n JOIN {table} ON tenant_id = @tenant AND revision = 1
                    """,
                    new
                    {
                        flows,
                        tenant,
                        handle = "bench",
                    }
                );
            const string number = "CAST(substr(id, 3) AS BIGINT)";
            const string back = $"(@runs - {number}) * @apart";
            await all.Execute(
                $"""
                UPDATE runs SET flow = @handle || '/flow-' || (1 + {number} % @flows), key_id = 'filled-' || (1 + {number} % @keys),
                    status = CASE WHEN {number} % 33 = 0 THEN 'failed' ELSE 'succeeded' END,
                    created_at = created_at - {back}, started_at = started_at - {back}, ended_at = ended_at - {back}
                WHERE tenant_id = @tenant AND id LIKE '00%'
                """,
                new
                {
                    tenant,
                    runs = (long)runs,
                    flows = (long)flows,
                    keys = (long)keys,
                    apart = Month / runs,
                    handle = "bench",
                }
            );
            // What was added up was of other days.
            foreach (var table in (string[])["usage_days", "usage_open", "usage_marks"])
                await all.Execute($"DELETE FROM {table}");
        });
        // A server that has been there does so as time goes by.
        await roller.Round(CancellationToken.None);
        if (database.Dialect == Dialect.Postgres)
            await database.Write(session =>
                session
                    .Across("filled by the bench")
                    .Execute("ANALYZE flows, flow_revisions, graphs, runs, keys, usage_days")
            );
        return TypedResults.Text(runs.ToString());
    }
}
