using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>Shows with a first code that the authenticator has the secret; from then on signing in asks for one. Gives recovery codes.</summary>
internal static partial class ConfirmTotp
{
    internal sealed record Request
    {
        /// <summary>Six digits that the authenticator shows.</summary>
        public string? Code { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        SecondFactor second,
        SessionLookup sessions,
        Database database,
        TimeProvider clock,
        ILogger<Totp> log
    )
    {
        var body = await Body.Read(context, FactorJson.Default.ConfirmTotpRequest);
        if (body.Refused)
            return body.Refusal;
        if (body.Value.Code is not { Length: >= 1 and <= SecondFactor.LongestCode } code)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "code",
                    "code is needed: the six digits that the authenticator shows",
                    Where: "code"
                ),
            ]);
        var person = context.Features.Get<FoundSession>()!;
        var totp = await database.Read(session => TotpStore.Find(session, person.Email));
        if (totp is not { ConfirmedAt: null })
            return totp is null ? FactorRefusals.TotpOff : FactorRefusals.TotpOn;
        var codes = RecoveryCodes.Make();
        var refusal = await second.Try(
            context,
            person.Email,
            async session =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                if (
                    !await SecondFactor.IsStillIn(session, person)
                    || !await second.AcceptCode(session, totp, code)
                    || !await TotpStore.Confirm(session, person.Email, now)
                )
                    return false;
                await RecoveryCodes.Keep(session, person.Email, codes);
                await Audit.Record(session, origin, FactorFacts.TotpOn(person.Email));
                return true;
            }
        );
        if (refusal is not null)
            return refusal;
        await sessions.Renew(context, person);
        LogOn(log, person.MemberId, person.TenantId);
        return RecoveryCodes.Answer(context, codes);
    }

    [LoggerMessage(
        1150,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} signs in with codes of an authenticator from now on"
    )]
    private static partial void LogOn(ILogger log, string memberId, string tenantId);
}
