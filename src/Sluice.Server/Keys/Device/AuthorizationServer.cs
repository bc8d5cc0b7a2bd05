using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>What this house is to OAuth clients (RFC 8414).</summary>
internal static class AuthorizationServer
{
    internal sealed record Response
    {
        public required string Issuer { get; init; }

        public required string DeviceAuthorizationEndpoint { get; init; }

        public required string TokenEndpoint { get; init; }

        public required string RevocationEndpoint { get; init; }

        public required string IntrospectionEndpoint { get; init; }

        public required IReadOnlyList<string> GrantTypesSupported { get; init; }

        /// <summary>None: there is no authorization endpoint.</summary>
        public required IReadOnlyList<string> ResponseTypesSupported { get; init; }

        public required IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; init; }

        public required IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; }

        /// <summary>With a key that has <c>keys:read</c>.</summary>
        public required IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; }

        public required IReadOnlyList<string> ScopesSupported { get; init; }

        public required string ServiceDocumentation { get; init; }
    }

    public static IResult Handle(PublicAddress address) =>
        TypedResults.Json(
            new Response
            {
                Issuer = address.Origin,
                DeviceAuthorizationEndpoint = address.At("/api/v1/auth/device"),
                TokenEndpoint = address.At("/api/v1/auth/device/token"),
                RevocationEndpoint = address.At("/api/v1/auth/revoke"),
                IntrospectionEndpoint = address.At("/api/v1/keys/introspect"),
                GrantTypesSupported = [RedeemDevice.GrantType],
                ResponseTypesSupported = [],
                TokenEndpointAuthMethodsSupported = ["none"],
                RevocationEndpointAuthMethodsSupported = ["none"],
                IntrospectionEndpointAuthMethodsSupported = ["Bearer"],
                ScopesSupported = ScopeNames.All,
                ServiceDocumentation = address.At("/docs"),
            },
            DeviceJson.Default.AuthorizationServerResponse
        );
}
