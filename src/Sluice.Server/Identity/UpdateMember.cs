using Sluice.Language;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>
/// Gives a member another role, or lets the member rest: what is the member's follows on its very next use. Whoever rests stays a
/// member and may do nothing; its sessions are over, its keys work again when it is active again.
/// </summary>
internal static partial class UpdateMember
{
    /// <summary>Members that are absent stay as they are.</summary>
    internal sealed record Request
    {
        /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
        public string? Role { get; init; }

        /// <summary>False: it may do nothing until it is true again.</summary>
        public bool? Active { get; init; }
    }

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
        var body = await Body.Read(context, IdentityJson.Default.UpdateMemberRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = Check(body.Value);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var changed = await database.Write(
            session => Change(session, caller, origin, id, body.Value, now),
            context.RequestAborted
        );
        if (changed.Refused)
            return changed.Refusal;
        var member = changed.Value;
        LogChanged(log, id, caller.TenantId, member.Role, member.IsActive);
        return TypedResults.Json(MemberShown.Of(member), IdentityJson.Default.MemberShown);
    }

    private static async Task<Outcome<Member>> Change(
        Session session,
        Caller caller,
        Origin origin,
        string id,
        Request request,
        long now
    )
    {
        var found = await MemberRules.Find(session, caller, id);
        if (found.Refused)
            return found;
        var (before, member) = (found.Value, found.Value);
        if (request.Role is { } role)
        {
            if (await MemberRules.Refuse(session, caller, member, role) is { } refusal)
                return refusal;
            await OwnerStore.SetRole(session, caller.TenantId, id, role);
            member = member with { Role = role };
        }
        if (request.Active is { } active && active != member.IsActive)
        {
            // To wake somebody up is to give what the role brings.
            var rule = active
                ? await MemberRules.RefuseRole(session, caller, member.Role)
                : await MemberRules.Refuse(session, caller, member, null);
            if (rule is not null)
                return rule;
            member = member with { DeactivatedAt = active ? null : now };
            await OwnerStore.SetDeactivated(session, caller.TenantId, id, member.DeactivatedAt);
            if (!active)
                await SessionStore.EndAll(session, caller.TenantId, id, null, now);
        }
        await Audit.Record(session, origin, MemberFacts.Updated(before, member));
        return member;
    }

    private static List<Mistake> Check(Request request)
    {
        var mistakes = new List<Mistake>();
        if (request.Role is { } role && ScopeNames.OfRole(role) == Scopes.None)
            mistakes.Add(MemberRules.NoRole);
        if (request is { Role: null, Active: null })
            mistakes.Add(new Mistake("nothing", "name what to change: role, active or both"));
        return mistakes;
    }

    [LoggerMessage(
        1125,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} has the role {Role}, active: {Active}"
    )]
    private static partial void LogChanged(
        ILogger log,
        string memberId,
        string tenantId,
        string role,
        bool active
    );
}
