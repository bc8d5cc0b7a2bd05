using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>What a license is for.</summary>
internal static class LicensePurpose
{
    /// <summary>What a whole house may do.</summary>
    public const string Install = "install";

    /// <summary>What one tenant of this house has bought.</summary>
    public const string Tenant = "tenant";
}

/// <summary>A license that this house has issued. Its key is kept as an HMAC and a mask.</summary>
internal sealed record License
{
    public required string Id { get; init; }

    /// <summary><see cref="LicensePurpose"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Id of the tenant; null for an install license.</summary>
    public string? Tenant { get; init; }

    /// <summary>The tenant's handle, or the name of whoever runs the other house.</summary>
    public required string Organization { get; init; }

    public required string Tier { get; init; }

    /// <summary><c>short</c> or <c>signed</c>.</summary>
    public required string Form { get; init; }

    /// <summary>Name of the key that it was issued with.</summary>
    public required string Issuer { get; init; }

    public required byte[] Fingerprint { get; init; }

    public required string Masked { get; init; }

    public long? MaxNodes { get; init; }

    /// <summary>Words, separated by spaces.</summary>
    public required string Features { get; init; }

    public long? RateLimit { get; init; }

    public required long IssuedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public string? RenewedFrom { get; init; }

    public string? RenewedTo { get; init; }

    public long? RevokedAt { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; what was bought stays in force.</summary>
    public long? LeakedAt { get; init; }

    public LicenseTerms Terms() =>
        new()
        {
            Id = Id,
            Organization = Organization,
            Tier = Tier,
            MaxNodes = (int?)MaxNodes,
            Features = Words(Features),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
            KeyLeakedAt = LeakedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        };

    public static IReadOnlyList<string> Words(string features) =>
        features.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What people may see of a key. A short one is short of secrets: more of it would make the rest easy to guess.</summary>
    public static string Mask(string text, LicenseForm form) =>
        form == LicenseForm.Short
            ? $"{text[..(text.IndexOf('-', text.IndexOf('-') + 1) + 1)]}…{text[^2..]}"
            : KeyText.Mask(text);
}

/// <summary>SQL on <c>licenses</c>, which belong to the operator: they are looked at across tenants.</summary>
internal static class LicenseStore
{
    private const string Columns =
        "id, purpose, tenant, organization, tier, form, issuer, fingerprint, masked, max_nodes, features, rate_limit, issued_at, expires_at, renewed_from, renewed_to, revoked_at, leaked_at";

    public static Task<License?> Find(Session session, string id) =>
        session.House.First<License>($"SELECT {Columns} FROM licenses WHERE id = @id", new { id });

    public static Task<License?> FindByFingerprint(Session session, byte[] fingerprint) =>
        session.House.First<License>(
            $"SELECT {Columns} FROM licenses WHERE fingerprint = @fingerprint",
            new { fingerprint }
        );

    /// <summary>The license that holds for a tenant: of those that are not revoked the one that lasts longest. Null: it has none.</summary>
    public static Task<License?> OfTenant(Session session, string tenantId) =>
        session.House.First<License>(
            $"SELECT {Columns} FROM licenses WHERE tenant = @tenantId AND revoked_at IS NULL ORDER BY expires_at DESC, id DESC LIMIT 1",
            new { tenantId }
        );

    /// <summary>Newest first, and one more than the page holds.</summary>
    /// <param name="tenantId">Of this tenant alone; null: all.</param>
    public static Task<IReadOnlyList<License>> List(Session session, string? tenantId, Page page) =>
        session.House.Query<License>(
            $"""
            SELECT {Columns} FROM licenses
            WHERE (@all = 1 OR tenant = @tenantId) AND (@any = 1 OR id < @cursor)
            ORDER BY id DESC LIMIT @limit
            """,
            new
            {
                all = tenantId is null ? 1L : 0L,
                tenantId = tenantId ?? "",
                any = page.Cursor is null ? 1L : 0L,
                cursor = page.Cursor ?? "",
                limit = (long)page.Limit + 1,
            }
        );

    /// <summary>False when there is a license with this key already.</summary>
    public static async Task<bool> Insert(Session session, License license) =>
        await session.House.Execute(
            $"""
            INSERT INTO licenses ({Columns})
            VALUES (@Id, @Purpose, @Tenant, @Organization, @Tier, @Form, @Issuer, @Fingerprint, @Masked, @MaxNodes, @Features, @RateLimit,
                    @IssuedAt, @ExpiresAt, @RenewedFrom, @RenewedTo, @RevokedAt, @LeakedAt)
            ON CONFLICT (fingerprint) DO NOTHING
            """,
            license
        ) == 1;

    /// <summary>False when it has a successor, or is revoked.</summary>
    public static async Task<bool> Succeed(Session session, string id, string successor) =>
        await session.House.Execute(
            "UPDATE licenses SET renewed_to = @successor WHERE id = @id AND renewed_to IS NULL AND revoked_at IS NULL",
            new { id, successor }
        ) == 1;

    /// <summary>Its key was found in public and opens no door from now on; false when that was so already, or it is revoked.</summary>
    public static async Task<bool> ShutOut(Session session, string id, long now) =>
        await session.House.Execute(
            "UPDATE licenses SET leaked_at = @now WHERE id = @id AND leaked_at IS NULL AND revoked_at IS NULL",
            new { id, now }
        ) == 1;

    /// <summary>False when it is revoked already.</summary>
    public static async Task<bool> Revoke(Session session, string id, long now) =>
        await session.House.Execute(
            "UPDATE licenses SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL",
            new { id, now }
        ) == 1;
}
