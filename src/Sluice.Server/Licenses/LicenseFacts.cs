using Sluice.Server.Ledger;

namespace Sluice.Server.Licenses;

/// <summary>What the ledger remembers of licenses: masks and terms, never a text.</summary>
internal static class LicenseFacts
{
    private const string Kind = "license";

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
