namespace Sluice.Bench;

/// <summary>What a run costs with many on record.</summary>
internal static class GrowthBench
{
    private static readonly int[] Clients = [1, 16];

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        var table = new Table("per s to that with the fewest (flat)");
        await Measure(place, options, table, "embedded store", null, null);
        var postgres = await place.Postgres();
        var database = await postgres.NewDatabase("growth");
        await Measure(place, options, table, "PostgreSQL", database, postgres.Pid);
        table.Note(
            "Runs of three no-op steps, each waited for; those on record before are copies of one, with their journals, of the same tenant."
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
        var graph = await tenant.Chain($"three-{HouseChild.NoOp}", "Mark", "Mark", "Mark");
        await tenant.Invoke(graph);
        var load = new Wrk(
            place,
            house.Pid,
            house.Url + "/invocations/v1/flows/invoke",
            "POST",
            [await tenant.NewKey("runs:write")],
            BenchTenant.Invocation(graph),
            storePid
        );
        var (stored, first) = (0, new Dictionary<int, Window>());
        foreach (var count in options.Stored)
        {
            await house.Ask($"/grow/{tenant.Id}/{stored}/{count}");
            stored = count;
            await load.Warm(Clients[^1], 3);
            foreach (var clients in Clients)
            {
                var windows = new List<Window>();
                for (var round = 0; round < options.Rounds; round++)
                    windows.Add(await load.Run(clients, options.Seconds));
                var window = Window.Median(windows);
                var least = first.TryGetValue(clients, out var found) ? found : window;
                first[clients] = least;
                table.Add(
                    $"{name}, {count:N0} runs on record, {clients} client{(clients == 1 ? "" : "s")}",
                    window,
                    $"{window.PerSecond / least.PerSecond:0.00}"
                );
            }
        }
    }
}
