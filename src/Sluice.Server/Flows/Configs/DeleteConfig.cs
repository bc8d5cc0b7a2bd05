using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

/// <summary>Deletes a config with its overrides: the next run does not see them, a run under way keeps what it has pinned.</summary>
internal static partial class DeleteConfig
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        ILogger<Config> log
    )
    {
        var refusal = await database.Write(
            async session =>
            {
                var config = await ConfigStore.Find(session, caller.TenantId, id);
                if (ShowConfig.Check(config, caller) is { } no)
                    return no;
                await ConfigStore.Delete(session, caller.TenantId, caller.Environment, id);
                var ended = await vault.EndAll(session, caller.TenantId, caller.Environment, id);
                await Audit.Record(session, origin, [.. ended, ConfigFacts.Deleted(config!)]);
                return null;
            },
            context.RequestAborted
        );
        if (refusal is not null)
            return refusal;
        LogDeleted(log, id, caller.TenantId, caller.Environment);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1652,
        LogLevel.Information,
        "Config {ConfigId} of tenant {TenantId} ({Environment}) deleted"
    )]
    private static partial void LogDeleted(
        ILogger log,
        string configId,
        string tenantId,
        string environment
    );
}
