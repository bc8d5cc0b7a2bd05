using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>An API key as it is kept: never its text.</summary>
internal sealed record Key
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Name { get; init; }

    /// <summary>standard, hex or client (design decision 1).</summary>
    public required string Shape { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, 32 bytes.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>The first 8 characters, an ellipsis, the last 4 (seed 002).</summary>
    public required string Masked { get; init; }

    /// <summary><see cref="Vocabulary.Scopes"/> as a number; null: all that the owner may do.</summary>
    public long? Scopes { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    public required long CreatedAt { get; init; }

    public long? LastUsedAt { get; init; }

    public long? RevokedAt { get; init; }
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
}
