using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

/// <summary>Takes an override away: the next run with this config reads the tenant's secret again.</summary>
internal static partial class DeleteOverride
{
    public static async Task<IResult> Handle(
        string id,
        string name,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        ILogger<Config> log
    )
    {
        var place = new SecretPlace(caller.TenantId, caller.Environment, id, name);
        var refusal = await database.Write(
            async session =>
            {
                var config = await ConfigStore.Find(session, caller.TenantId, id);
                if (ShowConfig.Check(config, caller) is { } no)
                    return no;
                if (await vault.End(session, place) is not { } version)
                    return ConfigRefusals.OverrideNotFound;
                await Audit.Record(session, origin, SecretFacts.Deleted(place, version));
                return null;
            },
            context.RequestAborted
        );
        if (refusal is not null)
            return refusal;
        LogDeleted(log, name, id, caller.TenantId, caller.Environment);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1654,
        LogLevel.Information,
        "Override {Name} of config {ConfigId} of tenant {TenantId} ({Environment}) deleted"
    )]
    private static partial void LogDeleted(
        ILogger log,
        string name,
        string configId,
        string tenantId,
        string environment
    );
}
