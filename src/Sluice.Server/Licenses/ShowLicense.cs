using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>How the license stands that holds for a tenant: its own, else that of the house.</summary>
internal static class ShowLicense
{
    public static async Task<IResult> Handle(
        Caller caller,
        Database database,
        HouseLicense house,
        LicenseClock clock,
        CancellationToken stop
    )
    {
        var own = await database.Read(
            session => LicenseStore.OfTenant(session, caller.TenantId),
            stop
        );
        return own is null
            ? House(house, clock)
            : TypedResults.Json(
                LicenseStatus.Of(LicenseStanding.Of(own.Terms(), clock.Now), "tenant", clock),
                LicenseJson.Default.LicenseStatus
            );
    }

    /// <summary>That of the house.</summary>
    public static IResult House(HouseLicense house, LicenseClock clock) =>
        TypedResults.Json(
            LicenseStatus.Of(house.Standing, house.Source, clock),
            LicenseJson.Default.LicenseStatus
        );
}
