using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>Takes the authenticator away, with the password and a code; signing in asks for the password alone.</summary>
internal static partial class EndTotp
{
    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        SecondFactor second,
        SessionLookup sessions,
        Database database,
        ILogger<Totp> log
    )
    {
        var body = await Body.Read(context, FactorJson.Default.Proof);
        if (body.Refused)
            return body.Refusal;
        var person = context.Features.Get<FoundSession>()!;
        if (await database.Read(session => TotpStore.Find(session, person.Email)) is null)
            return FactorRefusals.TotpOff;
        var proven = await second.Prove(context, person, body.Value);
        if (proven.Refused)
            return proven.Refusal;
        var refusal = await database.Write(
            async session =>
            {
                if (!await proven.Value.Holds(session))
                    return IdentityRefusals.WrongPassword;
                if (!await TotpStore.Forget(session, person.Email))
                    return FactorRefusals.TotpOff;
                await LoginKeys.Forget(session, person.Email);
                await SignInStepStore.Forget(session, person.Email);
                await Audit.Record(session, origin, FactorFacts.TotpOff(person.Email));
                return null;
            },
            context.RequestAborted
        );
        if (refusal is not null)
            return refusal;
        await sessions.Renew(context, person);
        LogOff(log, person.MemberId, person.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1151,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} signs in without an authenticator from now on"
    )]
    private static partial void LogOff(ILogger log, string memberId, string tenantId);
}
