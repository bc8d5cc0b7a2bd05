using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity;
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
        services.AddSingleton<AdminKey>();
        services.AddSingleton<KeyLookup>();
        services.AddSingleton<KeyMeter>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyMeter>());
        services.AddSingleton<ImportedKeys>();
        services.AddSingleton<ImportKeys>();
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<VerifyKey>();
        return services;
    }

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/keys", CreateKey.Handle)
            .WithName("createKey")
            .Does("Make a key; its text is in this answer and never again")
            .Takes(KeyJson.Default.CreateKeyRequest)
            .Gives(KeyJson.Default.KeyShown, 201)
            .Refuses(
                KeyRefusals.WiderThanCaller,
                KeyRefusals.ScopesNeeded,
                KeyRefusals.ShapeDisabled,
                KeyRefusals.OthersKeys,
                IdentityRefusals.ServiceAccountNotFound
            );
        app.MapPost("/api/v1/keys/import", ImportKeys.Handle)
            .WithName("importKeys")
            .Does("Bring keys of another system along by the SHA-256 of their texts: all or none")
            .Takes(KeyJson.Default.ImportKeysRequest)
            .Gives(KeyJson.Default.ImportKeysResponse, 201)
            .Refuses(
                KeyRefusals.WiderThanCaller,
                KeyRefusals.KnownAlready,
                KeyRefusals.NotImportable,
                KeyRefusals.RateLimited
            );
        app.MapGet("/api/v1/keys", ListKeys.Handle)
            .WithName("listKeys")
            .Does("List keys, newest first: masks, never texts")
            .Pages()
            .Gives(KeyJson.Default.ListKeysResponse);
        app.MapGet("/api/v1/keys/{id}", FindKey.Handle)
            .WithName("getKey")
            .Does("Show a key: its mask, what it is bound to, and its last use")
            .Gives(KeyJson.Default.KeyShown)
            .Refuses(KeyRefusals.NotFound);
        app.MapPatch("/api/v1/keys/{id}", UpdateKey.Handle)
            .WithName("updateKey")
            .Does("Change a key's name, end, addresses, limits or metadata, from its next use on")
            .Takes(KeyJson.Default.UpdateKeyRequest)
            .Gives(KeyJson.Default.KeyShown)
            .Refuses(KeyRefusals.NotFound, KeyRefusals.NotActive, KeyRefusals.WiderThanCaller);
        app.MapPost("/api/v1/keys/{id}/rotate", RotateKey.Handle)
            .WithName("rotateKey")
            .Does(
                "Make a key's successor with the same settings; both work until the overlap is over"
            )
            .Takes(KeyJson.Default.RotateKeyRequest)
            .Gives(KeyJson.Default.KeyShown, 201)
            .Refuses(
                KeyRefusals.NotFound,
                KeyRefusals.NotActive,
                KeyRefusals.RotatedAlready,
                KeyRefusals.WiderThanCaller,
                KeyRefusals.ShapeDisabled
            );
        app.MapGet("/api/v1/keys/{id}/usage", ShowKeyUsage.Handle)
            .WithName("showKeyUsage")
            .Does("Show a key's calls and refusals day by day")
            .Query("days", "1 to 365; 30 when absent", "integer")
            .Gives(KeyJson.Default.ShowKeyUsageResponse)
            .Refuses(KeyRefusals.NotFound);
        app.MapPost("/api/v1/keys/verify", VerifyKey.Handle)
            .WithName("verifyKey")
            .Does("Check a key of this tenant for another service; it counts as a use")
            .WithMetadata(new AsksAboutKey(AsksAboutKey.InJson))
            .Takes(KeyJson.Default.VerifyKeyRequest)
            .Gives(KeyJson.Default.VerifyKeyResponse);
        app.MapPost("/api/v1/keys/introspect", IntrospectKey.Handle)
            .WithName("introspectKey")
            .Does("Check a key of this tenant by token introspection (RFC 7662)")
            .WithMetadata(new AsksAboutKey(AsksAboutKey.InForm))
            .TakesBytes(
                "application/x-www-form-urlencoded",
                "token: the text to check; token_type_hint is not looked at"
            )
            .Gives(KeyJson.Default.IntrospectKeyResponse)
            .Refuses(KeyRefusals.FormNeeded);
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
        app.MapPost("/api/v1/admin/organizations/{org}/client-credentials", OldCredentials.Import)
            .WithName("importClientCredential")
            .Does("Bring a client id with its secret along, for callers that have not moved yet")
            .Takes(KeyJson.Default.OldCredentialsRequest)
            .Gives(KeyJson.Default.KeyShown, 201)
            .Refuses(
                KeyRefusals.OrganizationNotFound,
                KeyRefusals.ShapeDisabled,
                KeyRefusals.PairKnown
            );
        app.MapGet("/api/v1/admin/old-credentials", OldCredentials.List)
            .WithName("listOldCredentials")
            .Does("List who still uses old credentials, and how much")
            .Gives(KeyJson.Default.OldCredentialsResponse);
        app.MapPost("/api/v1/admin/organizations/{org}/keys", CreateOrganizationKey.Handle)
            .WithName("createOrganizationKey")
            .Does("Make another key of an organisation")
            .Takes(KeyJson.Default.CreateKeyRequest)
            .Gives(KeyJson.Default.KeyShown, 201)
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
[JsonSerializable(typeof(ImportKeys.Request), TypeInfoPropertyName = "ImportKeysRequest")]
[JsonSerializable(typeof(ImportKeys.Response), TypeInfoPropertyName = "ImportKeysResponse")]
[JsonSerializable(typeof(KeyShown))]
[JsonSerializable(typeof(UpdateKey.Request), TypeInfoPropertyName = "UpdateKeyRequest")]
[JsonSerializable(typeof(RotateKey.Request), TypeInfoPropertyName = "RotateKeyRequest")]
[JsonSerializable(typeof(VerifyKey.Request), TypeInfoPropertyName = "VerifyKeyRequest")]
[JsonSerializable(typeof(VerifyKey.Response), TypeInfoPropertyName = "VerifyKeyResponse")]
[JsonSerializable(typeof(IntrospectKey.Response), TypeInfoPropertyName = "IntrospectKeyResponse")]
[JsonSerializable(typeof(ShowKeyUsage.Response), TypeInfoPropertyName = "ShowKeyUsageResponse")]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
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
[JsonSerializable(typeof(OldCredentials.Request), TypeInfoPropertyName = "OldCredentialsRequest")]
[JsonSerializable(typeof(OldCredentials.Response), TypeInfoPropertyName = "OldCredentialsResponse")]
internal sealed partial class KeyJson : JsonSerializerContext;
