using Sluice.Server.Store;

namespace Sluice.Server.Keys;

/// <summary>What a key did on a day since it was last written.</summary>
internal sealed record KeyUse
{
    public required string TenantId { get; init; }

    public required string KeyId { get; init; }

    /// <summary>Days since 1970-01-01, UTC.</summary>
    public required long Day { get; init; }

    public required long Calls { get; init; }

    public required long Refusals { get; init; }

    /// <summary>The last use, where it is time to write it.</summary>
    public required long? LastAt { get; init; }

    public required string? Address { get; init; }
}

/// <summary>A day of a key.</summary>
internal sealed record KeyDay
{
    public required long Day { get; init; }

    public required long Calls { get; init; }

    public required long Refusals { get; init; }
}

/// <summary>SQL on <c>key_usage</c>, and on the columns of <c>keys</c> that tell of its use.</summary>
internal static class KeyUsageStore
{
    /// <summary>Adds to the day of a key.</summary>
    /// <returns>The day's calls on all servers.</returns>
    public static async Task<long> Add(Session session, KeyUse use)
    {
        if (use.LastAt is not null)
            await session
                .Of(use.TenantId)
                .Execute(
                    "UPDATE keys SET last_used_at = @LastAt, last_address = @Address WHERE tenant_id = @tenant AND id = @KeyId AND (last_used_at IS NULL OR last_used_at < @LastAt)",
                    new
                    {
                        use.KeyId,
                        use.LastAt,
                        use.Address,
                    }
                );
        return await session
            .Of(use.TenantId)
            .First<long>(
                """
                INSERT INTO key_usage (tenant_id, key_id, day, calls, refusals) VALUES (@tenant, @KeyId, @Day, @Calls, @Refusals)
                ON CONFLICT (tenant_id, key_id, day) DO UPDATE SET calls = key_usage.calls + excluded.calls, refusals = key_usage.refusals + excluded.refusals
                RETURNING calls
                """,
                new
                {
                    use.KeyId,
                    use.Day,
                    use.Calls,
                    use.Refusals,
                }
            );
    }

    public static Task<long> Calls(Session session, string tenantId, string keyId, long day) =>
        session
            .Of(tenantId)
            .First<long>(
                "SELECT calls FROM key_usage WHERE tenant_id = @tenant AND key_id = @keyId AND day = @day",
                new { keyId, day }
            );

    /// <summary>Days since one, oldest first; days without a call are not there.</summary>
    public static Task<IReadOnlyList<KeyDay>> Days(
        Session session,
        string tenantId,
        string keyId,
        long since
    ) =>
        session
            .Of(tenantId)
            .Query<KeyDay>(
                "SELECT day, calls, refusals FROM key_usage WHERE tenant_id = @tenant AND key_id = @keyId AND day >= @since ORDER BY day",
                new { keyId, since }
            );
}
