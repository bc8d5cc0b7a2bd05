using System.Net;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>The bearer door: a key's text becomes a caller.</summary>
internal sealed class KeyDoor(KeyCheck check)
{
    /// <summary>
    /// The caller, or why not. A text that is malformed, unknown, revoked or past its end is refused in one way: telling them apart
    /// helps a thief. Who holds a good key is told what else stands against it.
    /// </summary>
    public async ValueTask<KeyOpening> Open(string text, HttpContext context) =>
        Judge(
            await check.Check(text, context.Connection.RemoteIpAddress, Ahead(context)),
            isOld: text.StartsWith("client-", StringComparison.Ordinal)
        );

    /// <summary>The key that the call asks about, to be looked up together with the caller's.</summary>
    private KeyAhead? Ahead(HttpContext context)
    {
        if (
            !check.LooksAhead
            || context.GetEndpoint()?.Metadata.GetMetadata<AsksAboutKey>() is not { } asks
        )
            return null;
        var ahead = check.Ahead(asks.Look(context.Request));
        context.Features.Set(ahead);
        return ahead;
    }

    /// <summary>The same for a client id with its secret, <c>id:secret</c>.</summary>
    public async ValueTask<KeyOpening> OpenPair(string pair, IPAddress? address) =>
        Judge(await check.CheckPair(pair, address), isOld: true);

    private static KeyOpening Judge(KeyVerdictGiven given, bool isOld)
    {
        var refusal = given.Finding switch
        {
            KeyFinding.Valid => null,
            KeyFinding.AddressNotAllowed => KeyRefusals.AddressNotAllowed,
            KeyFinding.RateLimited => KeyRefusals.RateLimited,
            KeyFinding.QuotaUsed => KeyRefusals.QuotaUsed,
            KeyFinding.AddressBarred => KeyRefusals.AddressBarred,
            _ => DoorRefusals.Unauthorized,
        };
        if (refusal is { Status: StatusCodes.Status429TooManyRequests })
            refusal = refusal.With(given.Limit!);
        return new KeyOpening(
            refusal is null ? CallerOf(given.Key!) : null,
            refusal,
            given,
            isOld && refusal is null
        );
    }

    private static Caller CallerOf(FoundKey key) =>
        new()
        {
            Door = Door.Key,
            TenantId = key.TenantId,
            Handle = key.Handle,
            Environment = key.Environment,
            Scopes = key.Rights,
            KeyId = key.Id,
            OwnerKind = key.OwnerKind,
            OwnerId = key.OwnerId,
            Suspended = key.Suspended,
            OwnerName = key.OwnerName,
        };
}

/// <summary>Either the caller or the refusal; what was found, for the answer's header fields, and whether it is of a kind that goes.</summary>
internal readonly record struct KeyOpening(
    Caller? Caller,
    Refusal? Refusal,
    KeyVerdictGiven Given,
    bool IsOld
);
