using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>One service account.</summary>
internal static class GetServiceAccount
{
    public static async Task<IResult> Handle(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    ) =>
        await database.Read(session => OwnerStore.FindAccount(session, caller.TenantId, id), stop)
            is { RemovedAt: null } account
            ? TypedResults.Json(
                ServiceAccountShown.Of(account),
                IdentityJson.Default.ServiceAccountShown
            )
            : IdentityRefusals.ServiceAccountNotFound;
}
