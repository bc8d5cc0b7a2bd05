using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

internal static class StreamRoutes
{
    public static IServiceCollection AddWebhooks(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<StreamOptions>()
            .Bind(configuration.GetSection("AuditStreams"))
            .Validate(
                streams =>
                    streams.Every > TimeSpan.Zero
                    && streams.FirstPause > TimeSpan.Zero
                    && streams.LongestPause >= streams.FirstPause
                    && streams.DisableAfter > TimeSpan.Zero,
                "AuditStreams: Every, FirstPause, LongestPause and DisableAfter are times, and the longest pause is no shorter than the first."
            )
            .ValidateOnStart();
        services.AddSingleton<StreamPost>();
        services.AddSingleton<StreamBell>();
        services.AddHostedService<StreamCourier>();
        return services;
    }

    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        const string path = "/api/v1/audit/streams";
        app.MapPost(path, CreateStream.Handle)
            .WithName("createAuditStream")
            .Does("Send this tenant's ledger to a webhook; the secret that signs is shown once")
            .Takes(StreamJson.Default.CreateStreamRequest)
            .Gives(StreamJson.Default.StreamShown, 201)
            .Refuses(StreamRefusals.TooMany);
        app.MapGet(path, ReadStreams.List)
            .WithName("listAuditStreams")
            .Does("List the webhooks that the ledger is sent to, and how each stands")
            .Gives(StreamJson.Default.ReadStreamsResponse);
        app.MapGet(path + "/{id}", ReadStreams.Get)
            .WithName("getAuditStream")
            .Does("Show a webhook that the ledger is sent to, and how it stands")
            .Gives(StreamJson.Default.StreamShown)
            .Refuses(StreamRefusals.NotFound);
        app.MapPatch(path + "/{id}", UpdateStream.Handle)
            .WithName("updateAuditStream")
            .Does("Change where a webhook leads, what is sent, or whether it is on")
            .Takes(StreamJson.Default.UpdateStreamRequest)
            .Gives(StreamJson.Default.StreamShown)
            .Refuses(StreamRefusals.NotFound);
        app.MapDelete(path + "/{id}", RemoveStream.Handle)
            .WithName("removeAuditStream")
            .Does("Send the ledger to a webhook no more")
            .GivesNothing()
            .Refuses(StreamRefusals.NotFound);
        app.MapPost(path + "/{id}/test", TestStream.Handle)
            .WithName("testAuditStream")
            .Does("Send a webhook one message that says nothing but that it arrived")
            .Gives(StreamJson.Default.TestStreamResponse)
            .Refuses(StreamRefusals.NotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 16
)]
[JsonSerializable(typeof(CreateStream.Request), TypeInfoPropertyName = "CreateStreamRequest")]
[JsonSerializable(typeof(UpdateStream.Request), TypeInfoPropertyName = "UpdateStreamRequest")]
[JsonSerializable(typeof(ReadStreams.Response), TypeInfoPropertyName = "ReadStreamsResponse")]
[JsonSerializable(typeof(TestStream.Response), TypeInfoPropertyName = "TestStreamResponse")]
[JsonSerializable(typeof(StreamShown))]
internal sealed partial class StreamJson : JsonSerializerContext;
