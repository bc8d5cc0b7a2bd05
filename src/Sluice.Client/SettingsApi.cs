namespace Sluice.Client;

/// <summary>How long a tenant's runs, and what its flows remember, are kept.</summary>
public sealed class SettingsApi
{
    private const string Path = "api/v1/settings";

    private readonly Wire _wire;

    internal SettingsApi(Wire wire) => _wire = wire;

    public Task<TenantSettings> Get(CancellationToken stop = default) =>
        _wire.Get(Path, SluiceJson.Default.TenantSettings, stop);

    /// <summary>Which limits hold for the tenant, and where each comes from.</summary>
    public Task<TenantLimits> Limits(CancellationToken stop = default) =>
        _wire.Get($"{Path}/limits", SluiceJson.Default.TenantLimits, stop);

    /// <summary>Replaces them; what is null is the default again.</summary>
    public Task<TenantSettings> Put(NewTenantSettings settings, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Put,
            Path,
            settings,
            SluiceJson.Default.NewTenantSettings,
            SluiceJson.Default.TenantSettings,
            stop
        );
}

/// <param name="RetentionDays">Days for which runs are kept after their end, 1 to 3650; null: the server's default.</param>
/// <param name="MemoryDays">Days for which what flows remember is kept, 1 to 3650; null: the server's default.</param>
/// <param name="DeadLetterDays">By flow, days for which its dead letters are kept; a flow that is not named: as all runs.</param>
public sealed record NewTenantSettings(
    int? RetentionDays = null,
    int? MemoryDays = null,
    IReadOnlyDictionary<string, int>? DeadLetterDays = null
);

public sealed record TenantSettings
{
    public required int RetentionDays { get; init; }
    public required int MemoryDays { get; init; }
    public IReadOnlyDictionary<string, int>? DeadLetterDays { get; init; }

    /// <summary>Whether the days are the server's default.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether the days of memory are the server's default.</summary>
    public bool MemoryIsDefault { get; init; }
}

/// <summary>A limit that holds for the tenant.</summary>
public sealed record TenantLimit
{
    /// <summary>What is limited, for programs.</summary>
    public required string Name { get; init; }

    /// <summary>The same for people.</summary>
    public required string About { get; init; }

    /// <summary>At most so many; null: no limit.</summary>
    public double? Value { get; init; }

    /// <summary>Of what, such as <c>calls a second</c>.</summary>
    public required string Unit { get; init; }

    /// <summary><c>server</c>, <c>license</c> or <c>tenant</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The server's setting, the tier of the license, or what the tenant changes it with.</summary>
    public required string SetBy { get; init; }

    /// <summary>The environment that it holds in, where it differs between them.</summary>
    public string? Environment { get; init; }

    /// <summary>For runs: <c>queue</c>, <c>drop</c> or <c>replace</c>.</summary>
    public string? Policy { get; init; }
}

/// <param name="Data">Calls, runs, nodes, keys.</param>
public sealed record TenantLimits(IReadOnlyList<TenantLimit> Data);
