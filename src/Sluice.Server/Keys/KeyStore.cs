using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>SQL on <c>keys</c>.</summary>
internal static class KeyStore
{
    private const string Columns =
        "id, environment, name, shape, masked, scopes, owner_kind, owner_id, created_at, expires_at, allowed_cidrs, rate_limit, daily_quota, metadata, purpose, rotated_from, rotated_to, last_used_at, last_address, revoked_at";

    private const string Insertion = """
        INSERT INTO keys (tenant_id, id, environment, name, shape, hash, masked, scopes, owner_kind, owner_id, created_at,
            expires_at, allowed_cidrs, rate_limit, daily_quota, metadata, purpose, rotated_from, secret_fingerprint)
        VALUES (@tenant, @Id, @Environment, @Name, @Shape, @Hash, @Masked, @Scopes, @OwnerKind, @OwnerId, @CreatedAt,
            @ExpiresAt, @AllowedCidrs, @RateLimit, @DailyQuota, @Metadata, @Purpose, @RotatedFrom, @SecretFingerprint)
        """;

    private const string HolderColumns =
        "SELECT tenant_id, id, environment, owner_kind, owner_id, hash FROM keys WHERE hash";

    /// <summary>Keys that are not revoked and have a rate or a quota of their own.</summary>
    public static Task<long> CountLimited(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .First<long>(
                "SELECT COUNT(*) FROM keys WHERE tenant_id = @tenant AND revoked_at IS NULL AND (rate_limit IS NOT NULL OR daily_quota IS NOT NULL)"
            );

    public static Task<int> Insert(Session session, string tenantId, Key key) =>
        session.Of(tenantId).Execute(Insertion, key);

    /// <summary>Keeps a key whose text came from elsewhere; 0 rows where the house knows the text, by whomever.</summary>
    public static Task<int> Import(Session session, string tenantId, Key key) =>
        session.Of(tenantId).Execute(Insertion + " ON CONFLICT (hash) DO NOTHING", key);

    /// <summary>Whose the keys with these hashes are, of any tenant.</summary>
    public static Task<IReadOnlyList<KeyHolder>> Holders(Session session, byte[][] hashes) =>
        session
            .Across("a hash is one key in the whole house")
            .Query<KeyHolder>(
                session.Dialect == Dialect.Postgres
                    ? HolderColumns + " = ANY (@hashes)"
                    : HolderColumns + " IN @hashes",
                new { hashes }
            );

    /// <summary>Whether there is a key with this hash, of any tenant.</summary>
    public static async Task<bool> IsKept(Session session, byte[] hash) =>
        await session
            .Across("a hash is one key in the whole house")
            .First<long>("SELECT COUNT(*) FROM keys WHERE hash = @hash", new { hash }) > 0;

    public static Task<Key?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Key>(
                $"SELECT {Columns} FROM keys WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Newest first; those of one owner, or of all.</summary>
    public static Task<IReadOnlyList<Key>> List(
        Session session,
        string tenantId,
        string environment,
        string? owner,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Key>(
                $"SELECT {Columns} FROM keys WHERE tenant_id = @tenant AND environment = @environment AND (CAST(@owner AS TEXT) IS NULL OR owner_id = @owner) AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor) ORDER BY id DESC LIMIT @limit",
                new
                {
                    environment,
                    owner,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Keys of a member that were made for a purpose and are not revoked, oldest first.</summary>
    public static Task<IReadOnlyList<Key>> OfMember(
        Session session,
        string tenantId,
        string memberId,
        string purpose
    ) =>
        session
            .Of(tenantId)
            .Query<Key>(
                $"SELECT {Columns} FROM keys WHERE tenant_id = @tenant AND owner_kind = 'member' AND owner_id = @memberId AND purpose = @purpose AND revoked_at IS NULL ORDER BY id",
                new { memberId, purpose }
            );

    /// <summary>Sets the time once; a key that is revoked already keeps its first time.</summary>
    public static Task<int> Revoke(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE keys SET revoked_at = @now WHERE tenant_id = @tenant AND id = @id AND revoked_at IS NULL",
                new { id, now }
            );

    /// <summary>Notes the successor, and when the key ends: it keeps an earlier end of its own. Only where it has no successor yet.</summary>
    public static Task<int> Succeed(
        Session session,
        string tenantId,
        string id,
        string successor,
        long endsAt,
        bool atOnce
    ) =>
        session
            .Of(tenantId)
            .Execute(
                """
                UPDATE keys SET rotated_to = @successor,
                    revoked_at = CASE WHEN @atOnce THEN @endsAt ELSE NULL END,
                    expires_at = CASE WHEN expires_at IS NULL OR expires_at > @endsAt THEN @endsAt ELSE expires_at END
                WHERE tenant_id = @tenant AND id = @id AND rotated_to IS NULL AND revoked_at IS NULL
                """,
                new
                {
                    id,
                    successor,
                    endsAt,
                    atOnce,
                }
            );

    /// <summary>Writes what may be changed of a key.</summary>
    public static Task<int> Update(Session session, string tenantId, Key key) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE keys SET name = @Name, expires_at = @ExpiresAt, allowed_cidrs = @AllowedCidrs, rate_limit = @RateLimit, daily_quota = @DailyQuota, metadata = @Metadata WHERE tenant_id = @tenant AND id = @Id AND revoked_at IS NULL",
                key
            );
}

/// <summary>Whose a key is.</summary>
internal sealed record KeyHolder
{
    public required string TenantId { get; init; }

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    public required byte[] Hash { get; init; }
}
