using System.Text.Json;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

/// <summary>A config as it is shown: parameters in the clear, overrides by name alone.</summary>
internal sealed record ConfigShown
{
    public required string Id { get; init; }

    /// <summary>Null for the tenant's default.</summary>
    public required string? Flow { get; init; }

    public required string Name { get; init; }

    /// <summary>Null: inherited.</summary>
    public required long? NodeTimeoutSeconds { get; init; }

    public required Dictionary<string, string> Params { get; init; }

    /// <summary>How many runs may run at once; null: no limit of its own.</summary>
    public required Concurrency? Concurrency { get; init; }

    /// <summary>The same for the runs of each API key.</summary>
    public required Concurrency? ConcurrencyPerKey { get; init; }

    /// <summary>Names of the secrets that it overrides, never values.</summary>
    public required IReadOnlyList<string> SecretOverrides { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static ConfigShown Of(Config config, IReadOnlyList<string> overrides) =>
        new()
        {
            Id = config.Id,
            Flow = config.Flow.Length == 0 ? null : config.Flow,
            Name = config.Name,
            NodeTimeoutSeconds = config.NodeTimeoutSeconds,
            Params = config.Params is null
                ? []
                : JsonSerializer.Deserialize(
                    config.Params,
                    ConfigJson.Default.DictionaryStringString
                )!,
            Concurrency = Configs.Concurrency.Read(config.Concurrency),
            ConcurrencyPerKey = Configs.Concurrency.Read(config.ConcurrencyPerKey),
            SecretOverrides = overrides,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(config.CreatedAt),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(config.UpdatedAt),
        };
}

/// <summary>The configs of the caller's tenant and environment; <c>?flow=</c> narrows to one flow.</summary>
internal static class ListConfigs
{
    internal sealed record Response(IReadOnlyList<ConfigShown> Data);

    public static async Task<IResult> Handle(
        string? flow,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var (configs, overrides) = await database.Read(
            async session =>
                (
                    await ConfigStore.List(session, caller.TenantId, caller.Environment, flow),
                    await SecretStore.ListOverrides(session, caller.TenantId, caller.Environment)
                ),
            stop
        );
        var names = overrides.ToLookup(entry => entry.Holder, entry => entry.Name);
        var shown = configs.Select(config => ConfigShown.Of(config, [.. names[config.Id]]));
        return TypedResults.Json(new Response([.. shown]), ConfigJson.Default.ListConfigsResponse);
    }
}

/// <summary>One config by its id.</summary>
internal static class ShowConfig
{
    public static async Task<IResult> Handle(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var (config, overrides) = await database.Read(
            async session =>
                (
                    await ConfigStore.Find(session, caller.TenantId, id),
                    await SecretStore.List(session, caller.TenantId, caller.Environment, id)
                ),
            stop
        );
        if (Check(config, caller) is { } refusal)
            return refusal;
        return TypedResults.Json(
            ConfigShown.Of(config!, [.. overrides.Select(secret => secret.Name)]),
            ConfigJson.Default.ConfigShown
        );
    }

    /// <summary>The refusal of a config that is not there, or of the other environment.</summary>
    internal static Refusal? Check(Config? config, Caller caller) =>
        config is null ? ConfigRefusals.NotFound
        : config.Environment != caller.Environment ? CommonRefusals.EnvironmentMismatch
        : null;
}
