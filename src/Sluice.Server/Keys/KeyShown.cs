using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>A key as people and programs see it: a mask; the text only in the answer that made it.</summary>
internal sealed record KeyShown
{
    public required string Id { get; init; }

    /// <summary>The text: in the answer that made the key and never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public required string Name { get; init; }

    public required string Masked { get; init; }

    public required string Environment { get; init; }

    public required string Shape { get; init; }

    /// <summary>Null: all that the owner may do.</summary>
    public required IReadOnlyList<string>? Scopes { get; init; }

    public required KeyOwnerShown Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: it does not end by itself.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Ranges it may be used from; empty: from anywhere.</summary>
    public required IReadOnlyList<string> AllowedCidrs { get; init; }

    /// <summary>Calls a second; null: the tenant's limit alone.</summary>
    public required long? RateLimit { get; init; }

    /// <summary>Calls on a UTC day; null: no quota.</summary>
    public required long? DailyQuota { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The key that this one succeeded.</summary>
    public required string? RotatedFrom { get; init; }

    /// <summary>The key that succeeded this one.</summary>
    public required string? RotatedTo { get; init; }

    /// <summary>Null until the key has authenticated a request; may lag by a minute.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The address of the last use.</summary>
    public required string? LastAddress { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public static KeyShown Of(Key key) =>
        new()
        {
            Id = key.Id,
            Name = key.Name,
            Masked = key.Masked,
            Environment = key.Environment,
            Shape = key.Shape,
            Scopes = key.Scopes is { } scopes ? ScopeNames.Names((Scopes)scopes) : null,
            Owner = new KeyOwnerShown(key.OwnerKind, key.OwnerId),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt),
            ExpiresAt = Time(key.ExpiresAt),
            AllowedCidrs = AddressRanges.Show(key.AllowedCidrs),
            RateLimit = key.RateLimit,
            DailyQuota = key.DailyQuota,
            Metadata = ReadMetadata(key.Metadata),
            RotatedFrom = key.RotatedFrom,
            RotatedTo = key.RotatedTo,
            LastUsedAt = Time(key.LastUsedAt),
            LastAddress = key.LastAddress,
            RevokedAt = Time(key.RevokedAt),
        };

    public static SortedDictionary<string, string> ReadMetadata(string? kept) =>
        kept is null
            ? []
            : JsonSerializer.Deserialize(kept, KeyJson.Default.SortedDictionaryStringString)!;

    private static DateTimeOffset? Time(long? at) =>
        at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}

/// <param name="Type"><c>member</c> or <c>service_account</c>.</param>
internal sealed record KeyOwnerShown(string Type, string Id);
