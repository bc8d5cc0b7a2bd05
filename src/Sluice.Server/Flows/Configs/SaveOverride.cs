using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

/// <summary>Gives a config a value of its own for a secret's name; sealed and confirmed like any secret.</summary>
internal static partial class SaveOverride
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
        if (SaveSecret.CheckName(name) is { } refusal)
            return refusal;
        var body = await SecretBody.Read(context);
        if (body.Refused)
            return body.Refusal;
        using var secret = body.Value;
        var place = new SecretPlace(caller.TenantId, caller.Environment, id, name);
        // Not cancelled by a caller who leaves: the memory must outlive the sealing.
        var saved = await database.Write<Outcome<SavedSecret>>(async session =>
        {
            var config = await ConfigStore.Find(session, caller.TenantId, id);
            if (ShowConfig.Check(config, caller) is { } no)
                return no;
            if (config!.Flow.Length == 0)
                return ConfigRefusals.OverrideNeedsFlow;
            var kept = await vault.Save(session, place, secret.Value, secret.Replace);
            if (!kept.Refused)
                await Audit.Record(session, origin, SecretFacts.Saved(place, kept.Value));
            return kept;
        });
        if (saved.Refused)
            return saved.Refusal;
        LogSaved(log, name, id, caller.TenantId, caller.Environment, saved.Value.IsNew);
        return SaveSecret.Answer(saved.Value);
    }

    [LoggerMessage(
        1653,
        LogLevel.Information,
        "Override {Name} of config {ConfigId} of tenant {TenantId} ({Environment}) saved, new: {IsNew}"
    )]
    private static partial void LogSaved(
        ILogger log,
        string name,
        string configId,
        string tenantId,
        string environment,
        bool isNew
    );
}
