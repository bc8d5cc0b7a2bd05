using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Lets another service ask whether a key that it was shown is one of this tenant, and what it may do. The check is the
/// door's own, limits and metering included; a key of another tenant is as unknown as any text.
/// </summary>
internal sealed class VerifyKey(KeyCheck check)
{
    private const int LongestText = 1024;
    private const string Unknown = "unknown";

    internal sealed record Request
    {
        /// <summary>The text that was presented.</summary>
        public string? Key { get; init; }

        /// <summary>Scopes that it must have; absent: none in particular.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

        /// <summary>The address of whoever presented it; a key that is bound to addresses is refused without one.</summary>
        public string? Address { get; init; }
    }

    internal sealed record Response
    {
        public required bool Valid { get; init; }

        /// <summary>
        /// <c>valid</c>, <c>unknown</c>, <c>revoked</c>, <c>expired</c>, <c>environment_mismatch</c>, <c>address_not_allowed</c>,
        /// <c>rate_limited</c>, <c>quota_used</c> or <c>missing_scope</c>.
        /// </summary>
        public required string Code { get; init; }

        public string? KeyId { get; init; }

        public string? Environment { get; init; }

        /// <summary>What it may do now: its scopes within its owner's.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

        public KeyOwnerShown? Owner { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public IReadOnlyDictionary<string, string>? Metadata { get; init; }

        /// <summary>Calls that are left now, of the nearest limit.</summary>
        public long? Remaining { get; init; }

        /// <summary>Seconds until trying again makes sense, where a limit refused it.</summary>
        public int? RetryAfter { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Caller caller, VerifyKey act)
    {
        var body = await Body.Read(context, KeyJson.Default.VerifyKeyRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        if (body.Value.Key is not { Length: >= 1 and <= LongestText })
            mistakes.Add(
                new Mistake(
                    "key",
                    $"key is needed: the text to check, at most {LongestText} characters",
                    Where: "key"
                )
            );
        var scopes = ScopeNames.Read(body.Value.Scopes, mistakes) ?? Scopes.None;
        IPAddress? address = null;
        if (body.Value.Address is { } text && !IPAddress.TryParse(text, out address))
            mistakes.Add(new Mistake("address", "address is no IP address", Where: "address"));
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        context.Response.Headers.CacheControl = "no-store";
        var told = await act.Verify(
            caller,
            body.Value.Key!,
            scopes,
            address,
            context.Features.Get<KeyAhead>()
        );
        // Another tenant's key is read, one that never was is not.
        if (told.Code == Unknown)
            await context.Features.GetRequiredFeature<EvenAnswer>().Wait(context.RequestAborted);
        return new WholeJson<Response>(told, KeyJson.Default.VerifyKeyResponse);
    }

    public async ValueTask<Response> Verify(
        Caller caller,
        string text,
        Scopes scopes,
        IPAddress? address,
        KeyAhead? ahead
    )
    {
        var given = await check.CheckFor(caller, text, address, ahead);
        var code = given.Finding switch
        {
            KeyFinding.Valid when (scopes & ~given.Key!.Rights) != Scopes.None => "missing_scope",
            KeyFinding.Valid => "valid",
            KeyFinding.Revoked => "revoked",
            KeyFinding.Expired => "expired",
            KeyFinding.OtherEnvironment => "environment_mismatch",
            KeyFinding.AddressNotAllowed => "address_not_allowed",
            KeyFinding.RateLimited => "rate_limited",
            KeyFinding.QuotaUsed => "quota_used",
            _ => Unknown,
        };
        if (given.Key is not { } key)
            return new Response { Valid = false, Code = code };
        return new Response
        {
            Valid = code == "valid",
            Code = code,
            KeyId = key.Id,
            Environment = key.Environment,
            Scopes = ScopeNames.Names(key.Rights),
            Owner = new KeyOwnerShown(key.OwnerKind, key.OwnerId),
            ExpiresAt = key.ExpiresAt is { } end
                ? DateTimeOffset.FromUnixTimeMilliseconds(end)
                : null,
            Metadata = KeyShown.ReadMetadata(key.Metadata),
            Remaining = given.Limit?.Remaining,
            RetryAfter = given.Finding is KeyFinding.RateLimited or KeyFinding.QuotaUsed
                ? given.Limit!.Reset
                : null,
        };
    }
}
