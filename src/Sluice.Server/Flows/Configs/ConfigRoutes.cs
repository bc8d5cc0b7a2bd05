using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

internal static class ConfigRoutes
{
    public static void MapConfigs(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/configs", ListConfigs.Handle)
            .WithName("listConfigs")
            .Does("List configs")
            .Query("flow", "Only those of this flow, `handle/name`.")
            .Gives(ConfigJson.Default.ListConfigsResponse);
        app.MapPut("/api/v1/configs", SaveConfig.Handle)
            .WithName("saveConfig")
            .Does(
                "Make a config, or replace the timeout and parameters of the one with this flow and name"
            )
            .Takes(ConfigJson.Default.SaveConfigRequest)
            .Gives(ConfigJson.Default.ConfigShown, 201, "New")
            .Gives(ConfigJson.Default.ConfigShown, 200, "Replaced")
            .Refuses(ConfigRefusals.TooMany);
        app.MapGet("/api/v1/configs/{id}", ShowConfig.Handle)
            .WithName("showConfig")
            .Does("Show a config")
            .Gives(ConfigJson.Default.ConfigShown)
            .Refuses(ConfigRefusals.NotFound);
        app.MapDelete("/api/v1/configs/{id}", DeleteConfig.Handle)
            .WithName("deleteConfig")
            .Does("Delete a config with its overrides")
            .GivesNothing()
            .Refuses(ConfigRefusals.NotFound);
        app.MapPut("/api/v1/configs/{id}/secrets/{name}", SaveOverride.Handle)
            .WithName("saveOverride")
            .Does("Give a config a value of its own for a secret's name")
            .Takes(SecretBody.Name, SecretBody.Schema)
            .Gives(SecretJsonContext.Default.SaveSecretResponse, 201, "New")
            .Gives(SecretJsonContext.Default.SaveSecretResponse, 200, "Replaced")
            .Refuses(
                ConfigRefusals.NotFound,
                ConfigRefusals.OverrideNeedsFlow,
                SecretRefusals.Exists,
                SecretRefusals.TooLarge,
                SecretRefusals.TooMany,
                SecretRefusals.LengthRequired
            );
        app.MapDelete("/api/v1/configs/{id}/secrets/{name}", DeleteOverride.Handle)
            .WithName("deleteOverride")
            .Does("Take a config's own value away; the tenant's secret shows again")
            .GivesNothing()
            .Refuses(ConfigRefusals.NotFound, ConfigRefusals.OverrideNotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(SaveConfig.Request), TypeInfoPropertyName = "SaveConfigRequest")]
[JsonSerializable(typeof(ListConfigs.Response), TypeInfoPropertyName = "ListConfigsResponse")]
[JsonSerializable(typeof(ConfigShown))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ConfigJson : JsonSerializerContext;
