using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

internal static class KeyRoutes
{
    public static IServiceCollection AddKeys(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<KeyOptions>().Bind(configuration.GetSection("Keys"));
        services.AddSingleton<KeyLookup>();
        services.AddSingleton<KeyUseWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUseWriter>());
        return services;
    }

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/keys", CreateKey.Handle)
            .WithName("createKey")
            .Does("Make a key; its text is in this answer and never again")
            .Takes(KeyJson.Default.CreateKeyRequest)
            .Gives(KeyJson.Default.CreateKeyResponse, 201)
            .Refuses(
                KeyRefusals.WiderThanCaller,
                KeyRefusals.ScopesNeeded,
                KeyRefusals.ShapeDisabled
            );
        app.MapGet("/api/v1/keys", ListKeys.Handle)
            .WithName("listKeys")
            .Does("List keys, newest first: masks, never texts")
            .Pages()
            .Gives(KeyJson.Default.ListKeysResponse);
        app.MapDelete("/api/v1/keys/{id}", RevokeKey.Handle)
            .WithName("revokeKey")
            .Does("Revoke a key; it fails on its very next use")
            .GivesNothing()
            .Refuses(KeyRefusals.NotFound);
        app.MapGet("/api/v1/whoami", Whoami.Handle)
            .WithName("whoami")
            .Does("Say who the presented credential is, and what it may do")
            .Gives(KeyJson.Default.WhoamiResponse);
        app.MapPost("/api/v1/admin/organizations", CreateOrganization.Handle)
            .WithName("createOrganization")
            .Does(
                "Make an organisation with its owner and its first key; repeating the call changes nothing and answers without a key"
            )
            .Takes(KeyJson.Default.CreateOrganizationRequest)
            .Gives(KeyJson.Default.CreateOrganizationResponse, 201, "Made")
            .Gives(KeyJson.Default.CreateOrganizationResponse, 200, "It was there already");
        app.MapPost("/api/v1/admin/organizations/{org}/keys", CreateOrganizationKey.Handle)
            .WithName("createOrganizationKey")
            .Does("Make another key of an organisation")
            .Takes(KeyJson.Default.CreateKeyRequest)
            .Gives(KeyJson.Default.CreateKeyResponse, 201)
            .Refuses(
                KeyRefusals.OrganizationNotFound,
                KeyRefusals.ScopesNeeded,
                KeyRefusals.ShapeDisabled
            );
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(CreateKey.Request), TypeInfoPropertyName = "CreateKeyRequest")]
[JsonSerializable(typeof(CreateKey.Response), TypeInfoPropertyName = "CreateKeyResponse")]
[JsonSerializable(typeof(ListKeys.Response), TypeInfoPropertyName = "ListKeysResponse")]
[JsonSerializable(typeof(Whoami.Response), TypeInfoPropertyName = "WhoamiResponse")]
[JsonSerializable(
    typeof(CreateOrganization.Request),
    TypeInfoPropertyName = "CreateOrganizationRequest"
)]
[JsonSerializable(
    typeof(CreateOrganization.Response),
    TypeInfoPropertyName = "CreateOrganizationResponse"
)]
internal sealed partial class KeyJson : JsonSerializerContext;
