using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>Licenses: how one's own stands, and, for the operator, those that are issued and the one that is installed.</summary>
public sealed class LicensesApi
{
    private const string Issued = "api/v1/admin/licenses";
    private const string Installed = "api/v1/admin/license";
    private readonly Wire _wire;
    private readonly SluiceClientOptions _options;

    internal LicensesApi(Wire wire, SluiceClientOptions options) =>
        (_wire, _options) = (wire, options);

    /// <summary>
    /// How the license stands: with a license key, what that one allows; with an API key (which needs <c>admin</c>), the tenant's own, else
    /// the installation's; without either, the installation's.
    /// </summary>
    public async Task<LicenseStatus> GetLicenseStatus(CancellationToken stop = default)
    {
        if (_options.ApiKey is not null)
            return await _wire.Get("api/v1/license", SluiceJson.Default.LicenseStatus, stop);
        var health = await _wire.Get("health", SluiceJson.Default.Health, stop);
        return health.License
            ?? throw new SluiceException(
                SluiceException.UnexpectedAnswer,
                "The server's health says nothing of a license."
            );
    }

    /// <summary>The operator's: how the license of the installation stands.</summary>
    public Task<LicenseStatus> GetInstalled(CancellationToken stop = default) =>
        _wire.Get(Installed, SluiceJson.Default.LicenseStatus, stop);

    public Task<LicenseStatus> Install(
        LicenseToInstall license,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Put,
            Installed,
            license,
            SluiceJson.Default.LicenseToInstall,
            SluiceJson.Default.LicenseStatus,
            stop
        );

    public Task<IssuedLicense> Issue(NewLicense license, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            Issued,
            license,
            SluiceJson.Default.NewLicense,
            SluiceJson.Default.IssuedLicense,
            stop
        );

    /// <param name="orgId">Of this tenant alone; null: all.</param>
    public Task<Page<IssuedLicense>> List(
        string? orgId = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(Issued, ("org_id", orgId), ("cursor", cursor)),
            SluiceJson.Default.PageIssuedLicense,
            stop
        );

    /// <summary>Issues the successor; the key before works until its own end.</summary>
    public Task<IssuedLicense> Renew(
        string id,
        LicenseRenewal renewal,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            $"{Issued}/{Wire.Segment(id)}/renew",
            renewal,
            SluiceJson.Default.LicenseRenewal,
            SluiceJson.Default.IssuedLicense,
            stop
        );

    public Task Revoke(string id, CancellationToken stop = default) =>
        _wire.Delete($"{Issued}/{Wire.Segment(id)}", stop);

    /// <summary>The public key that signed licenses of this server are verified with.</summary>
    public Task<LicenseIssuer> Issuer(CancellationToken stop = default) =>
        _wire.Get($"{Issued}/issuer", SluiceJson.Default.LicenseIssuer, stop);
}

/// <summary>How a license stands.</summary>
public sealed record LicenseStatus
{
    /// <summary>Also during the seven days of grace.</summary>
    public required bool Valid { get; init; }

    /// <summary>Community, Professional, Enterprise or Enterprise Plus.</summary>
    public string? Tier { get; init; }

    /// <summary>Most nodes; null: any number.</summary>
    [JsonPropertyName("maxNodes")]
    public int? MaxNodes { get; init; }

    /// <summary>Null when it does not end.</summary>
    [JsonPropertyName("expiresAt")]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it is not valid, or soon will not be.</summary>
    public string? Reason { get; init; }

    /// <summary><c>none</c>, <c>valid</c>, <c>grace</c>, <c>expired</c> or <c>invalid</c>; null from <c>/health</c>.</summary>
    public string? State { get; init; }
    public string? Organization { get; init; }

    [JsonPropertyName("licenseId")]
    public string? LicenseId { get; init; }
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Until when everything works.</summary>
    [JsonPropertyName("graceEndsAt")]
    public DateTimeOffset? GraceEndsAt { get; init; }

    /// <summary><c>tenant</c>, or where the license of the installation comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Until when time had come when the server's clock was turned back.</summary>
    [JsonPropertyName("clockSetBackFrom")]
    public DateTimeOffset? ClockSetBackFrom { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; what was bought stays in force.</summary>
    [JsonPropertyName("keyLeakedAt")]
    public DateTimeOffset? KeyLeakedAt { get; init; }
}

/// <summary>A license to issue: <see cref="OrgId"/> for a tenant of the server, <see cref="Organization"/> for another installation.</summary>
public sealed record NewLicense(string Tier)
{
    public string? OrgId { get; init; }
    public string? Organization { get; init; }

    /// <summary><c>short</c> or <c>signed</c>; null: short.</summary>
    public string? Form { get; init; }

    /// <summary>Null: what the tier brings.</summary>
    public int? MaxNodes { get; init; }
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Calls a minute with the key.</summary>
    public int? RateLimit { get; init; }

    /// <summary>Days until it ends; null: 365.</summary>
    public int? Days { get; init; }
}

/// <param name="Days">Days from now; null: 365.</param>
public sealed record LicenseRenewal(int? Days = null);

/// <param name="Key">The text of the license key.</param>
/// <param name="ResetClock">Says that the server's clock is right now and had been ahead.</param>
public sealed record LicenseToInstall(string Key, bool ResetClock = false)
{
    // The key must not reach a log by way of a record's printer.
    public override string ToString() => "LicenseToInstall";
}

/// <summary>A license that the server has issued.</summary>
public sealed record IssuedLicense
{
    public required string Id { get; init; }

    /// <summary><c>install</c> or <c>tenant</c>.</summary>
    public required string Purpose { get; init; }
    public required string Organization { get; init; }
    public required string Tier { get; init; }
    public required string Form { get; init; }
    public required string Masked { get; init; }

    /// <summary>Null: any number.</summary>
    public int? MaxNodes { get; init; }
    public IReadOnlyList<string> Features { get; init; } = [];
    public int? RateLimit { get; init; }
    public DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public string? RenewedFrom { get; init; }
    public string? RenewedTo { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; what was bought stays in force.</summary>
    public DateTimeOffset? LeakedAt { get; init; }

    /// <summary>The text, in the answer that makes it.</summary>
    public string? Key { get; init; }

    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"IssuedLicense {{ Id = {Id} }}";
}

/// <param name="IssuerId">Name of the key.</param>
/// <param name="PublicKey">Base64 of its SubjectPublicKeyInfo.</param>
public sealed record LicenseIssuer(string IssuerId, string PublicKey);
