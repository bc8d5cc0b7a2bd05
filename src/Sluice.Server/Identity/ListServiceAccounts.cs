using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>The tenant's service accounts, oldest first.</summary>
internal static class ListServiceAccounts
{
    internal sealed record Response(IReadOnlyList<ServiceAccountShown> Data, string? NextCursor);

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var accounts = await database.Read(
            session => OwnerStore.Accounts(session, caller.TenantId, page),
            context.RequestAborted
        );
        var shown = accounts.Take(page.Limit).Select(ServiceAccountShown.Of).ToList();
        return TypedResults.Json(
            new Response(shown, accounts.Count > page.Limit ? shown[^1].Id : null),
            IdentityJson.Default.ListServiceAccountsResponse
        );
    }
}
