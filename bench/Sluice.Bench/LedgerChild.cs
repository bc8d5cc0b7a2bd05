using System.Diagnostics;
using Sluice.Server.Ledger;
using Sluice.Server.Store;

namespace Sluice.Bench;

/// <summary>Writers of the ledger, within the house: each write is a transaction of its own, chained and durable when it is counted.</summary>
internal static class LedgerChild
{
    /// <param name="seconds">How long they write.</param>
    /// <param name="writers">How many write at once.</param>
    /// <param name="chains">Ledgers that they write to, in turn: tenants.</param>
    /// <param name="group">Entries of one write.</param>
    /// <returns>Entries a second; median and 99th percentile of a write, in milliseconds.</returns>
    public static async Task<IResult> Write(
        double seconds,
        int writers,
        int chains,
        int group,
        Database database,
        TimeProvider clock
    )
    {
        var watch = Stopwatch.StartNew();
        var until = TimeSpan.FromSeconds(seconds);
        var times = await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(writer =>
                    Task.Run(async () =>
                    {
                        var mine = new List<double>();
                        var chain = $"bench-{writer % chains}";
                        while (watch.Elapsed < until)
                        {
                            var entries = Enumerable
                                .Range(0, group)
                                .Select(_ => Entry(clock, chain))
                                .ToList();
                            var began = Stopwatch.GetTimestamp();
                            await database.Write(session => Audit.Append(session, entries));
                            mine.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        }
                        return mine;
                    })
                )
        );
        var elapsed = watch.Elapsed.TotalSeconds;
        var all = times.SelectMany(mine => mine).Order().ToList();
        return TypedResults.Text(
            $"{all.Count * group / elapsed:R} {all[all.Count / 2]:R} {all[(int)(all.Count * 0.99)]:R}"
        );
    }

    /// <summary>As a key that was made leaves it.</summary>
    private static LedgerEntry Entry(TimeProvider clock, string chain) =>
        LedgerEntry.Of(
            Origin.OfServer(clock) with
            {
                ActorId = "01J00000000000000000000000",
                ActorName = "owner@example.com",
                KeyId = "01J00000000000000000000001",
                Environment = "live",
                Address = "192.0.2.7",
                RequestId = "01J00000000000000000000002",
            },
            new Fact("key.create", "key", "01J00000000000000000000003")
            {
                ["name"] = "ci",
                ["masked"] = "slc_live…3MPI",
                ["scopes"] = "flows:write runs:write",
            },
            chain
        );
}
