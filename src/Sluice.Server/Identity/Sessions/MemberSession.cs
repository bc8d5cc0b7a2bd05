namespace Sluice.Server.Identity.Sessions;

/// <summary>A session as it is kept: never the text of its cookie.</summary>
internal sealed record MemberSession
{
    /// <summary>Names it in lists; opens nothing.</summary>
    public required string Id { get; init; }

    public required string MemberId { get; init; }

    /// <summary>SHA-256 of the cookie's text.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>The role that the cookie was given for.</summary>
    public required string Role { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Its end, whatever happens.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Its last use, within a minute.</summary>
    public required long UsedAt { get; init; }

    /// <summary>When the person last showed who it is.</summary>
    public long ProvenAt { get; init; }

    /// <summary>Where the person signed in from.</summary>
    public required string Address { get; init; }

    /// <summary>What the program called itself.</summary>
    public required string Agent { get; init; }

    public long? EndedAt { get; init; }
}

/// <summary>What a cookie leads to, in one row: the session, its member and tenant as they are now.</summary>
internal sealed record FoundSession
{
    public required string TenantId { get; init; }

    public required string Handle { get; init; }

    public required string Id { get; init; }

    public required string MemberId { get; init; }

    /// <summary>The role that the cookie was given for.</summary>
    public required string GivenFor { get; init; }

    public required long ExpiresAt { get; init; }

    public required long UsedAt { get; init; }

    /// <summary>When the person last showed who it is: by signing in, or once more since.</summary>
    public required long ProvenAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>What the member is now.</summary>
    public required string Role { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary>In which the person reads times; null: none was chosen.</summary>
    public string? TimeZone { get; init; }

    public long? DeactivatedAt { get; init; }

    public long? RemovedAt { get; init; }

    /// <summary>Why the operator has suspended the tenant; null: it is not suspended.</summary>
    public string? Suspended { get; init; }
}
