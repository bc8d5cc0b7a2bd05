using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>Ends a license: its key opens no door from its very next use on, on every server.</summary>
internal static class RevokeLicense
{
    public static async Task<IResult> Handle(
        string id,
        Origin origin,
        Database database,
        HouseLicense house,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var revoked = await database.Write(session => Revoke(session, origin, id, now), stop);
        if (!revoked)
            return LicenseRefusals.NotFound;
        await house.Refresh(stop);
        return TypedResults.NoContent();
    }

    private static async Task<bool> Revoke(Session session, Origin origin, string id, long now)
    {
        if (await LicenseStore.Find(session, id) is not { } license)
            return false;
        if (!await LicenseStore.Revoke(session, id, now))
            return true;
        if (license.Tenant is { } tenant)
        {
            var other = await LicenseStore.OfTenant(session, tenant);
            await TenantStore.SetTier(session, tenant, other?.Tier ?? LicenseTier.Community.Name);
        }
        await Audit.Record(session, origin, LicenseFacts.Revoked(license));
        return true;
    }
}
