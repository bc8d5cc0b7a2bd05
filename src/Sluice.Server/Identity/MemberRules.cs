using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>What every act on members holds to.</summary>
internal static class MemberRules
{
    public const string OwnerRole = "owner";

    public static readonly Mistake NoRole = new(
        "role",
        "role is one of owner, admin, policy_admin, developer, viewer",
        Where: "role"
    );

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
        if (role is not null && Wider(caller, role, member.Role) is { } wider)
            return wider;
        return
            member is { Role: OwnerRole, IsActive: true }
            && role != OwnerRole
            && await OwnerStore.Owners(session, caller.TenantId) == 1
            ? IdentityRefusals.LastOwner
            : null;
    }

    /// <summary>Why somebody new may not be given a role; null when that is the caller's to give.</summary>
    public static async Task<Refusal?> RefuseRole(Session session, Caller caller, string role) =>
        role == OwnerRole && !await IsOwner(session, caller)
            ? IdentityRefusals.OwnersOnly
            : Wider(caller, role, null);

    private static Refusal? Wider(Caller caller, string role, string? before)
    {
        var added =
            ScopeNames.OfRole(role) & ~(before is null ? Scopes.None : ScopeNames.OfRole(before));
        return (added & ~caller.Scopes) is var extra and not Scopes.None
            ? IdentityRefusals.WiderThanCaller.With([
                .. ScopeNames
                    .Names(extra)
                    .Select(name => new Mistake(
                        "scope_not_held",
                        $"the role brings {name}, which is not among the caller's rights",
                        Where: "role"
                    )),
            ])
            : null;
    }

    private static async Task<bool> IsOwner(Session session, Caller caller) =>
        caller.OwnerKind == OwnerKinds.Member
        && await OwnerStore.FindMember(session, caller.TenantId, caller.OwnerId)
            is { IsActive: true, Role: OwnerRole };
}
