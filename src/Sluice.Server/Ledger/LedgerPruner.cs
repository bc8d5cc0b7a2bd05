using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>
/// Removes entries whose time is over, always from the beginning. A signed anchor stands for them, so that the rest still verifies, and an
/// entry tells that it was done. Off unless the operator says how long entries are kept.
/// </summary>
internal sealed partial class LedgerPruner(
    Database database,
    LedgerSigner signer,
    TimeProvider clock,
    IOptions<LedgerOptions> options,
    ILogger<LedgerPruner> log
)
{
    private const int Shortest = 7;
    private const int Longest = 36_500;

    /// <summary>Goes through all ledgers once; returns how many entries were removed.</summary>
    public async Task<long> Round(CancellationToken stop)
    {
        if (options.Value.RetentionDays <= 0)
            return 0;
        var days = Math.Clamp(options.Value.RetentionDays, Shortest, Longest);
        var before = clock.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds();
        var removed = 0L;
        foreach (var chain in await database.Read(s => PruneStore.Older(s, before), stop))
        {
            var count = await database.Write(session => Prune(session, chain, before), stop);
            if (count > 0)
                LogPruned(log, count, chain, days);
            removed += count;
        }
        return removed;
    }

    private async Task<long> Prune(Session session, string chain, long before)
    {
        // Nobody else adds or removes meanwhile.
        await LedgerStore.TakeHead(session, chain);
        if (await PruneStore.LastOver(session, chain, before) is not { } last)
            return 0;
        var anchor = Checkpoint.Sign(
            signer.Key,
            chain,
            last.Seq,
            Convert.ToHexStringLower(last.Hash),
            clock.GetUtcNow(),
            anchor: true
        );
        var count = await PruneStore.Remove(session, chain, last.Seq);
        await CheckpointStore.Insert(session, anchor);
        await Audit.Append(
            session,
            [
                LedgerEntry.Of(
                    Origin.OfServer(clock),
                    new Fact("audit.prune", "ledger", chain)
                    {
                        ["through"] = last.Seq.ToString(),
                        ["count"] = count.ToString(),
                    },
                    chain
                ),
            ]
        );
        return count;
    }

    [LoggerMessage(
        1703,
        LogLevel.Information,
        "{Count} entries of the ledger {Chain} were older than {Days} days and are removed"
    )]
    private static partial void LogPruned(ILogger log, long count, string chain, int days);
}

/// <summary>SQL that finds and removes entries whose time is over.</summary>
internal static class PruneStore
{
    /// <summary>Ledgers whose first entry is older.</summary>
    public static Task<IReadOnlyList<string>> Older(Session session, long before) =>
        session
            .Across("retention is the house's, for the ledgers of all tenants")
            .Query<string>(
                """
                SELECT l.tenant_id FROM ledger l JOIN (SELECT tenant_id, MIN(seq) AS seq FROM ledger GROUP BY tenant_id) f
                ON f.tenant_id = l.tenant_id AND f.seq = l.seq WHERE l.at < @before ORDER BY l.tenant_id
                """,
                new { before }
            );

    /// <summary>The last entry such that it and all before it are older; null when there is none.</summary>
    public static Task<Head?> LastOver(Session session, string chain, long before) =>
        session
            .Of(chain)
            .First<Head>(
                """
                SELECT seq, hash FROM ledger WHERE tenant_id = @tenant AND seq <
                COALESCE((SELECT MIN(seq) FROM ledger WHERE tenant_id = @tenant AND at >= @before), 9007199254740991)
                ORDER BY seq DESC LIMIT 1
                """,
                new { before }
            );

    /// <summary>Removes all entries up to a number, and the checkpoints before it; returns how many entries.</summary>
    public static async Task<int> Remove(Session session, string chain, long last)
    {
        await session
            .Of(chain)
            .Execute(
                "DELETE FROM ledger_checkpoints WHERE tenant_id = @tenant AND seq <= @last",
                new { last }
            );
        return await session
            .Of(chain)
            .Execute("DELETE FROM ledger WHERE tenant_id = @tenant AND seq <= @last", new { last });
    }
}
