using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Ends the session that asks.</summary>
internal static class SignOut
{
    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        SessionCookie cookie,
        TimeProvider clock
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.Write(
            session =>
                SessionStore.End(session, caller.TenantId, caller.OwnerId, caller.SessionId!, now),
            context.RequestAborted
        );
        cookie.Clear(context.Response);
        return TypedResults.NoContent();
    }
}
