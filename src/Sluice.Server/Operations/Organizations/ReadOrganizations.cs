using Sluice.Language;
using Sluice.Server.Keys;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations.Organizations;

/// <summary>The organisations of this house, newest first, and one of them.</summary>
internal static class ReadOrganizations
{
    internal sealed record Response(IReadOnlyList<OrganizationShown> Data, string? NextCursor);

    public static async Task<IResult> List(HttpContext context, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var tenants = await database.Read(
            session => TenantStore.List(session, page.Cursor, page.Limit + 1),
            context.RequestAborted
        );
        var shown = tenants
            .Take(page.Limit)
            .Select(tenant => OrganizationShown.Of(tenant))
            .ToList();
        return TypedResults.Json(
            new Response(shown, tenants.Count > page.Limit ? shown[^1].TenantId : null),
            OrganizationJson.Default.ReadOrganizationsResponse
        );
    }

    public static async Task<IResult> One(string org, Database database, CancellationToken stop) =>
        await database.Read(session => Show(session, org), stop) is { } shown
            ? TypedResults.Json(shown, OrganizationJson.Default.OrganizationShown)
            : KeyRefusals.OrganizationNotFound;

    /// <summary>Null when there is none with this handle.</summary>
    internal static async Task<OrganizationShown?> Show(Session session, string org) =>
        await TenantStore.FindByHandle(session, org) is { } tenant
            ? OrganizationShown.Of(tenant, await LicenseStore.OfTenant(session, tenant.Id))
            : null;

    /// <summary>The organisation after a change; or that there is none.</summary>
    internal static IResult Answer(
        OrganizationShown? shown,
        int status = StatusCodes.Status200OK
    ) =>
        shown is null
            ? KeyRefusals.OrganizationNotFound
            : TypedResults.Json(
                shown,
                OrganizationJson.Default.OrganizationShown,
                statusCode: status
            );
}
