using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;

namespace Sluice.Server.Keys.Leaks;

/// <summary>
/// License keys in both forms. The text opens no door any more; what was bought stays bought, since a finder's luck must not take a tenant's
/// tier away. A license for a whole house opens no door anyhow, and is put on record alone: a signature cannot be called back.
/// </summary>
internal sealed class LicenseLeaks(
    Database database,
    LicenseReader reader,
    LicenseIssuer issuer,
    TimeProvider clock
) : ILeakKind
{
    public async Task<IReadOnlyList<Leak>> Take(IReadOnlyList<ReportedText> texts, Origin origin)
    {
        var leaks = new List<Leak>();
        foreach (var text in texts.Where(text => reader.FormOf(text.Text) != LicenseForm.None))
        {
            if (await database.Write(session => Take(session, text, origin)) is { } leak)
                leaks.Add(leak);
        }
        return leaks;
    }

    private async Task<Leak?> Take(Session session, ReportedText text, Origin origin)
    {
        if (await reader.Find(session, text.Text) is not { } license)
            return await TakeForeign(session, text, origin);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var isNew = await LicenseStore.ShutOut(session, license.Id, now);
        if (isNew)
            await Audit.Record(
                session,
                origin,
                LicenseFacts.Leaked(license, text.Url, text.Source)
            );
        return new Leak
        {
            Text = text,
            TenantId = license.Tenant,
            Handle = license.Organization,
            Kind = "A license key",
            Which = $"{license.Tier} ({license.Masked}), id {license.Id}",
            IsEnded = license.Tenant is not null,
            Advice =
                "It opens no door any more; what was bought stays in force. Ask the operator of this server to renew it, and use the key of that.",
            IsNew = isNew,
        };
    }

    /// <summary>One that another issuer signed, whose word counts here.</summary>
    private async Task<Leak?> TakeForeign(Session session, ReportedText text, Origin origin)
    {
        var (verdict, claims) = SignedLicense.Read(text.Text, issuer.Trusted);
        if (verdict != LicenseVerdict.Genuine)
            return null;
        var isNew = !await LedgerStore.Holds(
            session,
            Audit.House,
            LicenseFacts.LeakAction,
            claims!.Id
        );
        if (isNew)
            await Audit.Record(session, origin, LicenseFacts.Leaked(claims, text.Url, text.Source));
        return new Leak
        {
            Text = text,
            Kind = "A license key",
            Which = $"{claims.Tier}, id {claims.Id}",
            IsEnded = false,
            Advice = "Tell whoever issued it.",
            IsNew = isNew,
        };
    }
}
