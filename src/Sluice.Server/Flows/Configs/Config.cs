using System.Text.RegularExpressions;

namespace Sluice.Server.Flows.Configs;

/// <summary>A profile of a flow, or the tenant's default.</summary>
internal sealed partial record Config
{
    /// <summary>The profile that applies by itself, and the only name that the tenant's default has.</summary>
    public const string Default = "default";

    /// <summary>ULID.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    /// <summary><c>handle/name</c>; empty for the tenant's default.</summary>
    public required string Flow { get; init; }

    public required string Name { get; init; }

    /// <summary>1 to 3600; null: the tenant default's, else 300.</summary>
    public long? NodeTimeoutSeconds { get; init; }

    /// <summary>A JSON object of texts; null when there are none.</summary>
    public byte[]? Params { get; init; }

    /// <summary><see cref="Configs.Concurrency"/> as JSON: of this flow, or of all the tenant's; null: no limit.</summary>
    public string? Concurrency { get; init; }

    /// <summary>The same for the runs of each API key.</summary>
    public string? ConcurrencyPerKey { get; init; }

    public required long CreatedAt { get; init; }

    public required long UpdatedAt { get; init; }

    /// <summary>1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z", RegexOptions.None, 1000)]
    public static partial Regex NameShape();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,38}/[a-z0-9][a-z0-9-]{0,99}\\z", RegexOptions.None, 1000)]
    public static partial Regex FlowShape();
}

/// <summary>What a run that starts now goes by.</summary>
internal sealed record ConfigChoice
{
    /// <summary>Seconds that a node has where nobody said otherwise.</summary>
    public const long HouseTimeoutSeconds = 300;

    /// <summary>The profile in use, whose overrides are pinned; null when none applies.</summary>
    public required string? ConfigId { get; init; }

    /// <summary>1 to 3600.</summary>
    public required long NodeTimeoutSeconds { get; init; }

    /// <summary>A JSON object of texts; null when there are none.</summary>
    public required byte[]? Params { get; init; }

    /// <summary>How many runs may run at once: none, for most flows.</summary>
    public IReadOnlyList<RunLimit> Limits { get; init; } = [];

    /// <summary>The number of the environment's last change when this was read: what a run that goes by it pins of secrets.</summary>
    public required long At { get; init; }
}
