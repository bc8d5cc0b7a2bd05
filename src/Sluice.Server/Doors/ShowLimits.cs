using Microsoft.Extensions.Options;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Keys;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>
/// What limits hold for a tenant, and where each comes from. It stands with the doors, for most of them are held there.
/// </summary>
internal sealed class ShowLimits(
    Database database,
    IOptions<LimitOptions> calls,
    IOptions<RunOptions> runs,
    HouseLicense house
)
{
    /// <summary>What a tenant sets limits of runs with.</summary>
    private const string DefaultConfig = "default config";

    private static readonly string[] Environments = [EnvironmentNames.Live, EnvironmentNames.Test];

    public static async Task<IResult> Handle(
        Caller caller,
        ShowLimits act,
        CancellationToken stop
    ) =>
        TypedResults.Json(
            new TenantLimitList(await act.Of(caller.TenantId, stop)),
            SettingsJson.Default.TenantLimitList
        );

    private async Task<IReadOnlyList<TenantLimit>> Of(string tenantId, CancellationToken stop)
    {
        var (license, configs, keys) = await database.Read(
            async session =>
            {
                var own = new Dictionary<string, Config?>();
                foreach (var environment in Environments)
                    own[environment] = await ConfigStore.FindByName(
                        session,
                        tenantId,
                        environment,
                        "",
                        Config.Default
                    );
                return (
                    await LicenseStore.OfTenant(session, tenantId),
                    own,
                    await KeyStore.CountLimited(session, tenantId)
                );
            },
            stop
        );
        return
        [
            .. Calls(calls.Value),
            .. Runs(runs.Value),
            .. Environments.SelectMany(environment => Own(environment, configs[environment])),
            .. Licensed(license, house.Standing),
            new()
            {
                Name = "keys_with_limits",
                About =
                    "API keys with a rate or a daily quota of their own, beside the organisation's",
                Value = keys,
                Unit = keys == 1 ? "key" : "keys",
                Source = TenantLimit.Tenant,
                SetBy = "each key",
            },
        ];
    }

    private static IEnumerable<TenantLimit> Calls(LimitOptions options)
    {
        yield return Of(
            "management_per_second",
            "Management calls, console included",
            options.TenantPerSecond,
            "calls a second",
            "Limits:TenantPerSecond"
        );
        yield return Of(
            "management_burst",
            "Management calls in a burst",
            options.TenantPerSecond > 0 ? options.TenantBurst : 0,
            "calls at once",
            "Limits:TenantBurst"
        );
        yield return Of(
            "invocations_per_second",
            "Invocations",
            options.InvocationsPerSecond,
            "calls a second",
            "Limits:InvocationsPerSecond"
        );
        yield return Of(
            "invocations_burst",
            "Invocations in a burst",
            options.InvocationsPerSecond > 0 ? options.InvocationsBurst : 0,
            "calls at once",
            "Limits:InvocationsBurst"
        );
    }

    private static IEnumerable<TenantLimit> Runs(RunOptions options)
    {
        yield return Of(
            "active_runs",
            "Runs that a server carries at once; the next ones wait for a place",
            options.MaxActivePerTenant,
            "runs, at each server",
            "Runs:MaxActivePerTenant"
        );
        yield return Of(
            "background_runs",
            "Of those, runs of all organisations that nobody waits for",
            options.MaxBackground,
            "runs, at each server",
            "Runs:MaxBackground"
        );
        yield return Of(
            "input_bytes",
            "The input of a run",
            options.LargestInput,
            "bytes",
            "Runs:LargestInput"
        );
    }

    private static IEnumerable<TenantLimit> Own(string environment, Config? config)
    {
        yield return Own(
            environment,
            "runs_at_once",
            $"Runs at once, {environment}",
            Concurrency.Read(config?.Concurrency)
        );
        yield return Own(
            environment,
            "runs_at_once_per_key",
            $"Runs at once of each API key, {environment}",
            Concurrency.Read(config?.ConcurrencyPerKey)
        );
        yield return new TenantLimit
        {
            Name = "node_timeout_seconds",
            About = $"Time for a node where neither flow nor config says, {environment}",
            Value = config?.NodeTimeoutSeconds ?? ConfigChoice.HouseTimeoutSeconds,
            Unit = "seconds",
            Source = config?.NodeTimeoutSeconds is null ? TenantLimit.Server : TenantLimit.Tenant,
            SetBy = DefaultConfig,
            Environment = environment,
        };
    }

    private static TenantLimit Own(
        string environment,
        string name,
        string about,
        Concurrency? limit
    ) =>
        new()
        {
            Name = name,
            About = about,
            Value = limit?.Limit,
            Unit = "runs",
            Source = TenantLimit.Tenant,
            SetBy = DefaultConfig,
            Environment = environment,
            Policy = limit is null ? null : limit.Policy ?? RunLimit.Queue,
        };

    private static IEnumerable<TenantLimit> Licensed(License? own, LicenseStanding house)
    {
        if (own is not null)
            yield return new TenantLimit
            {
                Name = "license_calls_per_minute",
                About = "Calls with the license key",
                Value = own.RateLimit,
                Unit = "calls a minute",
                Source = TenantLimit.License,
                SetBy = own.Tier,
            };
        yield return new TenantLimit
        {
            Name = "nodes",
            About = "Nodes of the installation",
            Value = house.MaxNodes,
            Unit = "nodes",
            Source = TenantLimit.License,
            SetBy = house.Tier,
        };
    }

    private static TenantLimit Of(
        string name,
        string about,
        double value,
        string unit,
        string setting
    ) =>
        new()
        {
            Name = name,
            About = about,
            Value = value > 0 ? value : null,
            Unit = unit,
            Source = TenantLimit.Server,
            SetBy = setting,
        };
}
