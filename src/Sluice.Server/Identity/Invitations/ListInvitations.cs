using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

/// <summary>The tenant's invitations and what became of them, newest first.</summary>
internal static class ListInvitations
{
    internal sealed record Response(IReadOnlyList<InvitationShown> Data, string? NextCursor);

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        TimeProvider clock
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var found = await database.Read(
            session => InvitationStore.List(session, caller.TenantId, page),
            context.RequestAborted
        );
        var shown = found.Take(page.Limit).Select(each => InvitationShown.Of(each, now)).ToList();
        return TypedResults.Json(
            new Response(shown, found.Count > page.Limit ? shown[^1].Id : null),
            InvitationJson.Default.ListInvitationsResponse
        );
    }
}
