using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>Whose a license key is, asked of the database on every request: a revoked one fails on its very next use, on every server.</summary>
/// <param name="License">The row.</param>
/// <param name="Handle">The tenant's.</param>
/// <param name="Standing">How it stands now.</param>
internal sealed record FoundLicense(License License, string Handle, LicenseStanding Standing)
{
    /// <summary>Why its tenant is suspended; null when it is not.</summary>
    public string? Suspended { get; init; }
}

/// <summary>What doors, and whoever asks for a license block, want to know of a license.</summary>
internal sealed class LicenseChecks(
    Database database,
    LicenseReader reader,
    LicenseClock clock,
    HouseLicense house
)
{
    /// <summary>Whether a text looks like a license key of this house at all.</summary>
    public bool HasForm(string text) => reader.FormOf(text) != Seal.LicenseForm.None;

    /// <summary>The tenant's license that a text is the key of; or the refusal, the same for all that are none.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be asked; nobody is let in.</exception>
    public async Task<Outcome<FoundLicense>> Find(string text, CancellationToken stop)
    {
        if (!HasForm(text))
            return LicenseRefusals.InvalidKey;
        var found = await database.Read(
            async session =>
            {
                if (
                    await reader.Find(session, text)
                        is not { RevokedAt: null, LeakedAt: null, Tenant: { } id } license
                    || await Tenants.TenantStore.Find(session, id) is not { } tenant
                )
                    return null;
                return new FoundLicense(
                    license,
                    tenant.Handle,
                    LicenseStanding.Of(license.Terms(), clock.Now)
                )
                {
                    Suspended = tenant.SuspendedFor,
                };
            },
            stop
        );
        return found is null ? LicenseRefusals.ValidationFailed : found;
    }

    /// <summary>
    /// Whether a tenant's change is refused for a license that has ended: that of the house, or its own. What only takes away, and runs,
    /// is never asked about.
    /// </summary>
    public async Task<Refusal?> RefuseChange(string tenantId, CancellationToken stop)
    {
        if (house.Standing is { RefusesChanges: true } standing)
            return LicenseRefusals.Expired.With(
                $"{standing.Reason} Contact whoever sold the license for a renewal; the operator installs it with `sluice license install`."
            );
        var own = await database.Read(session => LicenseStore.OfTenant(session, tenantId), stop);
        return
            own is not null
            && LicenseStanding.Of(own.Terms(), clock.Now) is { RefusesChanges: true } ended
            ? LicenseRefusals.Expired.With(
                $"{ended.Reason} Contact the operator of this server for a renewal of your license ({own.Masked})."
            )
            : null;
    }
}
