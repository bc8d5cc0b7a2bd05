using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>
/// Issues the successor of a license, with its settings and a new end. Always accepted, also long after the end; the key before works on
/// until its own end.
/// </summary>
internal static class RenewLicense
{
    internal sealed record Request
    {
        /// <summary>Days from now until the successor ends, 1 to 7320; 365 unless said.</summary>
        public int? Days { get; init; }

        /// <summary>When it ends, in the place of <c>days</c>.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Origin origin,
        Database database,
        IssueLicense issue,
        TimeProvider clock
    )
    {
        var body = await Body.Read(context, LicenseJson.Default.RenewLicenseRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var now = clock.GetUtcNow();
        var end = LicenseWish.ReadEnd(body.Value.Days, body.Value.ExpiresAt, now, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var made = await database.Write(
            session => Renew(session, origin, id, end, now, issue),
            context.RequestAborted
        );
        return made.Refused ? made.Refusal : IssueLicense.Answer(context, made.Value);
    }

    private static async Task<Outcome<MintedLicense>> Renew(
        Session session,
        Origin origin,
        string id,
        DateOnly end,
        DateTimeOffset now,
        IssueLicense issue
    )
    {
        if (await LicenseStore.Find(session, id) is not { } old)
            return LicenseRefusals.NotFound;
        if (old.RevokedAt is not null || old.RenewedTo is not null)
            return LicenseRefusals.NotActive;
        var wish = new LicenseWish
        {
            Tier = LicenseTier.Find(old.Tier)!,
            Form = old.Form == "signed" ? LicenseForm.Signed : LicenseForm.Short,
            MaxNodes = (int?)old.MaxNodes,
            Features = License.Words(old.Features),
            RateLimit = (int?)old.RateLimit,
            End = end,
            IssuedAt = now,
        };
        var made = await issue.Mint(session, wish, old.Tenant, old.Organization, renews: id);
        // Of two renewals at the same time one is refused, and nothing of it is kept.
        if (!await LicenseStore.Succeed(session, id, made.License.Id))
            throw new StoreUnavailableException(
                new InvalidOperationException("the license was renewed at the same time")
            );
        await Audit.Record(session, origin, LicenseFacts.Renewed(made.License));
        return made;
    }
}
