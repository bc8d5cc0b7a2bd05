using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>Runs of a day, flow and key, as the database adds them up.</summary>
internal sealed record RunGroup
{
    public string Environment { get; init; } = "";

    /// <summary>In days since 1970.</summary>
    public required long Day { get; init; }

    public required string Flow { get; init; }

    public string? KeyId { get; init; }

    public required long Succeeded { get; init; }

    public required long Failed { get; init; }

    public required long Total { get; init; }

    public required long Ended { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>With those of subflows, which count nowhere else.</summary>
    public long Rows { get; init; }

    /// <summary>Of a group of one: which run it is.</summary>
    public string? RunId { get; init; }

    public Sums Sums => new(Succeeded, Failed, Total, Ended, DurationMs);
}

/// <summary>SQL that adds up the record of runs itself, by seed 002's counting rules.</summary>
internal static class RunGroups
{
    /// <summary>Of a <c>runs r</c>, for those that this holds for.</summary>
    private static string Counts(string counted) =>
        $"""
            r.environment, r.created_at / {ReadUsage.DayMs} AS day, r.flow, r.key_id,
            CAST(COUNT(*) FILTER (WHERE {counted} AND r.status = 'succeeded') AS BIGINT) AS succeeded,
            CAST(COUNT(*) FILTER (WHERE {counted} AND r.status IN ('failed', 'cancelled', 'compensated', 'compensating')) AS BIGINT) AS failed,
            CAST(COUNT(*) FILTER (WHERE {counted}) AS BIGINT) AS total,
            CAST(COUNT(r.ended_at) FILTER (WHERE {counted}) AS BIGINT) AS ended,
            CAST(COALESCE(SUM(r.ended_at - r.created_at) FILTER (WHERE {counted}), 0) AS BIGINT) AS duration_ms,
            CAST(COUNT(*) AS BIGINT) AS rows
            """;

    private const string Root = "r.parent_id IS NULL";

    private const string Here = "r.tenant_id = @tenant AND r.environment = @Environment";

    /// <summary>The first columns of the counts: environment, day, flow and key.</summary>
    private const string By = "GROUP BY 1, 2, 3, 4";

    /// <summary>All runs that began then or later.</summary>
    public static Task<IReadOnlyList<RunGroup>> Since(
        Session session,
        UsagePlace place,
        long since
    ) =>
        session
            .Of(place.TenantId)
            .Query<RunGroup>(
                $"SELECT {Counts(Root)} FROM runs r WHERE {Here} AND r.created_at >= @since AND {Root} {By}",
                new { place.Environment, since }
            );

    /// <summary>Runs that were noted when the mark passed them, and began then or later.</summary>
    public static Task<IReadOnlyList<RunGroup>> Noted(
        Session session,
        UsagePlace place,
        long since
    ) =>
        session
            .Of(place.TenantId)
            .Query<RunGroup>(
                $"SELECT {Counts(Root)} {FromNoted} AND r.created_at >= @since {By}",
                new { place.Environment, since }
            );

    /// <summary>Those of them that have ended, one by one.</summary>
    public static Task<IReadOnlyList<RunGroup>> NotedAndEnded(
        Session session,
        UsagePlace place,
        int limit
    ) =>
        session
            .Of(place.TenantId)
            .Query<RunGroup>(
                $"SELECT {Counts(Root)}, r.id AS run_id {FromNoted} AND r.ended_at IS NOT NULL {By}, r.id LIMIT @limit",
                new { place.Environment, limit }
            );

    private const string FromNoted = $"""
        FROM usage_open o JOIN runs r ON {Here} AND r.id = o.run_id
        WHERE o.tenant_id = @tenant AND o.environment = @Environment
        """;

    /// <summary>
    /// Runs of a stretch of time, in one look: those that have ended by group, each that has not by itself (without an id, when it is a
    /// subflow's).
    /// </summary>
    public static Task<IReadOnlyList<RunGroup>> Between(
        Session session,
        UsagePlace place,
        long from,
        long until
    )
    {
        const string stretch = $"{Here} AND r.created_at >= @begin AND r.created_at < @until";
        return session
            .Of(place.TenantId)
            .Query<RunGroup>(
                $"""
                SELECT {Counts(Root)}, CAST(NULL AS TEXT) AS run_id
                FROM runs r WHERE {stretch} AND r.ended_at IS NOT NULL {By}
                UNION ALL
                SELECT {Counts("1 = 0")}, MAX(CASE WHEN {Root} THEN r.id END) AS run_id
                FROM runs r WHERE {stretch} AND r.ended_at IS NULL {By}, r.id
                """,
                new
                {
                    place.Environment,
                    begin = from,
                    until,
                }
            );
    }

    /// <summary>Runs that are about to be removed, as far as they are in the sums.</summary>
    public static Task<IReadOnlyList<RunGroup>> Summed(
        Session session,
        string tenantId,
        string[] ids
    ) =>
        session
            .Of(tenantId)
            .Query<RunGroup>(
                $"""
                SELECT {Counts($"{Root} AND o.run_id IS NULL")}
                FROM runs r
                JOIN usage_marks m ON m.tenant_id = @tenant AND m.environment = r.environment
                LEFT JOIN usage_open o ON o.tenant_id = @tenant AND o.environment = r.environment AND o.run_id = r.id
                WHERE r.tenant_id = @tenant AND {Among(
                    session,
                    "r.id",
                    "ids"
                )} AND r.created_at < m.until_at {By}
                """,
                new { ids }
            );

    /// <summary>Npgsql binds a list as an array; SQLite's driver has none, and Dapper writes it out.</summary>
    public static string Among(Session session, string column, string list) =>
        session.Dialect == Dialect.Postgres ? $"{column} = ANY (@{list})" : $"{column} IN @{list}";

    /// <summary>How many began before a time, subflows' too; asks the index alone.</summary>
    public static Task<long> Count(Session session, UsagePlace place, long until) =>
        session
            .Of(place.TenantId)
            .First<long>(
                $"SELECT CAST(COUNT(*) AS BIGINT) FROM runs r WHERE {Here} AND r.created_at < @until",
                new { place.Environment, until }
            );

    /// <summary>When the one began that is so many runs after a time; null: there are fewer before the end.</summary>
    public static Task<long?> After(
        Session session,
        UsagePlace place,
        long from,
        long until,
        int most
    ) =>
        session
            .Of(place.TenantId)
            .First<long?>(
                $"""
                SELECT r.created_at FROM runs r WHERE {Here} AND r.created_at >= @begin AND r.created_at < @until
                ORDER BY r.created_at LIMIT 1 OFFSET @most
                """,
                new
                {
                    place.Environment,
                    begin = from,
                    until,
                    most,
                }
            );
}
