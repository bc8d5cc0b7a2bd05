using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

internal static class SecretRoutes
{
    public static IServiceCollection AddSecrets(
        this IServiceCollection services,
        IConfiguration configuration,
        string dataFolder
    )
    {
        services.AddOptions<SecretOptions>().Bind(configuration.GetSection("Secrets"));
        services.AddSingleton(provider => new MasterKeys(
            configuration["SLUICE_MASTER_KEY"],
            configuration["SLUICE_MASTER_KEYS_OLD"],
            configuration["Secrets:MasterKeyFile"] ?? Path.Combine(dataFolder, "master.key"),
            provider.GetRequiredService<ILogger<MasterKeys>>()
        ));
        services.AddSingleton<SecretVault>();
        services.AddSingleton<PinnedSecrets>();
        services.AddSingleton<SecretForgetter>();
        services.AddSingleton<SecretRotator>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretRotator>());
        return services;
    }

    /// <summary>Reads or makes the master key; the store must be migrated.</summary>
    /// <exception cref="MasterKeyException">The keys given do not fit the store.</exception>
    public static async Task OpenSecrets(this IServiceProvider services, CancellationToken stop)
    {
        var needed = await services
            .GetRequiredService<Database>()
            .Read(DataKeyStore.MasterKeysInUse, stop);
        services.GetRequiredService<MasterKeys>().Open(needed);
    }

    public static void MapSecrets(this IEndpointRouteBuilder app)
    {
        app.MapPut("/api/v1/secrets/{name}", SaveSecret.Handle).WithName("saveSecret");
        app.MapGet("/api/v1/secrets", ListSecrets.Handle).WithName("listSecrets");
        app.MapDelete("/api/v1/secrets/{name}", DeleteSecret.Handle).WithName("deleteSecret");
        app.MapGet("/api/v1/admin/secrets/keys", ShowSecretKeys.Handle).WithName("showSecretKeys");
        app.MapPost("/api/v1/admin/secrets/keys/rotate-master", RotateMasterKey.Handle)
            .WithName("rotateMasterKey");
        app.MapPost("/api/v1/admin/secrets/keys/rotate-data", RotateDataKeys.Handle)
            .WithName("rotateDataKeys");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SaveSecret.Response), TypeInfoPropertyName = "SaveSecretResponse")]
[JsonSerializable(typeof(ListSecrets.Response), TypeInfoPropertyName = "ListSecretsResponse")]
[JsonSerializable(typeof(ShowSecretKeys.Response), TypeInfoPropertyName = "ShowSecretKeysResponse")]
internal sealed partial class SecretJsonContext : JsonSerializerContext;
