using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Server.Flows.Configs;

internal static class ConfigRoutes
{
    public static void MapConfigs(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/configs", ListConfigs.Handle).WithName("listConfigs");
        app.MapPut("/api/v1/configs", SaveConfig.Handle).WithName("saveConfig");
        app.MapGet("/api/v1/configs/{id}", ShowConfig.Handle).WithName("showConfig");
        app.MapDelete("/api/v1/configs/{id}", DeleteConfig.Handle).WithName("deleteConfig");
        app.MapPut("/api/v1/configs/{id}/secrets/{name}", SaveOverride.Handle)
            .WithName("saveOverride");
        app.MapDelete("/api/v1/configs/{id}/secrets/{name}", DeleteOverride.Handle)
            .WithName("deleteOverride");
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
