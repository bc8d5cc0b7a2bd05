using Sluice.Seal;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>Makes new recovery codes, shown once; the former ones open nothing any more.</summary>
internal static class RecoveryCodes
{
    /// <summary>How many there are.</summary>
    private const int Count = 10;

    internal sealed record Response
    {
        /// <summary>Each lets the person in once, in the place of a code. Never shown again.</summary>
        public required IReadOnlyList<string> RecoveryCodes { get; init; }

        public override string ToString() => "Response";
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        SecondFactor second,
        Database database
    )
    {
        var body = await Body.Read(context, FactorJson.Default.Proof);
        if (body.Refused)
            return body.Refusal;
        var person = context.Features.Get<FoundSession>()!;
        if (!await database.Read(session => SecondFactor.IsOn(session, person.Email)))
            return FactorRefusals.TotpOff;
        var proven = await second.Prove(context, person, body.Value);
        if (proven.Refused)
            return proven.Refusal;
        var codes = Make();
        var kept = await database.Write(
            async session =>
            {
                if (!await proven.Value.Holds(session))
                    return false;
                await Keep(session, person.Email, codes);
                await Audit.Record(session, origin, FactorFacts.RecoveryCodesMade(person.Email));
                return true;
            },
            context.RequestAborted
        );
        return kept ? Answer(context, codes) : IdentityRefusals.WrongPassword;
    }

    internal static IReadOnlyList<string> Make() =>
        [.. Enumerable.Range(0, Count).Select(_ => RecoveryCode.Mint())];

    internal static Task Keep(Session session, string email, IReadOnlyList<string> codes) =>
        TotpStore.SetRecoveryCodes(
            session,
            email,
            codes.Select(code => RecoveryCode.Hash(code, email)!)
        );

    internal static IResult Answer(HttpContext context, IReadOnlyList<string> codes)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new Response { RecoveryCodes = codes },
            FactorJson.Default.RecoveryCodesResponse
        );
    }
}
