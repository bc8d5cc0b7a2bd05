namespace Sluice.Client;

/// <summary>How long a tenant's runs, and what its flows remember, are kept.</summary>
public sealed class SettingsApi
{
    private const string Path = "api/v1/settings";

    private readonly Wire _wire;

    internal SettingsApi(Wire wire) => _wire = wire;

    public Task<TenantSettings> Get(CancellationToken stop = default) =>
        _wire.Get(Path, SluiceJson.Default.TenantSettings, stop);

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
