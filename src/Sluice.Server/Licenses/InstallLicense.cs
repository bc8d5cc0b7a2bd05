using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>
/// Installs the license of this house, for all servers of its store; a renewal is always accepted. Servers read it again within a minute,
/// the one that was asked at once.
/// </summary>
internal static class InstallLicense
{
    internal sealed record Request
    {
        /// <summary>The text of the license key.</summary>
        public string? Key { get; init; }

        /// <summary>
        /// Says that the clock is right now and had been ahead: licenses go by it again, in the place of the latest time on record.
        /// </summary>
        public bool ResetClock { get; init; }

        // The key must not reach a log by way of a record's printer.
        public override string ToString() => "Request";
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        LicenseSources sources,
        LicenseReader reader,
        LicenseClock clock,
        HouseLicense house
    )
    {
        var body = await Body.Read(context, LicenseJson.Default.InstallLicenseRequest);
        if (body.Refused)
            return body.Refusal;
        if (sources.IsSetOutside)
            return LicenseRefusals.SetOutside;
        var refused = await house.Change(
            async session =>
            {
                if (body.Value.ResetClock)
                    await clock.Reset(session);
                var read = await reader.ReadInstall(session, body.Value.Key?.Trim() ?? "");
                if (read.Refused)
                    return read.Refusal;
                if (LicenseStanding.Of(read.Value, clock.Now).RefusesChanges)
                    return LicenseRefusals.NotAccepted.With(
                        $"Invalid license key: it ended on {LicenseStanding.Day(read.Value.ExpiresAt)}; contact whoever sold it for a renewal."
                    );
                await LicenseSources.Install(session, body.Value.Key!.Trim());
                await Audit.Record(
                    session,
                    origin,
                    LicenseFacts.Installed(read.Value, body.Value.ResetClock)
                );
                return null;
            },
            context.RequestAborted
        );
        if (refused is not null)
            return refused;
        return ShowLicense.House(house, clock);
    }
}
