using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>The tenant's members, oldest first.</summary>
internal static class ListMembers
{
    internal sealed record Response(IReadOnlyList<MemberShown> Data, string? NextCursor);

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var members = await database.Read(
            session => OwnerStore.Members(session, caller.TenantId, page),
            context.RequestAborted
        );
        var shown = members.Take(page.Limit).Select(MemberShown.Of).ToList();
        return TypedResults.Json(
            new Response(shown, members.Count > page.Limit ? shown[^1].Id : null),
            IdentityJson.Default.ListMembersResponse
        );
    }
}
