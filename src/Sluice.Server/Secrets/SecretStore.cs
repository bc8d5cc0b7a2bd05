using System.Data.Common;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>SQL on <c>secret_values</c> and <c>environment_changes</c>.</summary>
internal static class SecretStore
{
    private static readonly HotStatement SelectLast = new(
        "SELECT last FROM environment_changes WHERE tenant_id = @tenant AND environment = @environment",
        "environment"
    );

    private static readonly HotStatement SelectAsOf = new(
        """
        SELECT v.holder, v.version, v.sealed, k.wrapped
        FROM secret_values v JOIN data_keys k ON k.tenant_id = v.tenant_id AND k.id = v.data_key_id
        WHERE v.tenant_id = @tenant AND k.tenant_id = @tenant AND v.environment = @environment AND v.holder IN ('', @holder) AND v.name = @name
          AND v.version <= @version AND (v.ended_version IS NULL OR v.ended_version > @version)
        """,
        "environment",
        "holder",
        "name",
        "version:number"
    );

    /// <summary>Counts one more change to the secrets or configs of an environment, and makes the changes of this environment wait for each other until the transaction ends.</summary>
    public static async Task<long> NextVersion(Session session, string tenantId, string environment)
    {
        session.TellChanging(tenantId, environment);
        await session
            .Of(tenantId)
            .Execute(
                "INSERT INTO environment_changes (tenant_id, environment, last) VALUES (@tenant, @environment, 0) ON CONFLICT (tenant_id, environment) DO NOTHING",
                new { environment }
            );
        return await session
            .Of(tenantId)
            .First<long>(
                "UPDATE environment_changes SET last = last + 1 WHERE tenant_id = @tenant AND environment = @environment RETURNING last",
                new { environment }
            );
    }

    /// <summary>The number of the latest change; 0 when there has been none.</summary>
    public static async Task<long> LastVersion(
        Session session,
        string tenantId,
        string environment
    ) =>
        (await SelectLast.Query(session, tenantId, static row => row.GetInt64(0), environment))
            is [var last]
            ? last
            : 0;

    public static Task<SecretEntry?> Find(Session session, SecretPlace place) =>
        session
            .Of(place.TenantId)
            .First<SecretEntry>(
                """
                SELECT name, created_at, saved_at FROM secret_values
                WHERE tenant_id = @tenant AND environment = @Environment AND holder = @Holder AND name = @Name AND ended_version IS NULL
                """,
                place
            );

    public static Task<IReadOnlyList<SecretEntry>> List(
        Session session,
        string tenantId,
        string environment,
        string holder
    ) =>
        session
            .Of(tenantId)
            .Query<SecretEntry>(
                """
                SELECT name, created_at, saved_at FROM secret_values
                WHERE tenant_id = @tenant AND environment = @environment AND holder = @holder AND ended_version IS NULL
                ORDER BY name
                """,
                new { environment, holder }
            );

    /// <summary>The names that configs override, with their holders.</summary>
    public static Task<IReadOnlyList<OverrideName>> ListOverrides(
        Session session,
        string tenantId,
        string environment
    ) =>
        session
            .Of(tenantId)
            .Query<OverrideName>(
                """
                SELECT holder, name FROM secret_values
                WHERE tenant_id = @tenant AND environment = @environment AND holder <> '' AND ended_version IS NULL
                ORDER BY holder, name
                """,
                new { environment }
            );

    public static Task<long> Count(Session session, SecretPlace place) =>
        session
            .Of(place.TenantId)
            .First<long>(
                "SELECT COUNT(*) FROM secret_values WHERE tenant_id = @tenant AND environment = @Environment AND holder = @Holder AND ended_version IS NULL",
                place
            );

    public static Task<int> Insert(
        Session session,
        SecretPlace place,
        long version,
        string dataKeyId,
        byte[] sealedValue,
        long createdAt,
        long now
    ) =>
        session
            .Of(place.TenantId)
            .Execute(
                """
                INSERT INTO secret_values (tenant_id, environment, holder, name, version, data_key_id, sealed, created_at, saved_at)
                VALUES (@tenant, @Environment, @Holder, @Name, @version, @dataKeyId, @sealedValue, @createdAt, @now)
                """,
                new
                {
                    place.Environment,
                    place.Holder,
                    place.Name,
                    version,
                    dataKeyId,
                    sealedValue,
                    createdAt,
                    now,
                }
            );

    /// <summary>Ends the current value as of a change; 0 when there is none.</summary>
    public static Task<int> End(Session session, SecretPlace place, long version, long now) =>
        session
            .Of(place.TenantId)
            .Execute(
                """
                UPDATE secret_values SET ended_version = @version, ended_at = @now
                WHERE tenant_id = @tenant AND environment = @Environment AND holder = @Holder AND name = @Name AND ended_version IS NULL
                """,
                new
                {
                    place.Environment,
                    place.Holder,
                    place.Name,
                    version,
                    now,
                }
            );

    /// <summary>Ends all that a holder has; returns the names.</summary>
    public static Task<IReadOnlyList<string>> EndAll(
        Session session,
        string tenantId,
        string environment,
        string holder,
        long version,
        long now
    ) =>
        session
            .Of(tenantId)
            .Query<string>(
                """
                UPDATE secret_values SET ended_version = @version, ended_at = @now
                WHERE tenant_id = @tenant AND environment = @environment AND holder = @holder AND ended_version IS NULL
                RETURNING name
                """,
                new
                {
                    environment,
                    holder,
                    version,
                    now,
                }
            );

    /// <summary>
    /// The rows that say which value a name had as of a change, of the tenant's own secret and of a holder's, with the keys that open them.
    /// What to believe of them <see cref="SecretWitness"/> says.
    /// </summary>
    public static Task<List<SealedSecret>> AsOf(
        Session session,
        string tenantId,
        string environment,
        string holder,
        string name,
        long version
    ) => SelectAsOf.Query(session, tenantId, ReadSealed, environment, holder, name, version);

    private static SealedSecret ReadSealed(DbDataReader row) =>
        new()
        {
            Holder = row.GetString(0),
            Version = row.GetInt64(1),
            Sealed = row.GetFieldValue<byte[]>(2),
            Wrapped = row.GetFieldValue<byte[]>(3),
        };
}

/// <summary>A name and the config that overrides it.</summary>
internal sealed record OverrideName
{
    public required string Holder { get; init; }

    public required string Name { get; init; }
}
