using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Profiles;

/// <summary>The member that calls, by a session or by a key of its own.</summary>
internal static class ShowProfile
{
    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        TimeProvider clock
    )
    {
        if (caller.OwnerKind != OwnerKinds.Member)
            return IdentityRefusals.MembersOnly;
        var member = await database.Read(
            session => OwnerStore.FindMember(session, caller.TenantId, caller.OwnerId),
            context.RequestAborted
        );
        return member is { RemovedAt: null }
            ? TypedResults.Json(
                ProfileShown.Of(member, clock.GetUtcNow()),
                ProfileJson.Default.ProfileShown
            )
            : IdentityRefusals.MemberNotFound;
    }
}
