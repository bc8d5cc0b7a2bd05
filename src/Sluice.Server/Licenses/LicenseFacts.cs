using Sluice.Server.Ledger;

namespace Sluice.Server.Licenses;

/// <summary>What the ledger remembers of licenses: masks and terms, never a text.</summary>
internal static class LicenseFacts
{
    private const string Kind = "license";

    public const string LeakAction = "license.leak";

    public static Fact Issued(License license) => Terms("license.issue", license);

    public static Fact Renewed(License successor)
    {
        var fact = Terms("license.renew", successor);
        fact["renews"] = successor.RenewedFrom;
        return fact;
    }

    public static Fact Revoked(License license) =>
        new("license.revoke", Kind, license.Id)
        {
            TenantId = license.Tenant,
            ["masked"] = license.Masked,
            ["organization"] = license.Organization,
        };

    /// <summary>Its key was found in public; the place as the reporter wrote it.</summary>
    public static Fact Leaked(License license, string? url, string? source) =>
        new(LeakAction, Kind, license.Id)
        {
            TenantId = license.Tenant ?? Audit.House,
            ["masked"] = license.Masked,
            ["organization"] = license.Organization,
            ["url"] = url,
            ["source"] = source,
        };

    /// <inheritdoc cref="Leaked(License, string?, string?)"/>
    public static Fact Leaked(Seal.LicenseClaims claims, string? url, string? source) =>
        new(LeakAction, Kind, claims.Id)
        {
            TenantId = Audit.House,
            ["organization"] = claims.Organization,
            ["issuer"] = claims.Issuer,
            ["url"] = url,
            ["source"] = source,
        };

    public static Fact Installed(LicenseTerms terms, bool resetClock) =>
        new("license.install", Kind, terms.Id)
        {
            ["organization"] = terms.Organization,
            ["tier"] = terms.Tier,
            ["expires_at"] = Seal.LedgerTime.Write(terms.ExpiresAt),
            ["clock"] = resetClock ? "reset" : null,
        };

    private static Fact Terms(string action, License license) =>
        new(action, Kind, license.Id)
        {
            TenantId = license.Tenant,
            ["masked"] = license.Masked,
            ["organization"] = license.Organization,
            ["tier"] = license.Tier,
            ["max_nodes"] = license.MaxNodes?.ToString() ?? "any number",
            ["features"] = license.Features,
            ["expires_at"] = Seal.LedgerTime.Write(
                DateTimeOffset.FromUnixTimeMilliseconds(license.ExpiresAt)
            ),
        };
}
