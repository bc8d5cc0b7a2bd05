using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>Deletes a secret: the next run does not see it, a run under way still does.</summary>
internal static partial class DeleteSecret
{
    public static async Task<IResult> Handle(
        string name,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        ILogger<SecretEntry> log
    )
    {
        var place = new SecretPlace(caller.TenantId, caller.Environment, SecretPlace.Tenant, name);
        var refusal = await database.Write(
            async session =>
            {
                if (await vault.End(session, place) is not { } version)
                    return await IsElsewhere(session, place)
                        ? CommonRefusals.EnvironmentMismatch
                        : SecretRefusals.NotFound;
                await Audit.Record(session, origin, SecretFacts.Deleted(place, version));
                return null;
            },
            context.RequestAborted
        );
        if (refusal is not null)
            return refusal;
        LogDeleted(log, name, caller.TenantId, caller.Environment);
        return TypedResults.NoContent();
    }

    private static async Task<bool> IsElsewhere(Session session, SecretPlace place) =>
        await SecretStore.Find(
            session,
            place with
            {
                Environment = EnvironmentNames.Other(place.Environment),
            }
        )
            is not null;

    [LoggerMessage(
        1602,
        LogLevel.Information,
        "Secret {Name} of tenant {TenantId} ({Environment}) deleted"
    )]
    private static partial void LogDeleted(
        ILogger log,
        string name,
        string tenantId,
        string environment
    );
}
