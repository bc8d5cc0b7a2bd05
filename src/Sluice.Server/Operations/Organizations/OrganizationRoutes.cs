using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations.Organizations;

internal static class OrganizationRoutes
{
    private const string All = "/api/v1/admin/organizations";
    private const string One = All + "/{org}";

    public static IServiceCollection AddOrganizations(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<OrganizationOptions>()
            .Bind(configuration.GetSection("Organizations"))
            .Validate(
                organizations =>
                    organizations.DeleteAfter >= TimeSpan.FromDays(1)
                    && organizations.LookEvery > TimeSpan.Zero,
                "Organizations: DeleteAfter is a day at least, LookEvery a time."
            );
        services.AddSingleton<OrganizationEraser>();
        services.AddHostedService(provider => provider.GetRequiredService<OrganizationEraser>());
        return services;
    }

    public static void MapOrganizations(this IEndpointRouteBuilder app)
    {
        app.MapGet(All, ReadOrganizations.List)
            .WithName("listOrganizations")
            .Does("List the organisations of this server, newest first")
            .Pages()
            .Gives(OrganizationJson.Default.ReadOrganizationsResponse);
        app.MapGet(One, ReadOrganizations.One)
            .WithName("getOrganization")
            .Does("Show an organisation, how it stands, and its license")
            .Gives(OrganizationJson.Default.OrganizationShown)
            .Refuses(KeyRefusals.OrganizationNotFound);
        app.MapPatch(One, UpdateOrganization.Handle)
            .WithName("updateOrganization")
            .Does("Change an organisation's name or tier")
            .Takes(OrganizationJson.Default.UpdateOrganizationRequest)
            .Gives(OrganizationJson.Default.OrganizationShown)
            .Refuses(KeyRefusals.OrganizationNotFound);
        app.MapPost(One + "/suspend", SuspendOrganization.Handle)
            .WithName("suspendOrganization")
            .Does("Refuse every call of an organisation, with a reason; nothing of it is lost")
            .Takes(OrganizationJson.Default.SuspendOrganizationRequest)
            .Gives(OrganizationJson.Default.OrganizationShown)
            .Refuses(KeyRefusals.OrganizationNotFound);
        app.MapPost(One + "/resume", SuspendOrganization.Resume)
            .WithName("resumeOrganization")
            .Does("Let an organisation in again that is suspended, or waits to be removed")
            .Gives(OrganizationJson.Default.OrganizationShown)
            .Refuses(KeyRefusals.OrganizationNotFound);
        app.MapGet(One + "/export", ExportOrganization.Handle)
            .WithName("exportOrganization")
            .Does(
                "Export what an organisation has made and what is on record of it; no credential and no secret"
            )
            .GivesText("application/x-ndjson", "A line for each thing")
            .Refuses(KeyRefusals.OrganizationNotFound);
        app.MapDelete(One, DeleteOrganization.Handle)
            .WithName("deleteOrganization")
            .Does(
                "Suspend an organisation and remove everything of it when the waiting time is over"
            )
            .Gives(OrganizationJson.Default.OrganizationShown, 202, "It waits")
            .Refuses(KeyRefusals.OrganizationNotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(OrganizationShown))]
[JsonSerializable(
    typeof(ReadOrganizations.Response),
    TypeInfoPropertyName = "ReadOrganizationsResponse"
)]
[JsonSerializable(
    typeof(UpdateOrganization.Request),
    TypeInfoPropertyName = "UpdateOrganizationRequest"
)]
[JsonSerializable(
    typeof(SuspendOrganization.Request),
    TypeInfoPropertyName = "SuspendOrganizationRequest"
)]
internal sealed partial class OrganizationJson : JsonSerializerContext;
