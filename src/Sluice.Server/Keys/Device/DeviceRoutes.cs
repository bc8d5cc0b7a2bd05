using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

internal static class DeviceRoutes
{
    private const string Form = "application/x-www-form-urlencoded";

    public static IServiceCollection AddDevice(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<DeviceOptions>().Bind(configuration.GetSection("Device"));
        return services
            .AddSingleton<StartDevice>()
            .AddSingleton<RedeemDevice>()
            .AddSingleton<DecideDevice>();
    }

    public static void MapDevice(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/auth/device", StartDevice.Handle)
            .WithName("startDevice")
            .Does("Ask for a key on behalf of a person who approves it elsewhere (RFC 8628)")
            .TakesBytes(
                Form,
                "client_id; scope, names with spaces between, all that the person may do when absent; environment, `live` unless `test`"
            )
            .Gives(DeviceJson.Default.StartDeviceResponse)
            .Refuses(
                DeviceRefusals.InvalidRequest,
                DeviceRefusals.InvalidClient,
                DeviceRefusals.InvalidScope,
                KeyRefusals.RateLimited
            );
        app.MapPost("/api/v1/auth/device/token", RedeemDevice.Handle)
            .WithName("redeemDevice")
            .Does("Ask whether the person has decided; the key is in the answer, once (RFC 8628)")
            .TakesBytes(
                Form,
                $"grant_type, always `{RedeemDevice.GrantType}`; device_code; client_id"
            )
            .Gives(DeviceJson.Default.RedeemDeviceResponse)
            .Refuses(
                DeviceRefusals.InvalidRequest,
                DeviceRefusals.InvalidClient,
                DeviceRefusals.UnsupportedGrant,
                DeviceRefusals.InvalidGrant,
                DeviceRefusals.Pending,
                DeviceRefusals.SlowDown,
                DeviceRefusals.AccessDenied,
                DeviceRefusals.Expired
            );
        app.MapPost("/api/v1/auth/revoke", RevokeToken.Handle)
            .WithName("revokeToken")
            .Does("Give back a key that a device login gave (RFC 7009)")
            .TakesBytes(Form, "token, the key; client_id; token_type_hint is not looked at")
            .GivesText("text/plain", "Done, or there was no such key")
            .Refuses(
                DeviceRefusals.InvalidRequest,
                DeviceRefusals.InvalidClient,
                DeviceRefusals.UnauthorizedClient
            );
        app.MapGet("/.well-known/oauth-authorization-server", AuthorizationServer.Handle)
            .WithName("getAuthorizationServer")
            .Does("Say where OAuth clients find what (RFC 8414)")
            .Gives(DeviceJson.Default.AuthorizationServerResponse);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(StartDevice.Response), TypeInfoPropertyName = "StartDeviceResponse")]
[JsonSerializable(typeof(RedeemDevice.Response), TypeInfoPropertyName = "RedeemDeviceResponse")]
[JsonSerializable(
    typeof(AuthorizationServer.Response),
    TypeInfoPropertyName = "AuthorizationServerResponse"
)]
internal sealed partial class DeviceJson : JsonSerializerContext;
