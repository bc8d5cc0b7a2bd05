namespace Sluice.Client;

/// <summary>API keys: mint, list, revoke.</summary>
public sealed class KeysApi
{
    private readonly Wire _wire;

    internal KeysApi(Wire wire) => _wire = wire;

    /// <summary>Mints a key. Its text is in this answer and nowhere else, ever.</summary>
    public Task<MintedKey> Create(NewKey key, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/keys",
            key,
            SluiceJson.Default.NewKey,
            SluiceJson.Default.MintedKey,
            stop
        );

    public Task<Page<ApiKey>> List(string? cursor = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/keys", ("cursor", cursor)),
            SluiceJson.Default.PageApiKey,
            stop
        );

    /// <summary>The key fails on its very next use, on every server. It cannot be undone.</summary>
    public Task Revoke(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/keys/" + Wire.Segment(id), stop);
}

/// <param name="Environment"><c>live</c> or <c>test</c>; null for the environment of the calling key.</param>
/// <param name="Scopes">Null for all that the owner may do.</param>
/// <param name="Shape"><c>standard</c> (null), <c>hex</c> or <c>client</c>.</param>
public sealed record NewKey(
    string Name,
    string? Environment = null,
    IReadOnlyList<string>? Scopes = null,
    string? Shape = null
);

public sealed record MintedKey
{
    public required string Id { get; init; }
    public required string Key { get; init; }
    public string? Name { get; init; }
    public string? Masked { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    // The text of a key must not reach a log by way of a record's printer.
    public override string ToString() => $"MintedKey {{ Id = {Id}, Masked = {Masked} }}";
}

/// <summary>A key on record: a mask, never the text.</summary>
public sealed record ApiKey
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Masked { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public Owner? Owner { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}
