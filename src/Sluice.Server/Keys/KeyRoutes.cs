using System.Text.Json;
using System.Text.Json.Serialization;

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
        app.MapPost("/api/v1/keys", CreateKey.Handle).WithName("createKey");
        app.MapGet("/api/v1/keys", ListKeys.Handle).WithName("listKeys");
        app.MapDelete("/api/v1/keys/{id}", RevokeKey.Handle).WithName("revokeKey");
        app.MapGet("/api/v1/whoami", Whoami.Handle).WithName("whoami");
        app.MapPost("/api/v1/admin/organizations", CreateOrganization.Handle)
            .WithName("createOrganization");
        app.MapPost("/api/v1/admin/organizations/{org}/keys", CreateOrganizationKey.Handle)
            .WithName("createOrganizationKey");
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
