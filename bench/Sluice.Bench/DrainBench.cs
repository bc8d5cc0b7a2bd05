using System.Diagnostics;

namespace Sluice.Bench;

/// <summary>Callers who wait for their runs, while many runs that nobody waits for are drained from the queue.</summary>
internal static class DrainBench
{
    private const int Clients = 16;

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        var table = new Table("p99 to that without a queue (target)");
        await Measure(place, options, table, "embedded store", null, null);
        var postgres = await place.Postgres();
        var database = await postgres.NewDatabase("drain");
        await Measure(place, options, table, "PostgreSQL", database, postgres.Pid);
        table.Note(
            $"Runs of three no-op steps of one tenant; {Clients} callers at once, each waiting for its run. Limits in force: 64 runs at once that nobody waits for, an eighth of them while callers wait."
        );
        return table;
    }

    private static async Task Measure(
        BenchPlace place,
        BenchOptions options,
        Table table,
        string name,
        string? store,
        int? storePid
    )
    {
        await using var house = await BenchHouse.Start(place, store);
        var tenant = await house.NewTenant("bench");
        await tenant.Push();
        var served = await tenant.Chain($"served-{HouseChild.NoOp}", "Mark", "Mark", "Mark");
        var gated = await tenant.Chain($"many-{HouseChild.Gated}", "Mark", "Mark", "Mark");
        await tenant.Invoke(served);
        var load = new Wrk(
            place,
            house.Pid,
            house.Url + "/invocations/v1/flows/invoke",
            "POST",
            [await tenant.NewKey("runs:write")],
            BenchTenant.Invocation(served),
            storePid
        );
        await load.Warm(Clients, 3);
        var alone = await load.Run(Clients, options.Seconds);
        table.Add($"{name}, no queue", alone);

        await tenant.Start(gated, options.Queued);
        var from = await tenant.Waiting();
        var full = await load.Run(Clients, options.Seconds);
        table.Add($"{name}, {from:N0} wait and none is run", full, Ratio(full, alone));

        await house.Ask("/gate");
        var watch = Stopwatch.StartNew();
        var draining = await load.Run(Clients, options.Seconds);
        var left = await tenant.Waiting();
        table.Add(
            $"{name}, draining from {from:N0} to {left:N0}",
            draining,
            $"{Ratio(draining, alone)} (≤ 2)"
        );
        var drained = from - left;
        table.Note(
            $"{name}: {drained / watch.Elapsed.TotalSeconds:N0} runs a second were drained beside the callers, {await Rest(tenant, left):N0} a second without them."
        );
    }

    private static string Ratio(Window window, Window alone) =>
        $"{window.P99Ms / alone.P99Ms:0.00}";

    /// <summary>How fast the rest is drained when nobody waits; over ten seconds at most.</summary>
    private static async Task<double> Rest(BenchTenant tenant, long left)
    {
        var watch = Stopwatch.StartNew();
        var now = left;
        while (now > 0 && watch.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(100);
            now = await tenant.Waiting();
        }
        return (left - now) / watch.Elapsed.TotalSeconds;
    }
}
