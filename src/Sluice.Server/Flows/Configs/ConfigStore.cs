using System.Data.Common;
using System.Text.Json;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Configs;

/// <summary>SQL on <c>configs</c>, and the choice for a run.</summary>
internal static class ConfigStore
{
    private const string Columns =
        "id, environment, flow, name, node_timeout_seconds, params, created_at, updated_at, concurrency, concurrency_per_key";

    private static readonly HotStatement SelectChoice = new(
        $"""
        SELECT {Columns} FROM configs
        WHERE tenant_id = @tenant AND environment = @environment AND flow IN ('', @flow) AND (name = 'default' OR id = @config)
        """,
        "environment",
        "flow",
        "config"
    );

    /// <summary>
    /// What a run of this flow goes by: the profile that was asked for, else the flow's <c>default</c>, over the tenant's default, over the
    /// house's. Null when the profile asked for is none of this flow's. Good for as long as <see cref="ConfigChoice.At"/> stands.
    /// </summary>
    public static async Task<ConfigChoice?> Choose(
        Session session,
        string tenantId,
        string environment,
        string flow,
        string? configId
    )
    {
        // The number first: a change in between then makes the choice out of date, never the number.
        var at = await SecretStore.LastVersion(session, tenantId, environment);
        var found = await SelectChoice.Query(
            session,
            tenantId,
            ReadRow,
            environment,
            flow,
            configId ?? ""
        );
        var tenant = found.FirstOrDefault(config => config.Flow.Length == 0);
        var profiles = found.Where(config => config.Flow.Length > 0);
        var profile = profiles.FirstOrDefault(config =>
            configId is null ? config.Name == Config.Default : config.Id == configId
        );
        if (configId is not null && profile is null)
            return null;
        return new ConfigChoice
        {
            ConfigId = profile?.Id,
            NodeTimeoutSeconds =
                profile?.NodeTimeoutSeconds
                ?? tenant?.NodeTimeoutSeconds
                ?? ConfigChoice.HouseTimeoutSeconds,
            Params = Merge(profile?.Params, tenant?.Params),
            Limits = Limits(profile, ofFlow: true).Concat(Limits(tenant, ofFlow: false)).ToArray(),
            At = at,
        };
    }

    private static IEnumerable<RunLimit> Limits(Config? config, bool ofFlow)
    {
        if (Concurrency.Read(config?.Concurrency) is { } all)
            yield return all.ToLimit(ofFlow, perKey: false);
        if (Concurrency.Read(config?.ConcurrencyPerKey) is { } each)
            yield return each.ToLimit(ofFlow, perKey: true);
    }

    public static Task<Config?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Config>(
                $"SELECT {Columns} FROM configs WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    public static Task<Config?> FindByName(
        Session session,
        string tenantId,
        string environment,
        string flow,
        string name
    ) =>
        session
            .Of(tenantId)
            .First<Config>(
                $"SELECT {Columns} FROM configs WHERE tenant_id = @tenant AND environment = @environment AND flow = @flow AND name = @name",
                new
                {
                    environment,
                    flow,
                    name,
                }
            );

    /// <summary>All of an environment, or of one flow: the tenant's default first, then by flow and name.</summary>
    public static Task<IReadOnlyList<Config>> List(
        Session session,
        string tenantId,
        string environment,
        string? flow
    ) =>
        flow is null
            ? session
                .Of(tenantId)
                .Query<Config>(
                    $"SELECT {Columns} FROM configs WHERE tenant_id = @tenant AND environment = @environment ORDER BY flow, name",
                    new { environment }
                )
            : session
                .Of(tenantId)
                .Query<Config>(
                    $"SELECT {Columns} FROM configs WHERE tenant_id = @tenant AND environment = @environment AND flow = @flow ORDER BY name",
                    new { environment, flow }
                );

    public static Task<long> Count(Session session, string tenantId, string environment) =>
        session
            .Of(tenantId)
            .First<long>(
                "SELECT COUNT(*) FROM configs WHERE tenant_id = @tenant AND environment = @environment",
                new { environment }
            );

    public static async Task<int> Insert(Session session, string tenantId, Config config)
    {
        await SecretStore.NextVersion(session, tenantId, config.Environment);
        return await session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO configs (tenant_id, id, environment, flow, name, node_timeout_seconds, params, concurrency, concurrency_per_key, created_at, updated_at)
                VALUES (@tenant, @Id, @Environment, @Flow, @Name, @NodeTimeoutSeconds, @Params, @Concurrency, @ConcurrencyPerKey, @CreatedAt, @UpdatedAt)
                ON CONFLICT DO NOTHING
                """,
                config
            );
    }

    public static async Task<int> Update(Session session, string tenantId, Config config)
    {
        await SecretStore.NextVersion(session, tenantId, config.Environment);
        return await session
            .Of(tenantId)
            .Execute(
                """
                UPDATE configs SET node_timeout_seconds = @NodeTimeoutSeconds, params = @Params, concurrency = @Concurrency, concurrency_per_key = @ConcurrencyPerKey, updated_at = @UpdatedAt
                WHERE tenant_id = @tenant AND id = @Id
                """,
                config
            );
    }

    public static async Task<int> Delete(
        Session session,
        string tenantId,
        string environment,
        string id
    )
    {
        await SecretStore.NextVersion(session, tenantId, environment);
        return await session
            .Of(tenantId)
            .Execute("DELETE FROM configs WHERE tenant_id = @tenant AND id = @id", new { id });
    }

    private static Config ReadRow(DbDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            Environment = row.GetString(1),
            Flow = row.GetString(2),
            Name = row.GetString(3),
            NodeTimeoutSeconds = row.IsDBNull(4) ? null : row.GetInt64(4),
            Params = row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
            CreatedAt = row.GetInt64(6),
            UpdatedAt = row.GetInt64(7),
            Concurrency = row.IsDBNull(8) ? null : row.GetString(8),
            ConcurrencyPerKey = row.IsDBNull(9) ? null : row.GetString(9),
        };

    private static byte[]? Merge(byte[]? profile, byte[]? tenant)
    {
        if (profile is null || tenant is null)
            return profile ?? tenant;
        var merged = JsonSerializer.Deserialize(tenant, ConfigJson.Default.DictionaryStringString)!;
        foreach (
            var (name, value) in JsonSerializer.Deserialize(
                profile,
                ConfigJson.Default.DictionaryStringString
            )!
        )
            merged[name] = value;
        return JsonSerializer.SerializeToUtf8Bytes(
            merged,
            ConfigJson.Default.DictionaryStringString
        );
    }
}
