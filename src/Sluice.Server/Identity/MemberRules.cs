using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>What every act on members holds to.</summary>
internal static class MemberRules
{
    private const string OwnerRole = "owner";

    /// <summary>The member, in a write in which nobody else changes people of the tenant.</summary>
    public static async Task<Outcome<Member>> Find(Session session, Caller caller, string id)
    {
        await OwnerStore.Lock(session, caller.TenantId);
        return
            await OwnerStore.FindMember(session, caller.TenantId, id) is { RemovedAt: null } member
            ? member
            : IdentityRefusals.MemberNotFound;
    }

    /// <summary>Why a member may not be given a role (or, for null, be removed); null when it may.</summary>
    public static async Task<Refusal?> Refuse(
        Session session,
        Caller caller,
        Member member,
        string? role
    )
    {
        if ((member.Role == OwnerRole || role == OwnerRole) && !await IsOwner(session, caller))
            return IdentityRefusals.OwnersOnly;
        // Taking rights away is free; those that are added must be the caller's own to give.
        var added = role is null
            ? Scopes.None
            : ScopeNames.OfRole(role) & ~ScopeNames.OfRole(member.Role);
        if ((added & ~caller.Scopes) is var extra and not Scopes.None)
            return IdentityRefusals.WiderThanCaller.With([
                .. ScopeNames
                    .Names(extra)
                    .Select(name => new Mistake(
                        "scope_not_held",
                        $"the role brings {name}, which is not among the caller's rights",
                        Where: "role"
                    )),
            ]);
        return
            member.Role == OwnerRole
            && role != OwnerRole
            && await OwnerStore.Owners(session, caller.TenantId) == 1
            ? IdentityRefusals.LastOwner
            : null;
    }

    private static async Task<bool> IsOwner(Session session, Caller caller) =>
        caller.OwnerKind == OwnerKinds.Member
        && await OwnerStore.FindMember(session, caller.TenantId, caller.OwnerId)
            is { RemovedAt: null, Role: OwnerRole };
}
