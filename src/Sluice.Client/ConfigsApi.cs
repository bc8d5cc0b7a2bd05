namespace Sluice.Client;

/// <summary>Named profiles of a flow: node timeout, plain parameters, secret overrides.</summary>
public sealed class ConfigsApi
{
    private readonly Wire _wire;

    internal ConfigsApi(Wire wire) => _wire = wire;

    public Task<Page<FlowConfig>> List(string? flow = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/configs", ("flow", flow)),
            SluiceJson.Default.PageFlowConfig,
            stop
        );

    public Task<FlowConfig> Get(string id, CancellationToken stop = default) =>
        _wire.Get("api/v1/configs/" + Wire.Segment(id), SluiceJson.Default.FlowConfig, stop);

    /// <summary>Creates the profile or replaces it, found by flow and name.</summary>
    public Task<FlowConfig> Put(NewFlowConfig config, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Put,
            "api/v1/configs",
            config,
            SluiceJson.Default.NewFlowConfig,
            SluiceJson.Default.FlowConfig,
            stop
        );

    public Task Delete(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/configs/" + Wire.Segment(id), stop);

    /// <summary>Overrides a secret for runs with this config; as <see cref="SecretsApi.Put(string, ReadOnlyMemory{byte}, bool, CancellationToken)"/>.</summary>
    public Task<SavedSecret> PutSecret(
        string id,
        string name,
        ReadOnlyMemory<byte> value,
        bool replace = false,
        CancellationToken stop = default
    ) =>
        SecretsApi.Put(
            _wire,
            $"api/v1/configs/{Wire.Segment(id)}/secrets/{Wire.Segment(name)}",
            value,
            replace,
            stop
        );

    public Task DeleteSecret(string id, string name, CancellationToken stop = default) =>
        _wire.Delete($"api/v1/configs/{Wire.Segment(id)}/secrets/{Wire.Segment(name)}", stop);
}

/// <param name="Flow">Null for the tenant's default.</param>
/// <param name="NodeTimeoutSeconds">1 to 3600; null inherits.</param>
/// <param name="Concurrency">Runs at once of the flow, or of all the tenant's; null: no limit.</param>
/// <param name="ConcurrencyPerKey">The same for the runs of each API key.</param>
public sealed record NewFlowConfig(
    string? Flow,
    string Name = "default",
    int? NodeTimeoutSeconds = null,
    IReadOnlyDictionary<string, string>? Params = null,
    Concurrency? Concurrency = null,
    Concurrency? ConcurrencyPerKey = null
);

/// <param name="Limit">Runs at once, 1 to 10000.</param>
/// <param name="Policy"><c>queue</c> (the next run waits), <c>drop</c> (it is refused) or <c>replace</c> (the oldest is cancelled); queue unless said.</param>
public sealed record Concurrency(int Limit, string? Policy = null);

public sealed record FlowConfig
{
    public required string Id { get; init; }
    public string? Flow { get; init; }
    public required string Name { get; init; }
    public int? NodeTimeoutSeconds { get; init; }
    public IReadOnlyDictionary<string, string>? Params { get; init; }
    public Concurrency? Concurrency { get; init; }
    public Concurrency? ConcurrencyPerKey { get; init; }

    /// <summary>Names of the secrets that this config overrides; never the values.</summary>
    public IReadOnlyList<string>? SecretOverrides { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}
