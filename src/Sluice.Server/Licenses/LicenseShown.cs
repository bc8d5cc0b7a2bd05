using System.Text.Json.Serialization;

namespace Sluice.Server.Licenses;

/// <summary>
/// How a license stands: the same block in <c>/health</c>, in <c>GET /api/v1/license</c> and in the SDKs' <c>getLicenseStatus</c>. Its names
/// are camelCase in seed 000, and so they are here.
/// </summary>
internal record LicenseBlock
{
    /// <summary>Also during the days of grace.</summary>
    public required bool Valid { get; init; }

    /// <summary>Community, Professional, Enterprise or Enterprise Plus; empty when a key that was asked about is none.</summary>
    public required string Tier { get; init; }

    /// <summary>Most nodes; null: any number.</summary>
    [JsonPropertyName("maxNodes")]
    public required int? MaxNodes { get; init; }

    /// <summary>Null when it does not end.</summary>
    [JsonPropertyName("expiresAt")]
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it is not valid, or soon will not be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    public static LicenseBlock Of(LicenseStanding standing) =>
        new()
        {
            Valid = standing.IsValid,
            Tier = standing.Tier,
            MaxNodes = standing.MaxNodes,
            ExpiresAt = standing.Terms?.ExpiresAt,
            Reason = standing.Reason,
        };

    /// <summary>Of a key that is none.</summary>
    public static LicenseBlock NotKnown(string reason) =>
        new()
        {
            Valid = false,
            Tier = "",
            MaxNodes = 0,
            ExpiresAt = null,
            Reason = reason,
        };
}

/// <summary>The block, and what only those may know who hold the license.</summary>
internal sealed record LicenseStatus : LicenseBlock
{
    /// <summary><c>none</c>, <c>valid</c>, <c>grace</c>, <c>expired</c> or <c>invalid</c>.</summary>
    public required string State { get; init; }

    /// <summary>Whose it is; null where there is none.</summary>
    public string? Organization { get; init; }

    [JsonPropertyName("licenseId")]
    public string? LicenseId { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Until when everything works; null when it does not end.</summary>
    [JsonPropertyName("graceEndsAt")]
    public DateTimeOffset? GraceEndsAt { get; init; }

    /// <summary><c>tenant</c>: what this tenant has bought; else where the license of the house comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Until when time had come when the server's clock was turned back; null: it was not.</summary>
    [JsonPropertyName("clockSetBackFrom")]
    public DateTimeOffset? ClockSetBackFrom { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; what was bought stays in force.</summary>
    [JsonPropertyName("keyLeakedAt")]
    public DateTimeOffset? KeyLeakedAt { get; init; }

    public static LicenseStatus Of(LicenseStanding standing, string source, LicenseClock clock) =>
        new()
        {
            Valid = standing.IsValid,
            Tier = standing.Tier,
            MaxNodes = standing.MaxNodes,
            ExpiresAt = standing.Terms?.ExpiresAt,
            Reason = standing.Reason,
            State = standing.State.ToString().ToLowerInvariant(),
            Organization = standing.Terms?.Organization,
            LicenseId = standing.Terms?.Id,
            Features = standing.Features,
            GraceEndsAt = standing.Terms?.ExpiresAt.AddDays(LicenseStanding.GraceDays),
            Source = source,
            ClockSetBackFrom = clock.SetBackFrom,
            KeyLeakedAt = standing.Terms?.KeyLeakedAt,
        };
}

/// <summary>A license as the operator sees it; its key is in one answer and never again.</summary>
internal sealed record LicenseShown
{
    public required string Id { get; init; }

    /// <summary><c>install</c> or <c>tenant</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The tenant's handle, or who runs the other house.</summary>
    public required string Organization { get; init; }

    public required string Tier { get; init; }

    /// <summary><c>short</c> or <c>signed</c>.</summary>
    public required string Form { get; init; }

    public required string Masked { get; init; }

    /// <summary>Null: any number.</summary>
    public required long? MaxNodes { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Calls a minute with the key itself.</summary>
    public required long? RateLimit { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required string? RenewedFrom { get; init; }

    public required string? RenewedTo { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; what was bought stays in force.</summary>
    public required DateTimeOffset? LeakedAt { get; init; }

    /// <summary>The text, in the answer that makes it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static LicenseShown Of(License license) =>
        new()
        {
            Id = license.Id,
            Purpose = license.Purpose,
            Organization = license.Organization,
            Tier = license.Tier,
            Form = license.Form,
            Masked = license.Masked,
            MaxNodes = license.MaxNodes,
            Features = License.Words(license.Features),
            RateLimit = license.RateLimit,
            IssuedAt = Time(license.IssuedAt),
            ExpiresAt = Time(license.ExpiresAt),
            RenewedFrom = license.RenewedFrom,
            RenewedTo = license.RenewedTo,
            RevokedAt = license.RevokedAt is { } at ? Time(at) : null,
            LeakedAt = license.LeakedAt is { } leaked ? Time(leaked) : null,
        };

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"LicenseShown {{ Id = {Id} }}";
}
