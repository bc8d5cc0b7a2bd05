using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Ends one of the person's own sessions, or all but the one that asks; refused from their very next use on.</summary>
internal static partial class EndSession
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<MemberSession> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var ended = await database.Write(
            async session =>
            {
                var count = await SessionStore.End(
                    session,
                    caller.TenantId,
                    caller.OwnerId,
                    id,
                    now
                );
                if (count > 0)
                    await Audit.Record(session, origin, MemberFacts.SignedOut(id));
                return count;
            },
            context.RequestAborted
        );
        if (ended == 0)
            return IdentityRefusals.SessionNotFound;
        LogEnded(log, ended, caller.OwnerId, caller.TenantId);
        return TypedResults.NoContent();
    }

    public static async Task<IResult> HandleOthers(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<MemberSession> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var ended = await database.Write(
            async session =>
            {
                var count = await SessionStore.EndAll(
                    session,
                    caller.TenantId,
                    caller.OwnerId,
                    caller.SessionId,
                    now
                );
                await Audit.Record(session, origin, MemberFacts.OthersEnded(count));
                return count;
            },
            context.RequestAborted
        );
        LogEnded(log, ended, caller.OwnerId, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1132,
        LogLevel.Information,
        "{Sessions} sessions of member {MemberId} of tenant {TenantId} ended"
    )]
    private static partial void LogEnded(
        ILogger log,
        int sessions,
        string memberId,
        string tenantId
    );
}
