using System.Net;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Token introspection (RFC 7662) of API keys, so that any OAuth resource server can ask: a form with <c>token</c>, an
/// answer with <c>active</c>. What is not active is told by that alone.
/// </summary>
internal static class IntrospectKey
{
    internal sealed record Response
    {
        public required bool Active { get; init; }

        /// <summary>Scopes with spaces between.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Scope { get; init; }

        /// <summary>Id of the key.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? ClientId { get; init; }

        /// <summary>Id of the member or service account behind it.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Sub { get; init; }

        /// <summary>The tenant's handle.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Iss { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? TokenType { get; init; }

        /// <summary>Its end, in seconds since 1970-01-01; absent: none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Exp { get; init; }

        /// <summary>When it was made, in the same unit.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Iat { get; init; }

        /// <summary><c>live</c> or <c>test</c>.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Environment { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Caller caller, KeyCheck check)
    {
        if (!context.Request.HasFormContentType)
            return KeyRefusals.FormNeeded;
        var (bytes, refusal) = await Body.ReadAll(context, Body.ManagementLimit);
        if (refusal is not null)
            return refusal;
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes.Span));
        if (!form.TryGetValue("token", out var tokens) || tokens is not [{ Length: > 0 } token])
            return CommonRefusals.InvalidInput.With([
                new Mistake("token", "token is needed, once: the text to check", Where: "token"),
            ]);
        context.Response.Headers.CacheControl = "no-store";
        // The caller speaks for whoever presented the key, whose address this call has no member for (RFC 7662, section 2.1).
        var given = await check.CheckFor(
            caller,
            token,
            address: null,
            context.Features.Get<KeyAhead>()
        );
        var told = given is { Finding: KeyFinding.Valid, Key: { } key }
            ? Show(key)
            : new Response { Active = false };
        if (!told.Active)
            await context.Features.GetRequiredFeature<EvenAnswer>().Wait(context.RequestAborted);
        return new WholeJson<Response>(told, KeyJson.Default.IntrospectKeyResponse);
    }

    private static Response Show(FoundKey key) =>
        new()
        {
            Active = true,
            Scope = string.Join(' ', ScopeNames.Names(key.Rights)),
            ClientId = key.Id,
            Sub = key.OwnerId,
            Iss = key.Handle,
            TokenType = "Bearer",
            Exp = key.ExpiresAt / 1000,
            Iat = key.CreatedAt / 1000,
            Environment = key.Environment,
        };
}
