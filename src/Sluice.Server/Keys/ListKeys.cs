using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// The keys of the caller's tenant and environment, newest first; masks, never texts. Who does not manage people sees its
/// owner's own.
/// </summary>
internal static class ListKeys
{
    internal sealed record Response(IReadOnlyList<KeyShown> Data, string? NextCursor);

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var keys = await database.Read(
            session =>
                KeyStore.List(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    caller.May(Scopes.Admin) ? null : caller.OwnerId,
                    page
                ),
            context.RequestAborted
        );
        var shown = keys.Take(page.Limit).Select(KeyShown.Of).ToList();
        var response = new Response(shown, keys.Count > page.Limit ? shown[^1].Id : null);
        return TypedResults.Json(response, KeyJson.Default.ListKeysResponse);
    }
}
