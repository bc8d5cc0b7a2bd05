using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>Removes a service account; its keys fail on their very next use. Content when it is removed already.</summary>
internal static partial class RemoveServiceAccount
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<ServiceAccount> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var removed = 0;
        var account = await database.Write(
            async session =>
            {
                var found = await OwnerStore.FindAccount(session, caller.TenantId, id);
                if (found is not null)
                    removed = await OwnerStore.RemoveAccount(session, caller.TenantId, id, now);
                if (removed == 1)
                    await Audit.Record(
                        session,
                        origin,
                        new Fact("service_account.remove", "service_account", id)
                        {
                            ["name"] = found!.Name,
                        }
                    );
                return found;
            },
            context.RequestAborted
        );
        if (account is null)
            return IdentityRefusals.ServiceAccountNotFound;
        if (removed == 1)
            LogRemoved(log, id, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1122,
        LogLevel.Information,
        "Service account {AccountId} of tenant {TenantId} removed with its keys"
    )]
    private static partial void LogRemoved(ILogger log, string accountId, string tenantId);
}
