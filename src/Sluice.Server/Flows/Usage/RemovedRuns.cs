using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>Runs that are removed count no more.</summary>
internal static class RemovedRuns
{
    /// <summary>Locks the marks of a tenant, so that nobody moves one meanwhile; at the beginning of the transaction that removes.</summary>
    public static Task Lock(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO usage_marks (tenant_id, environment, until_at, runs, version)
                VALUES (@tenant, 'live', 0, 0, 1), (@tenant, 'test', 0, 0, 1)
                ON CONFLICT (tenant_id, environment) DO UPDATE SET version = usage_marks.version + 1
                """
            );

    /// <summary>Takes some out of the sums, while they are still there.</summary>
    public static async Task Take(Session session, string tenantId, string[] ids)
    {
        foreach (
            var here in (await RunGroups.Summed(session, tenantId, ids)).GroupBy(group =>
                group.Environment
            )
        )
        {
            var place = new UsagePlace(tenantId, here.Key);
            await UsageSums.Add(session, place, here, sign: -1);
            await UsageSums.Forget(session, place, ids);
            await session
                .Of(tenantId)
                .Execute(
                    "UPDATE usage_marks SET runs = runs - @gone WHERE tenant_id = @tenant AND environment = @Environment",
                    new { place.Environment, gone = here.Sum(group => group.Rows) }
                );
        }
    }
}
