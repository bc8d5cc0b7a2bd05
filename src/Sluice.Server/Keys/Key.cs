using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>An API key as it is kept: never its text.</summary>
internal sealed record Key
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Name { get; init; }

    /// <summary>standard, hex or client (design decision 1); basic and imported for texts that were made elsewhere.</summary>
    public required string Shape { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, 32 bytes.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Of a client id with its secret: the keyed fingerprint of the secret alone, 32 bytes; null for every other shape.</summary>
    public byte[]? SecretFingerprint { get; init; }

    /// <summary>The first 8 characters, an ellipsis, the last 4 (seed 002).</summary>
    public required string Masked { get; init; }

    /// <summary><see cref="Vocabulary.Scopes"/> as a number; null: all that the owner may do.</summary>
    public long? Scopes { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>From then on it is as unknown as any text; null: never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>See <see cref="AddressRanges"/>; null: from anywhere.</summary>
    public string? AllowedCidrs { get; init; }

    /// <summary>Calls a second; null: the tenant's limit alone.</summary>
    public long? RateLimit { get; init; }

    /// <summary>Calls on a UTC day; null: no quota.</summary>
    public long? DailyQuota { get; init; }

    /// <summary>What the owner notes about it: a JSON object of texts.</summary>
    public string? Metadata { get; init; }

    /// <summary>What it was made for, where its maker must find it again; null: nothing in particular.</summary>
    public string? Purpose { get; init; }

    /// <summary>The key that this one succeeded.</summary>
    public string? RotatedFrom { get; init; }

    /// <summary>The key that succeeded this one.</summary>
    public string? RotatedTo { get; init; }

    public long? LastUsedAt { get; init; }

    public string? LastAddress { get; init; }

    public long? RevokedAt { get; init; }

    /// <summary>Whether it opens the door at a moment.</summary>
    public bool IsActive(long now) => RevokedAt is null && !(ExpiresAt <= now);
}

/// <summary>What a key's hash leads to, in one row: the hot path's answer.</summary>
internal sealed record FoundKey
{
    public required string TenantId { get; init; }

    public required string Handle { get; init; }

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    /// <summary>The key's scopes within what its owner may do now.</summary>
    public required Scopes Rights { get; init; }

    public required bool Revoked { get; init; }

    public required long? LastUsedAt { get; init; }

    public required long CreatedAt { get; init; }

    public required long? ExpiresAt { get; init; }

    public required string? AllowedCidrs { get; init; }

    public required long? RateLimit { get; init; }

    public required long? DailyQuota { get; init; }

    public required string? Metadata { get; init; }

    /// <summary>Why the operator has suspended the tenant; null: it is not suspended.</summary>
    public string? Suspended { get; init; }

    /// <summary>The member's e-mail address or the account's name.</summary>
    public required string? OwnerName { get; init; }
}
