using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>Removes a passkey: it opens nothing from its very next use on. Somebody who found a session open cannot do it.</summary>
internal static partial class RemovePasskey
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Origin origin,
        SecondFactor second,
        SessionLookup sessions,
        Database database,
        ILogger<Passkey> log
    )
    {
        var person = context.Features.Get<FoundSession>()!;
        if (!second.IsProven(person))
            return FactorRefusals.ProofNeeded;
        var removed = await database.Write(
            async session =>
            {
                if (!await PasskeyStore.Remove(session, person.Email, id))
                    return false;
                await Audit.Record(session, origin, PasskeyFacts.Removed(id, person.Email));
                return true;
            },
            context.RequestAborted
        );
        if (!removed)
            return PasskeyRefusals.NotFound;
        await sessions.Renew(context, person);
        LogRemoved(log, id, person.MemberId, person.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1154,
        LogLevel.Information,
        "Passkey {PasskeyId} removed by member {MemberId} of tenant {TenantId}"
    )]
    private static partial void LogRemoved(
        ILogger log,
        string passkeyId,
        string memberId,
        string tenantId
    );
}
