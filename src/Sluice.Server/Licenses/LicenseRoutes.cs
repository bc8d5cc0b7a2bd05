using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Seal;
using Sluice.Server.Licenses.Nodes;
using Sluice.Server.Outbound;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

internal static class LicenseRoutes
{
    public static IServiceCollection AddLicenses(
        this IServiceCollection services,
        IConfiguration configuration,
        string data
    )
    {
        services
            .AddOptions<LicenseOptions>()
            .Bind(configuration.GetSection("Licenses"))
            .Validate(
                licenses =>
                    LicenseText.IsPrefix(licenses.Prefix) && licenses.RefreshEvery > TimeSpan.Zero,
                "Licenses: Prefix is 2 to 8 of A-Z, RefreshEvery a time."
            );
        services.AddSingleton<LicenseIssuer>();
        services.AddSingleton<LicenseReader>();
        services.AddSingleton<AwsSecretsManager>();
        services.AddSingleton<LicenseSources>();
        services.AddSingleton<LicenseClock>();
        services.AddSingleton<LicenseChecks>();
        services.AddSingleton<IssueLicense>();
        services.AddSingleton<HouseLicense>();
        services.AddHostedService(provider => provider.GetRequiredService<HouseLicense>());
        services.AddSingleton(_ => new NodeIdentity(data));
        services.AddSingleton<NodeSeat>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeSeat>());
        services.AddSingleton<SharedLimits>();
        services.AddSingleton<LimitExchange>();
        services.AddHostedService(provider => provider.GetRequiredService<LimitExchange>());
        return services;
    }

    /// <summary>Reads the license of the house and takes a seat before anybody is served; whatever comes of it, the server starts.</summary>
    public static async Task OpenLicenses(this IServiceProvider services, CancellationToken stop)
    {
        await services.GetRequiredService<HouseLicense>().Refresh(stop);
        await services.GetRequiredService<NodeSeat>().Beat(stop);
    }

    public static void MapLicenses(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/license", ShowLicense.Handle)
            .WithName("getLicenseStatus")
            .Does("Show how the license stands: the tenant's own, else that of the installation")
            .Gives(LicenseJson.Default.LicenseStatus);
        app.MapGet("/api/v1/nodes", ReadNodes.List)
            .WithName("listNodes")
            .Does("List the nodes that count against the license of the installation")
            .Gives(LicenseJson.Default.ReadNodesResponse);
        app.MapGet("/api/v1/nodes/status", ReadNodes.Status)
            .WithName("getNodeStatus")
            .Does("Show how near the nodes are to the limit: OK, CAUTION, WARNING or VIOLATION")
            .Gives(LicenseJson.Default.ReadNodesStatusResponse);
        app.MapGet("/api/v1/admin/license", ShowLicense.House)
            .WithName("getInstalledLicense")
            .Does("Show how the license of the installation stands, and where it comes from")
            .Gives(LicenseJson.Default.LicenseStatus);
        app.MapPut("/api/v1/admin/license", InstallLicense.Handle)
            .WithName("installLicense")
            .Does("Install the license of the installation; a renewal is always accepted")
            .Takes(LicenseJson.Default.InstallLicenseRequest)
            .Gives(LicenseJson.Default.LicenseStatus)
            .Refuses(LicenseRefusals.NotAccepted, LicenseRefusals.SetOutside);
        app.MapPost("/api/v1/admin/licenses", IssueLicense.Handle)
            .WithName("issueLicense")
            .Does(
                "Issue a license, to a tenant or for another installation; its key is in this answer and never again"
            )
            .Takes(LicenseJson.Default.IssueLicenseRequest)
            .Gives(LicenseJson.Default.LicenseShown, 201)
            .Refuses(LicenseRefusals.NoTenant, LicenseRefusals.FeatureNotAvailable);
        app.MapGet("/api/v1/admin/licenses", ReadLicenses.List)
            .WithName("listLicenses")
            .Does("List the licenses that were issued here, newest first: masks, never texts")
            .Query("org_id", "Handle of the tenant whose licenses are listed; all when absent.")
            .Pages()
            .Gives(LicenseJson.Default.ReadLicensesResponse)
            .Refuses(LicenseRefusals.NoTenant);
        app.MapGet("/api/v1/admin/licenses/issuer", ReadLicenses.Issuer)
            .WithName("getLicenseIssuer")
            .Does("Show the public key that signed licenses of this issuer are verified with")
            .Gives(LicenseJson.Default.ReadLicensesIssuerResponse);
        app.MapGet("/api/v1/admin/licenses/{id}", ReadLicenses.One)
            .WithName("getLicense")
            .Does("Show a license that was issued here")
            .Gives(LicenseJson.Default.LicenseShown)
            .Refuses(LicenseRefusals.NotFound);
        app.MapPost("/api/v1/admin/licenses/{id}/renew", RenewLicense.Handle)
            .WithName("renewLicense")
            .Does("Issue the successor of a license; the key before works until its own end")
            .Takes(LicenseJson.Default.RenewLicenseRequest)
            .Gives(LicenseJson.Default.LicenseShown, 201)
            .Refuses(LicenseRefusals.NotFound, LicenseRefusals.NotActive);
        app.MapDelete("/api/v1/admin/licenses/{id}", RevokeLicense.Handle)
            .WithName("revokeLicense")
            .Does("Revoke a license; its key fails on its very next use")
            .GivesNothing()
            .Refuses(LicenseRefusals.NotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(LicenseStatus))]
[JsonSerializable(typeof(LicenseShown))]
[JsonSerializable(typeof(IssueLicense.Request), TypeInfoPropertyName = "IssueLicenseRequest")]
[JsonSerializable(typeof(RenewLicense.Request), TypeInfoPropertyName = "RenewLicenseRequest")]
[JsonSerializable(typeof(InstallLicense.Request), TypeInfoPropertyName = "InstallLicenseRequest")]
[JsonSerializable(typeof(ReadLicenses.Response), TypeInfoPropertyName = "ReadLicensesResponse")]
[JsonSerializable(
    typeof(ReadLicenses.IssuerResponse),
    TypeInfoPropertyName = "ReadLicensesIssuerResponse"
)]
[JsonSerializable(typeof(ReadNodes.Response), TypeInfoPropertyName = "ReadNodesResponse")]
[JsonSerializable(
    typeof(ReadNodes.StatusResponse),
    TypeInfoPropertyName = "ReadNodesStatusResponse"
)]
internal sealed partial class LicenseJson : JsonSerializerContext;
