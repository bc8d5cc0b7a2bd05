using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>Revokes a key: at once, for good, on every server. Content when it is revoked already.</summary>
internal static partial class RevokeKey
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Key> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var changed = 0;
        var key = await database.Write(
            async session =>
            {
                var found = await FindKey.Find(session, caller, id);
                if (found.Refused)
                    return found;
                changed = await KeyStore.Revoke(session, caller.TenantId, id, now);
                if (changed == 1)
                    await Audit.Record(session, origin, KeyFacts.Revoked(found.Value));
                return found;
            },
            context.RequestAborted
        );
        if (key.Refused)
            return key.Refusal;
        if (changed == 1)
            LogRevoked(log, id, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(1102, LogLevel.Information, "Key {KeyId} of tenant {TenantId} revoked")]
    private static partial void LogRevoked(ILogger log, string keyId, string tenantId);
}
