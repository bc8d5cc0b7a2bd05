using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>The organisations that the person belongs to, each with what it is there; 100 at most.</summary>
internal static class ListOrganizations
{
    internal sealed record Organization
    {
        /// <summary>The organisation's handle.</summary>
        public required string OrgId { get; init; }

        public required string Name { get; init; }

        /// <summary>What the person is there: <c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
        public required string Role { get; init; }

        /// <summary>Whether it is the one of the session that asks.</summary>
        public required bool Current { get; init; }

        /// <summary>Whether the operator has suspended it, so that nobody works there.</summary>
        public required bool Suspended { get; init; }
    }

    internal sealed record Response(IReadOnlyList<Organization> Data);

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var email = context.Features.Get<FoundSession>()!.Email;
        var found = await database.Read(
            session => OwnerStore.Memberships(session, email),
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new Response([
                .. found
                    .OrderBy(each => each.Handle, StringComparer.Ordinal)
                    .Select(each => new Organization
                    {
                        OrgId = each.Handle,
                        Name = each.Name,
                        Role = each.Role,
                        Current = each.TenantId == caller.TenantId,
                        Suspended = each.SuspendedFor is not null,
                    }),
            ]),
            SessionJson.Default.ListOrganizationsResponse
        );
    }
}
