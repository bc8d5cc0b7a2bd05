using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Ends the session that asks.</summary>
internal static class SignOut
{
    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SessionCookie cookie,
        TimeProvider clock
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.Write(
            async session =>
            {
                var id = caller.SessionId!;
                await SessionStore.End(session, caller.TenantId, caller.OwnerId, id, now);
                await Audit.Record(session, origin, MemberFacts.SignedOut(id));
            },
            context.RequestAborted
        );
        cookie.Clear(context.Response);
        return TypedResults.NoContent();
    }
}
