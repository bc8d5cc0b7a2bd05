using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>A call with an Idempotency-Key, which stands for the call's run for 24 hours.</summary>
/// <param name="Key">At most 255 characters, the caller's own.</param>
/// <param name="BodyHash">SHA-256 of the body.</param>
/// <param name="RunId">The run that the call starts.</param>
/// <param name="Now">Milliseconds since 1970.</param>
internal sealed record IdempotentCall(string Key, byte[] BodyHash, string RunId, long Now)
{
    /// <summary>Milliseconds that a key stands for its call.</summary>
    private const long Lifetime = 86_400_000;

    private long Expired => Now - Lifetime;

    /// <summary>The call that the key stands for; null: none.</summary>
    public Task<EarlierCall?> Earlier(Session session, string tenantId, string environment) =>
        session
            .Of(tenantId)
            .First<EarlierCall>(
                "SELECT body_hash, run_id FROM run_idempotency WHERE tenant_id = @tenant AND environment = @environment AND idempotency_key = @Key AND created_at > @Expired",
                new
                {
                    environment,
                    Key,
                    Expired,
                }
            );

    /// <summary>1 when the key stands for this call from now on; 0 when another came first.</summary>
    public Task<int> Claim(Session session, string tenantId, string environment) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO run_idempotency (tenant_id, environment, idempotency_key, body_hash, run_id, created_at)
                VALUES (@tenant, @environment, @Key, @BodyHash, @RunId, @Now)
                ON CONFLICT (tenant_id, environment, idempotency_key) DO UPDATE SET
                    body_hash = excluded.body_hash, run_id = excluded.run_id, created_at = excluded.created_at
                WHERE run_idempotency.created_at <= @Expired
                """,
                new
                {
                    environment,
                    Key,
                    BodyHash,
                    RunId,
                    Now,
                    Expired,
                }
            );
}

/// <summary>What is on record of an earlier call with the same key.</summary>
internal sealed record EarlierCall
{
    public required byte[] BodyHash { get; init; }

    public required string RunId { get; init; }
}
