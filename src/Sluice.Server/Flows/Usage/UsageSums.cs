using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>A row of sums: of one day and one flow or key, or what a question adds up of them.</summary>
internal sealed record UsageSum
{
    public const string Flow = "flow";
    public const string Key = "key";

    /// <summary>Of all flows; only in answers.</summary>
    public const string AnyFlow = "day";

    public required string Kind { get; init; }

    public string Name { get; init; } = "";

    public long Day { get; init; }

    public required long Succeeded { get; init; }

    public required long Failed { get; init; }

    public required long Total { get; init; }

    public required long DurationMs { get; init; }
}

/// <summary>SQL on the sums that are kept.</summary>
internal static class UsageSums
{
    /// <summary>Since a day: by day, by flow and by key.</summary>
    public static async Task<Tally> Since(Session session, UsagePlace place, long first)
    {
        const string sums = """
            CAST(SUM(succeeded) AS BIGINT) AS succeeded, CAST(SUM(failed) AS BIGINT) AS failed,
            CAST(SUM(total) AS BIGINT) AS total, CAST(SUM(duration_ms) AS BIGINT) AS duration_ms
            FROM usage_days WHERE tenant_id = @tenant AND environment = @Environment AND day >= @first
            """;
        var tally = new Tally();
        foreach (
            var sum in await session
                .Of(place.TenantId)
                .Query<UsageSum>(
                    $"""
                    SELECT kind, name, CAST(0 AS BIGINT) AS day, {sums} GROUP BY kind, name
                    UNION ALL
                    SELECT '{UsageSum.AnyFlow}' AS kind, '' AS name, day, {sums} AND kind = '{UsageSum.Flow}' GROUP BY day
                    """,
                    new { place.Environment, first }
                )
        )
            tally.Add(sum);
        return tally;
    }

    /// <summary>Adds runs that have ended to what is kept of their days; a sign of -1 takes them away again.</summary>
    public static async Task Add(
        Session session,
        UsagePlace place,
        IEnumerable<RunGroup> groups,
        int sign = 1
    )
    {
        var sums = new Dictionary<(long Day, string Kind, string Name), Sums>();
        foreach (var group in groups.Where(group => group.Total > 0))
        {
            foreach (
                var (kind, name) in new[]
                {
                    (UsageSum.Flow, group.Flow),
                    (UsageSum.Key, group.KeyId ?? ""),
                }
            )
                sums[(group.Day, kind, name)] =
                    sums.GetValueOrDefault((group.Day, kind, name)) + group.Sums;
        }
        // In one order, so that two servers never wait for each other.
        foreach (var ((day, kind, name), sum) in sums.OrderBy(each => each.Key))
            await session
                .Of(place.TenantId)
                .Execute(
                    """
                    INSERT INTO usage_days (tenant_id, environment, day, kind, name, succeeded, failed, total, duration_ms)
                    VALUES (@tenant, @Environment, @day, @kind, @name, @succeeded, @failed, @total, @duration)
                    ON CONFLICT (tenant_id, environment, day, kind, name) DO UPDATE
                    SET succeeded = usage_days.succeeded + excluded.succeeded, failed = usage_days.failed + excluded.failed,
                        total = usage_days.total + excluded.total, duration_ms = usage_days.duration_ms + excluded.duration_ms
                    """,
                    new
                    {
                        place.Environment,
                        day,
                        kind,
                        name,
                        succeeded = sign * sum.Succeeded,
                        failed = sign * sum.Failed,
                        total = sign * sum.Total,
                        duration = sign * sum.DurationMs,
                    }
                );
        if (sign < 0 && sums.Count > 0)
            await session
                .Of(place.TenantId)
                .Execute(
                    """
                    DELETE FROM usage_days WHERE tenant_id = @tenant AND environment = @Environment
                      AND day >= @oldest AND day <= @newest AND total = 0
                    """,
                    new
                    {
                        place.Environment,
                        oldest = sums.Keys.Min(key => key.Day),
                        newest = sums.Keys.Max(key => key.Day),
                    }
                );
    }

    /// <summary>Notes runs that go on while the mark passes them.</summary>
    public static async Task Note(Session session, UsagePlace place, IEnumerable<string> runs)
    {
        foreach (var run in runs)
            await session
                .Of(place.TenantId)
                .Execute(
                    """
                    INSERT INTO usage_open (tenant_id, environment, run_id) VALUES (@tenant, @Environment, @run)
                    ON CONFLICT (tenant_id, environment, run_id) DO NOTHING
                    """,
                    new { place.Environment, run }
                );
    }

    /// <summary>Runs that were noted have been counted, or are gone.</summary>
    public static Task Forget(Session session, UsagePlace place, string[] runs) =>
        session
            .Of(place.TenantId)
            .Execute(
                $"""
                DELETE FROM usage_open WHERE tenant_id = @tenant AND environment = @Environment
                  AND {RunGroups.Among(session, "run_id", "runs")}
                """,
                new { place.Environment, runs }
            );

    /// <summary>Takes all sums of a tenant and environment away.</summary>
    public static async Task Clear(Session session, UsagePlace place)
    {
        foreach (var table in (string[])["usage_days", "usage_open"])
            await session
                .Of(place.TenantId)
                .Execute(
                    $"DELETE FROM {table} WHERE tenant_id = @tenant AND environment = @Environment",
                    place
                );
    }
}
