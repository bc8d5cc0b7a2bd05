using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Removes a webhook of the ledger with its secret; a message that is under way may still arrive.</summary>
internal static partial class RemoveStream
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        ILogger<AuditStream> log
    )
    {
        var removed = await database.Write(
            async session =>
            {
                if (await StreamStore.Find(session, caller.TenantId, id) is not { } stream)
                    return false;
                var place = StreamPost.PlaceOf(caller.TenantId, id);
                var ended = await vault.EndAll(
                    session,
                    caller.TenantId,
                    place.Environment,
                    place.Holder
                );
                await StreamStore.Delete(session, caller.TenantId, id);
                await Audit.Record(session, origin, [.. ended, StreamFacts.Removed(stream)]);
                return true;
            },
            context.RequestAborted
        );
        if (!removed)
            return StreamRefusals.NotFound;
        LogRemoved(log, id, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1715,
        LogLevel.Information,
        "Webhook {StreamId} of the ledger of tenant {TenantId} removed"
    )]
    private static partial void LogRemoved(ILogger log, string streamId, string tenantId);
}
