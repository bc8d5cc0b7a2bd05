using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>Removes a member; its sessions and keys fail on their very next use. What service accounts do goes on (seed 003).</summary>
internal static partial class RemoveMember
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Member> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var removed = await database.Write(
            async session =>
            {
                var found = await MemberRules.Find(session, caller, id);
                if (found.Refused)
                    return found;
                if (await MemberRules.Refuse(session, caller, found.Value, null) is { } refusal)
                    return refusal;
                await OwnerStore.RemoveMember(session, caller.TenantId, id, now);
                await SessionStore.EndAll(session, caller.TenantId, id, null, now);
                await Audit.Record(session, origin, MemberFacts.Removed(found.Value));
                return found;
            },
            context.RequestAborted
        );
        if (removed.Refused)
            return removed.Refusal;
        LogRemoved(log, id, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1126,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} removed with all keys"
    )]
    private static partial void LogRemoved(ILogger log, string memberId, string tenantId);
}
