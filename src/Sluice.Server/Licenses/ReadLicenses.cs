using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>The licenses that this house has issued: masks, never texts.</summary>
internal static class ReadLicenses
{
    internal sealed record Response(IReadOnlyList<LicenseShown> Data, string? NextCursor);

    /// <param name="IssuerId">Name of the key: the first 16 bytes of the SHA-256 of the public key, as 32 hexadecimal digits.</param>
    /// <param name="PublicKey">Base64 of its SubjectPublicKeyInfo, for <c>Licenses:Issuers</c> and <c>sluice license verify</c>.</param>
    internal sealed record IssuerResponse(string IssuerId, string PublicKey);

    public static async Task<IResult> List(HttpContext context, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var org = context.Request.Query["org_id"].ToString();
        var found = await database.Read(
            async session =>
            {
                var tenant = org.Length == 0 ? null : await TenantStore.FindByHandle(session, org);
                return org.Length > 0 && tenant is null
                    ? null
                    : await LicenseStore.List(session, tenant?.Id, page);
            },
            context.RequestAborted
        );
        if (found is null)
            return LicenseRefusals.NoTenant;
        var shown = found.Take(page.Limit).Select(LicenseShown.Of).ToList();
        return TypedResults.Json(
            new Response(shown, found.Count > page.Limit ? shown[^1].Id : null),
            LicenseJson.Default.ReadLicensesResponse
        );
    }

    public static async Task<IResult> One(string id, Database database, CancellationToken stop) =>
        await database.Read(session => LicenseStore.Find(session, id), stop) is { } license
            ? TypedResults.Json(LicenseShown.Of(license), LicenseJson.Default.LicenseShown)
            : LicenseRefusals.NotFound;

    public static IResult Issuer(LicenseIssuer issuer) =>
        TypedResults.Json(
            new IssuerResponse(
                issuer.Key.Public.Id,
                Convert.ToBase64String(issuer.Key.Public.Info)
            ),
            LicenseJson.Default.ReadLicensesIssuerResponse
        );
}
