using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>SQL on <c>data_keys</c>, and what a rotation asks across tenants.</summary>
internal static class DataKeyStore
{
    /// <summary>The key that seals now. Within a transaction it cannot be removed before the end, whatever rotates meanwhile.</summary>
    public static Task<WrappedKey?> Current(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .First<WrappedKey>(
                "SELECT tenant_id, id, master_key_id, wrapped FROM data_keys WHERE tenant_id = @tenant AND retired_at IS NULL"
                    + OnPostgres(session, " FOR KEY SHARE")
            );

    /// <summary>A key by its id, also a retired one; null when it is gone.</summary>
    public static Task<WrappedKey?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<WrappedKey>(
                "SELECT tenant_id, id, master_key_id, wrapped FROM data_keys WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Keeps a key unless another server was first; ask for the current one afterwards.</summary>
    public static Task<int> Insert(Session session, WrappedKey key, long now) =>
        session
            .Of(key.TenantId)
            .Execute(
                """
                INSERT INTO data_keys (tenant_id, id, master_key_id, wrapped, created_at)
                VALUES (@tenant, @Id, @MasterKeyId, @Wrapped, @now) ON CONFLICT DO NOTHING
                """,
                new
                {
                    key.Id,
                    key.MasterKeyId,
                    key.Wrapped,
                    now,
                }
            );

    public static Task<int> RetireCurrent(Session session, string tenantId, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE data_keys SET retired_at = @now WHERE tenant_id = @tenant AND retired_at IS NULL",
                new { now }
            );

    public static Task<IReadOnlyList<string>> MasterKeysInUse(Session session) =>
        session
            .Across("the operator's keys wrap every tenant's")
            .Query<string>(
                """
                SELECT master_key_id FROM data_keys
                UNION SELECT master_key_id FROM login_keys
                UNION SELECT i.master_key_id FROM license_issuers i WHERE EXISTS (SELECT 1 FROM licenses l WHERE l.issuer = i.id)
                """
            );

    public static Task<IReadOnlyList<string>> TenantsWithKeys(
        Session session,
        string after,
        int limit
    ) =>
        session
            .Across("data keys of all tenants are rotated together")
            .Query<string>(
                "SELECT tenant_id FROM data_keys WHERE retired_at IS NULL AND tenant_id > @after ORDER BY tenant_id LIMIT @limit",
                new { after, limit }
            );

    /// <summary>Keys that a former master key wraps, without those that another server has in hand.</summary>
    public static Task<IReadOnlyList<WrappedKey>> ToWrap(
        Session session,
        string masterKeyId,
        int limit
    ) =>
        session
            .Across("a new master key wraps the keys of all tenants")
            .Query<WrappedKey>(
                "SELECT tenant_id, id, master_key_id, wrapped FROM data_keys WHERE master_key_id <> @masterKeyId LIMIT @limit"
                    + OnPostgres(session, " FOR UPDATE SKIP LOCKED"),
                new { masterKeyId, limit }
            );

    /// <summary>Replaces the wrapping, unless someone else just did.</summary>
    public static Task<int> Rewrap(
        Session session,
        WrappedKey old,
        string masterKeyId,
        byte[] wrapped
    ) =>
        session
            .Of(old.TenantId)
            .Execute(
                """
                UPDATE data_keys SET master_key_id = @masterKeyId, wrapped = @wrapped
                WHERE tenant_id = @tenant AND id = @Id AND master_key_id = @formerId
                """,
                new
                {
                    old.Id,
                    formerId = old.MasterKeyId,
                    masterKeyId,
                    wrapped,
                }
            );

    /// <summary>Values that a retired key seals, without those that another server has in hand.</summary>
    public static Task<IReadOnlyList<RetiredValue>> ToReseal(Session session, int limit) =>
        session
            .Across("new data keys seal the values of all tenants")
            .Query<RetiredValue>(
                """
                SELECT v.tenant_id, v.environment, v.holder, v.name, v.version, v.data_key_id, v.sealed, k.wrapped
                FROM data_keys k JOIN secret_values v ON v.tenant_id = k.tenant_id AND v.data_key_id = k.id
                WHERE k.retired_at IS NOT NULL LIMIT @limit
                """ + OnPostgres(session, " FOR UPDATE OF v SKIP LOCKED"),
                new { limit }
            );

    /// <summary>Replaces the ciphertext, unless someone else just did.</summary>
    public static Task<int> Reseal(
        Session session,
        RetiredValue old,
        string dataKeyId,
        byte[] sealedValue
    ) =>
        session
            .Of(old.TenantId)
            .Execute(
                """
                UPDATE secret_values SET data_key_id = @dataKeyId, sealed = @sealedValue
                WHERE tenant_id = @tenant AND environment = @Environment AND holder = @Holder AND name = @Name AND version = @Version
                  AND data_key_id = @formerId
                """,
                new
                {
                    old.Environment,
                    old.Holder,
                    old.Name,
                    old.Version,
                    formerId = old.DataKeyId,
                    dataKeyId,
                    sealedValue,
                }
            );

    /// <summary>Keys that were retired before a time and seal no secret any more.</summary>
    public static Task<IReadOnlyList<RetiredKey>> Retired(Session session, long before) =>
        session
            .Across("retired keys of all tenants")
            .Query<RetiredKey>(
                """
                SELECT tenant_id, id, retired_at FROM data_keys WHERE retired_at < @before AND NOT EXISTS
                (SELECT 1 FROM secret_values v WHERE v.tenant_id = data_keys.tenant_id AND v.data_key_id = data_keys.id)
                """,
                new { before }
            );

    /// <summary>Removes a retired key that seals nothing any more.</summary>
    public static Task<int> Forget(Session session, RetiredKey key) =>
        session
            .Of(key.TenantId)
            .Execute(
                "DELETE FROM data_keys WHERE tenant_id = @tenant AND id = @Id AND retired_at IS NOT NULL",
                new { key.Id }
            );

    /// <summary>How much of a rotation is left.</summary>
    public static Task<RotationLeft?> Left(Session session, string masterKeyId) =>
        session
            .Across("the operator's view of a rotation")
            .First<RotationLeft>(
                """
                SELECT (SELECT COUNT(*) FROM data_keys) AS data_keys,
                       (SELECT COUNT(*) FROM data_keys WHERE master_key_id <> @masterKeyId)
                         + (SELECT COUNT(*) FROM login_keys WHERE master_key_id <> @masterKeyId) AS to_wrap,
                       (SELECT COUNT(*) FROM data_keys k JOIN secret_values v ON v.tenant_id = k.tenant_id AND v.data_key_id = k.id
                        WHERE k.retired_at IS NOT NULL) AS to_seal
                """,
                new { masterKeyId }
            );

    // SQLite has one writer, so nobody else has a row in hand there.
    private static string OnPostgres(Session session, string clause) =>
        session.Dialect == Dialect.Postgres ? clause : "";
}

/// <summary>A key that seals nothing new.</summary>
internal sealed record RetiredKey
{
    public required string TenantId { get; init; }

    public required string Id { get; init; }

    public required long RetiredAt { get; init; }
}

/// <summary>A value under a retired key, with that key.</summary>
internal sealed record RetiredValue
{
    public required string TenantId { get; init; }

    public required string Environment { get; init; }

    public required string Holder { get; init; }

    public required string Name { get; init; }

    public required long Version { get; init; }

    public required string DataKeyId { get; init; }

    public required byte[] Sealed { get; init; }

    public required byte[] Wrapped { get; init; }

    public SecretPlace Place => new(TenantId, Environment, Holder, Name);
}

/// <summary>Counts of what a rotation has still to do; zero everywhere but in the first when it is done.</summary>
internal sealed record RotationLeft
{
    public required long DataKeys { get; init; }

    public required long ToWrap { get; init; }

    public required long ToSeal { get; init; }
}
