using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>Gives every tenant a new data key and seals its values anew, behind the request; nothing stops being readable.</summary>
internal static partial class RotateDataKeys
{
    private const int Batch = 100;

    public static async Task<IResult> Handle(
        MasterKeys masters,
        Origin origin,
        SecretVault vault,
        SecretRotator rotator,
        Database database,
        TimeProvider clock,
        ILogger<WrappedKey> log,
        CancellationToken stop
    )
    {
        await database.Write(
            session => Audit.Record(session, origin, RotatedFact("all tenants")),
            stop
        );
        var after = "";
        var rotated = 0;
        while (
            await database.Read(
                session => DataKeyStore.TenantsWithKeys(session, after, Batch),
                stop
            )
                is { Count: > 0 } tenants
        )
        {
            await database.Write(
                async session =>
                {
                    foreach (var tenant in tenants)
                        await Rotate(session, tenant);
                },
                stop
            );
            after = tenants[^1];
            rotated += tenants.Count;
        }
        LogRotated(log, rotated);
        rotator.Wake();
        return await ShowSecretKeys.Answer(masters, database, StatusCodes.Status202Accepted, stop);

        async Task Rotate(Session session, string tenant)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await DataKeyStore.RetireCurrent(session, tenant, now);
            await vault.AddKey(session, tenant, now);
            await Audit.Append(session, [LedgerEntry.Of(origin, RotatedFact(tenant), tenant)]);
        }
    }

    private static Fact RotatedFact(string whose) => new("data_key.rotate", "data_key", whose);

    [LoggerMessage(1603, LogLevel.Information, "{Count} data keys were retired and replaced")]
    private static partial void LogRotated(ILogger log, int count);
}
