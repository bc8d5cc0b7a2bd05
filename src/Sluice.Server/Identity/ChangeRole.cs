using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>Gives a member another role; its keys have the new rights on their very next use.</summary>
internal static partial class ChangeRole
{
    internal sealed record Request
    {
        /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
        public string? Role { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Database database,
        ILogger<Member> log
    )
    {
        var body = await Body.Read(context, IdentityJson.Default.ChangeRoleRequest);
        if (body.Refused)
            return body.Refusal;
        if (body.Value.Role is not { } role || ScopeNames.OfRole(role) == Scopes.None)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "role",
                    "role is one of owner, admin, policy_admin, developer, viewer",
                    Where: "role"
                ),
            ]);
        var changed = await database.Write(
            async session =>
            {
                var found = await MemberRules.Find(session, caller, id);
                if (found.Refused)
                    return found.Refusal;
                if (await MemberRules.Refuse(session, caller, found.Value, role) is { } refusal)
                    return refusal;
                await OwnerStore.SetRole(session, caller.TenantId, id, role);
                return (Outcome<Member>)(found.Value with { Role = role });
            },
            context.RequestAborted
        );
        if (changed.Refused)
            return changed.Refusal;
        LogChanged(log, id, caller.TenantId, role);
        return TypedResults.Json(MemberShown.Of(changed.Value), IdentityJson.Default.MemberShown);
    }

    [LoggerMessage(
        1125,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} has the role {Role}"
    )]
    private static partial void LogChanged(
        ILogger log,
        string memberId,
        string tenantId,
        string role
    );
}
