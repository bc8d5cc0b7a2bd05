using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>The person who is signed in shows once more who it is; for ten minutes ways in can be taken away.</summary>
internal static class ProveAgain
{
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
        var proven = await second.Prove(context, person, body.Value);
        if (proven.Refused)
            return proven.Refusal;
        await database.Write(
            session => Audit.Record(session, origin, MemberFacts.Proven(person.Id)),
            context.RequestAborted
        );
        return TypedResults.NoContent();
    }
}
