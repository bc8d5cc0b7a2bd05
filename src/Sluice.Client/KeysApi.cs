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

    /// <summary>Brings keys of another system along by the SHA-256 of their texts, at most 500 in a call: all of them or none.</summary>
    /// <returns>The keys, in the order of the call.</returns>
    public Task<Page<ApiKey>> Import(
        IReadOnlyList<KeyToImport> keys,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/keys/import",
            new KeyImport(keys),
            SluiceJson.Default.KeyImport,
            SluiceJson.Default.PageApiKey,
            stop
        );

    public Task<Page<ApiKey>> List(string? cursor = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/keys", ("cursor", cursor)),
            SluiceJson.Default.PageApiKey,
            stop
        );

    public Task<ApiKey> Get(string id, CancellationToken stop = default) =>
        _wire.Get(PathOf(id), SluiceJson.Default.ApiKey, stop);

    /// <summary>What is null stays as it is.</summary>
    public Task<ApiKey> Update(string id, KeyChange change, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Patch,
            PathOf(id),
            change,
            SluiceJson.Default.KeyChange,
            SluiceJson.Default.ApiKey,
            stop
        );

    /// <summary>Makes the key's successor, whose text is in this answer and nowhere else.</summary>
    /// <param name="overlap">How long the old key still works: up to 30 days, a day when null, zero ends it at once.</param>
    public Task<MintedKey> Rotate(
        string id,
        TimeSpan? overlap = null,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            PathOf(id) + "/rotate",
            new KeyRotation((long?)overlap?.TotalSeconds),
            SluiceJson.Default.KeyRotation,
            SluiceJson.Default.MintedKey,
            stop
        );

    /// <summary>Calls and refusals of a key by UTC day.</summary>
    /// <param name="days">1 to 365.</param>
    public Task<KeyUsage> Usage(string id, int days = 30, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query(PathOf(id) + "/usage", ("days", days.ToString())),
            SluiceJson.Default.KeyUsage,
            stop
        );

    /// <summary>Checks a key that was shown to you; it counts as a use of that key.</summary>
    public Task<KeyVerdict> Verify(KeyToVerify key, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/keys/verify",
            key,
            SluiceJson.Default.KeyToVerify,
            SluiceJson.Default.KeyVerdict,
            stop
        );

    /// <summary>The key fails on its very next use, on every server. It cannot be undone.</summary>
    public Task Revoke(string id, CancellationToken stop = default) =>
        _wire.Delete(PathOf(id), stop);

    private static string PathOf(string id) => "api/v1/keys/" + Wire.Segment(id);
}

/// <summary>A key that is asked for.</summary>
public sealed record NewKey(string Name)
{
    /// <summary><c>live</c> or <c>test</c>; null for the environment of the calling key.</summary>
    public string? Environment { get; init; }

    /// <summary>Null for all that the owner may do.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary><c>standard</c> (null), <c>hex</c> or <c>client</c>.</summary>
    public string? Shape { get; init; }

    /// <summary>When it ends by itself; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Addresses and CIDR ranges that it may be used from; null: from anywhere.</summary>
    public IReadOnlyList<string>? AllowedCidrs { get; init; }

    /// <summary>Calls a second; null: the tenant's limit alone.</summary>
    public long? RateLimit { get; init; }

    /// <summary>Calls on a UTC day; null: no quota.</summary>
    public long? DailyQuota { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Id of the service account that it is for.</summary>
    public string? ServiceAccount { get; init; }
}

/// <summary>Keys that are to be imported together.</summary>
public sealed record KeyImport(IReadOnlyList<KeyToImport> Keys);

/// <summary>A key of another system, by the hash of its text; bound like a <see cref="NewKey"/>.</summary>
/// <param name="Sha256">SHA-256 of the text's bytes: 64 hexadecimal digits.</param>
public sealed record KeyToImport(string Name, string Sha256)
{
    /// <summary>First characters of the text, at most 8, for people; null: not known.</summary>
    public string? StartsWith { get; init; }

    /// <summary>Last characters of the text, at most 4, for people; null: not known.</summary>
    public string? EndsWith { get; init; }

    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyList<string>? AllowedCidrs { get; init; }
    public long? RateLimit { get; init; }
    public long? DailyQuota { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Id of the service account that it is for.</summary>
    public string? ServiceAccount { get; init; }
}

/// <summary>What is to be changed of a key; null: nothing. 0 lifts a limit, an empty list lets it be used from anywhere.</summary>
public sealed record KeyChange
{
    public string? Name { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyList<string>? AllowedCidrs { get; init; }
    public long? RateLimit { get; init; }
    public long? DailyQuota { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <param name="OverlapSeconds">How long the old key still works; null: a day.</param>
public sealed record KeyRotation(long? OverlapSeconds);

public sealed record MintedKey
{
    public required string Id { get; init; }
    public required string Key { get; init; }
    public string? Name { get; init; }
    public string? Masked { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyList<string>? AllowedCidrs { get; init; }
    public long? RateLimit { get; init; }
    public long? DailyQuota { get; init; }
    public string? RotatedFrom { get; init; }

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
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyList<string>? AllowedCidrs { get; init; }
    public long? RateLimit { get; init; }
    public long? DailyQuota { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The key that this one succeeded.</summary>
    public string? RotatedFrom { get; init; }

    /// <summary>The key that succeeded this one.</summary>
    public string? RotatedTo { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
    public string? LastAddress { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A text that was shown to you as a key.</summary>
public sealed record KeyToVerify
{
    public required string Key { get; init; }

    /// <summary>Scopes that it must have.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The address of whoever showed it.</summary>
    public string? Address { get; init; }

    public override string ToString() => "KeyToVerify";
}

public sealed record KeyVerdict
{
    public required bool Valid { get; init; }

    /// <summary><c>valid</c>, or why not.</summary>
    public required string Code { get; init; }

    public string? KeyId { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public Owner? Owner { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public long? Remaining { get; init; }

    /// <summary>Seconds.</summary>
    public int? RetryAfter { get; init; }
}

public sealed record KeyUsage
{
    public required string KeyId { get; init; }
    public required long Calls { get; init; }

    /// <summary>Calls that the key's own limits or addresses refused.</summary>
    public required long Refusals { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
    public string? LastAddress { get; init; }
    public IReadOnlyList<KeyUsageDay> Days { get; init; } = [];
}

public sealed record KeyUsageDay(DateOnly Date, long Calls, long Refusals);
