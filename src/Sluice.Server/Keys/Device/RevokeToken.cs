using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;

namespace Sluice.Server.Keys.Device;

/// <summary>
/// A program gives back the key that it was given here (RFC 7009). A text that is no key is answered alike; a key of another program,
/// or one that a person made, is not revoked in this way.
/// </summary>
internal static partial class RevokeToken
{
    private const int LongestText = 1024;

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        KeyLookup lookup,
        Database database,
        IOptions<DeviceOptions> options,
        TimeProvider clock,
        ILogger<DeviceGrant> log
    )
    {
        var form = await OAuthForm.Read(context);
        if (form.Refused)
            return form.Refusal;
        if (form.Value["client_id"] is not { } client || form.Value["token"] is not { } token)
            return DeviceRefusals.InvalidRequest;
        if (!options.Value.Knows(client))
            return DeviceRefusals.InvalidClient;
        if (token.Length > LongestText || await lookup.Find(KeyText.Hash(token)) is not { } key)
            return TypedResults.Ok();
        if (key.Revoked)
            return TypedResults.Ok();
        if (
            KeyShown.ReadMetadata(key.Metadata).GetValueOrDefault(RedeemDevice.ClientNote) != client
        )
            return DeviceRefusals.UnauthorizedClient;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.Write(
            async session =>
            {
                var kept = await KeyStore.Find(session, key.TenantId, key.Id);
                if (await KeyStore.Revoke(session, key.TenantId, key.Id, now) == 1)
                    await Audit.Record(
                        session,
                        origin.As(key.TenantId, key.OwnerKind, key.OwnerId, key.OwnerName ?? ""),
                        KeyFacts.Revoked(kept!)
                    );
            },
            context.RequestAborted
        );
        LogRevoked(log, key.Id, key.TenantId, client);
        return TypedResults.Ok();
    }

    [LoggerMessage(
        1154,
        LogLevel.Information,
        "Key {KeyId} of tenant {TenantId} given back by {Client}"
    )]
    private static partial void LogRevoked(
        ILogger log,
        string keyId,
        string tenantId,
        string client
    );
}
