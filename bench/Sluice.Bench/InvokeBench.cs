namespace Sluice.Bench;

/// <summary>A call that waits for its run: our flows, the same with steps that do nothing, and what a user would pick instead.</summary>
internal static class InvokeBench
{
    private const int Many = 64;
    private const string Embedded = "Sluice, embedded store";
    private const string Shared = "Sluice, PostgreSQL";

    private sealed record Load(string Name, string Steps, Wrk Wrk);

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var house = await BenchHouse.Start(place);
        var postgres = await place.Postgres();
        await using var shared = await BenchHouse.Start(place, await postgres.NewDatabase("runs"));
        var tenant = await Prepare(house);
        var sharedTenant = await Prepare(shared);
        List<Load> loads =
        [
            .. await Ours(place, tenant, Embedded),
            .. await Ours(place, sharedTenant, Shared),
        ];
        await using var peers = new RunningPeers();
        if (!options.Alone)
            loads.AddRange(
                from peer in await peers.Start(place)
                where peer.Path != "ten"
                select new Load(peer.Name, peer.Path, peer.Wrk)
            );
        var rows = loads
            .SelectMany(load => new[] { (Load: load, Clients: 1), (Load: load, Clients: Many) })
            .Where(row => Name(row.Load, row.Clients).Contains(options.Only))
            .ToList();
        var windows = await Rounds.Run(
            [.. rows.Select(row => (row.Load.Wrk, row.Clients))],
            options,
            warmSeconds: 1
        );
        var table = new Table("p50 to the no-op run's (target)");
        for (var i = 0; i < rows.Count; i++)
        {
            var (load, clients) = rows[i];
            var noOp = rows.FindIndex(row =>
                row.Load.Name == load.Name && row.Load.Steps == "no-op" && row.Clients == clients
            );
            var toNoOp =
                noOp < 0 ? "not measured" : $"{windows[i].P50Ms / windows[noOp].P50Ms:0.00}";
            table.Add(Name(load, clients), windows[i], Judge(load, clients, toNoOp));
        }
        await Check(table, tenant, "embedded store");
        await Check(table, sharedTenant, "PostgreSQL");
        table.Note(
            "Each call waits for its run. `one`: a Python node that reads a secret; `three`: that node and two more in a row; `no-op`: the run of `one` with its step answered in process. "
                + "Sluice: API key checked, input and output checked, fsync on, sandboxed warm workers (64 at most, 16 a tenant, each replaced after a minute, or when it holds much). The peers' steps are functions in the server's own process, without a key, a sandbox or a secret store."
        );
        return table;
    }

    private static string Name(Load load, int clients) =>
        $"{load.Name}, {load.Steps}, {clients} client{(clients == 1 ? "" : "s")}";

    private static string Judge(Load load, int clients, string toNoOp) =>
        (load.Name, load.Steps, clients) switch
        {
            (Embedded or Shared, "one", 1) => $"{toNoOp} (≤ 2)",
            (Embedded, "one", Many) => "(≥ 3,000 per s)",
            _ => "",
        };

    private static async Task<BenchTenant> Prepare(BenchHouse house)
    {
        var tenant = await house.NewTenant("bench");
        await tenant.Push();
        return tenant;
    }

    private static async Task<IReadOnlyList<Load>> Ours(
        BenchPlace place,
        BenchTenant tenant,
        string name
    )
    {
        var key = await tenant.NewKey("runs:write");
        var url = tenant.House.Url + "/invocations/v1/flows/invoke";
        var loads = new List<Load>();
        foreach (
            var (steps, flow, nodes) in new (string, string, string[])[]
            {
                ("no-op", HouseChild.NoOp, ["Sign"]),
                ("one", "one", ["Sign"]),
                ("three", "three", ["Sign", "Mark", "Mark"]),
            }
        )
        {
            var graph = await tenant.Chain(flow, nodes);
            await tenant.Invoke(graph);
            loads.Add(
                new Load(
                    name,
                    steps,
                    new Wrk(
                        place,
                        tenant.House.Pid,
                        url,
                        "POST",
                        [key],
                        BenchTenant.Invocation(graph)
                    )
                )
            );
        }
        return loads;
    }

    // A failed run is answered with 200, which wrk takes for good.
    private static async Task Check(Table table, BenchTenant tenant, string store)
    {
        var (all, failed) = await tenant.Runs();
        table.Note($"{store}: {all:N0} runs on record, {failed:N0} of them failed.");
    }
}
