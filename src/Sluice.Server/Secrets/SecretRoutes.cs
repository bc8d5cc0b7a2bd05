using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

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
            configuration.MasterKeyFile(dataFolder),
            provider.GetRequiredService<ILogger<MasterKeys>>()
        ));
        services.AddSingleton<SecretVault>();
        services.AddSingleton<PinnedSecrets>();
        services.AddSingleton<SecretForgetter>();
        services.AddSingleton<SecretRotator>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretRotator>());
        return services;
    }

    /// <summary>Where the master key lies, unless it comes from the environment.</summary>
    public static string MasterKeyFile(this IConfiguration configuration, string dataFolder) =>
        configuration["Secrets:MasterKeyFile"] ?? Path.Combine(dataFolder, "master.key");

    /// <summary>Reads or makes the master key, and the key that signs the ledgers; the store must be migrated.</summary>
    /// <exception cref="MasterKeyException">The keys given do not fit the store.</exception>
    public static async Task OpenSecrets(this IServiceProvider services, CancellationToken stop)
    {
        var database = services.GetRequiredService<Database>();
        var masters = services.GetRequiredService<MasterKeys>();
        masters.Open(await database.Read(DataKeyStore.MasterKeysInUse, stop));
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var log = services.GetRequiredService<ILogger<HouseKeys>>();
        services
            .GetRequiredService<LedgerSigner>()
            .Use(
                await database.Write(
                    session =>
                        HouseKeys.OfLedgers.Open(
                            session,
                            masters,
                            SigningKey.From,
                            key => key.Public,
                            now,
                            log
                        ),
                    stop
                )
            );
        services
            .GetRequiredService<LicenseIssuer>()
            .Use(
                await database.Write(
                    session =>
                        HouseKeys.OfLicenses.Open(
                            session,
                            masters,
                            IssuerKey.From,
                            key => key.Public,
                            now,
                            log
                        ),
                    stop
                )
            );
    }

    public static void MapSecrets(this IEndpointRouteBuilder app)
    {
        app.MapPut("/api/v1/secrets/{name}", SaveSecret.Handle)
            .WithName("saveSecret")
            .Does("Save a secret; replacing a value must be said")
            .Takes(SecretBody.Name, SecretBody.Schema)
            .Gives(SecretJsonContext.Default.SaveSecretResponse, 201, "New")
            .Gives(SecretJsonContext.Default.SaveSecretResponse, 200, "Replaced")
            .Refuses(
                SecretRefusals.Exists,
                SecretRefusals.TooLarge,
                SecretRefusals.TooMany,
                SecretRefusals.LengthRequired
            );
        app.MapGet("/api/v1/secrets", ListSecrets.Handle)
            .WithName("listSecrets")
            .Does("List the names of secrets; no call returns a value")
            .Gives(SecretJsonContext.Default.ListSecretsResponse);
        app.MapDelete("/api/v1/secrets/{name}", DeleteSecret.Handle)
            .WithName("deleteSecret")
            .Does("Delete a secret; it is gone for the next run")
            .GivesNothing()
            .Refuses(SecretRefusals.NotFound);
        app.MapGet("/api/v1/admin/secrets/keys", ShowSecretKeys.Handle)
            .WithName("showSecretKeys")
            .Does("Show which master key wraps, and what is left of a rotation")
            .Gives(SecretJsonContext.Default.ShowSecretKeysResponse);
        app.MapPost("/api/v1/admin/secrets/keys/rotate-master", RotateMasterKey.Handle)
            .WithName("rotateMasterKey")
            .Does("Make a new master key and wrap every data key anew, while serving")
            .Gives(SecretJsonContext.Default.ShowSecretKeysResponse, 202, "Begun")
            .Refuses(SecretRefusals.MasterKeyIsSetOutside);
        app.MapPost("/api/v1/admin/secrets/keys/rotate-data", RotateDataKeys.Handle)
            .WithName("rotateDataKeys")
            .Does("Give every tenant a new data key and seal its values anew, while serving")
            .Gives(SecretJsonContext.Default.ShowSecretKeysResponse, 202, "Begun");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SaveSecret.Response), TypeInfoPropertyName = "SaveSecretResponse")]
[JsonSerializable(typeof(ListSecrets.Response), TypeInfoPropertyName = "ListSecretsResponse")]
[JsonSerializable(typeof(ShowSecretKeys.Response), TypeInfoPropertyName = "ShowSecretKeysResponse")]
internal sealed partial class SecretJsonContext : JsonSerializerContext;
