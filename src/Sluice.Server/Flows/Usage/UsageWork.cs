using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>What there is to add up in a tenant and environment.</summary>
internal sealed record UsageWork
{
    public required string TenantId { get; init; }

    public required string Environment { get; init; }

    /// <summary>The mark; 0 before there is one.</summary>
    public required long UntilAt { get; init; }

    /// <summary>When the first run began that is not behind the mark; null: there is none.</summary>
    public long? FirstAt { get; init; }

    /// <summary>1 when runs were noted that went on as the mark passed them.</summary>
    public required long Noted { get; init; }

    /// <summary>Of some tenants after an id, in the order of ids.</summary>
    public static Task<IReadOnlyList<UsageWork>> Find(Session session, string after, int limit) =>
        session
            .Across("runs of every tenant are added up, and most have none that are new")
            .Query<UsageWork>(
                """
                SELECT t.id AS tenant_id, e.environment, COALESCE(m.until_at, 0) AS until_at,
                       (SELECT MIN(r.created_at) FROM runs r
                        WHERE r.tenant_id = t.id AND r.environment = e.environment AND r.created_at >= COALESCE(m.until_at, 0)) AS first_at,
                       CAST(CASE WHEN EXISTS (SELECT 1 FROM usage_open o WHERE o.tenant_id = t.id AND o.environment = e.environment)
                            THEN 1 ELSE 0 END AS BIGINT) AS noted
                FROM (SELECT id FROM tenants WHERE id > @after ORDER BY id LIMIT @limit) t
                CROSS JOIN (SELECT 'live' AS environment UNION ALL SELECT 'test') e
                LEFT JOIN usage_marks m ON m.tenant_id = t.id AND m.environment = e.environment
                ORDER BY t.id
                """,
                new { after, limit }
            );
}
