using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations;

/// <summary>What listens where, and which doors it leads to: of the server that is asked.</summary>
internal static class ReadListeners
{
    internal sealed record Response(IReadOnlyList<Shown> Data);

    internal sealed record Shown
    {
        public required string Name { get; init; }

        /// <summary>Where it listens, with the port that the system gave.</summary>
        public required string Url { get; init; }

        /// <summary><c>none</c> or <c>require</c>.</summary>
        public required string ClientCertificates { get; init; }

        /// <summary>Who alone may come; empty: everyone whose certificate is good.</summary>
        public required IReadOnlyList<string> ClientNames { get; init; }

        /// <summary>End of the certificate that it shows; absent over plain HTTP.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public required DateTimeOffset? CertificateExpiresAt { get; init; }

        /// <summary>Families of routes that are served there.</summary>
        public required IReadOnlyList<string> Doors { get; init; }

        /// <summary>Families that are not found there.</summary>
        public required IReadOnlyList<string> ClosedDoors { get; init; }
    }

    public static void MapListeners(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/admin/listeners", Handle)
            .WithName("listListeners")
            .Does("Say where this server listens, and which doors it leads to there")
            .Gives(ListenersJson.Default.Response);

    private static IResult Handle(OpenListeners listeners) =>
        TypedResults.Json(new Response(listeners.Show()), ListenersJson.Default.Response);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadListeners.Response))]
internal sealed partial class ListenersJson : JsonSerializerContext;
