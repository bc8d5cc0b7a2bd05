namespace Sluice.Bench;

/// <summary>A call that waits for its run: our flows, the same with steps that do nothing, and what a user would pick instead.</summary>
internal static class InvokeBench
{
    private const int Many = 64;

    private sealed record Load(string Name, string Steps, Wrk Wrk);

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var house = await BenchHouse.Start(place);
        var postgres = await place.Postgres();
        await using var shared = await BenchHouse.Start(place, await postgres.NewDatabase("runs"));
        await using var nodeRed = await Peers.NodeRed(place);
        await using var graphile = await Peers.OnPostgres(place, "graphile-worker");
        await using var dbos = await Peers.OnPostgres(place, "dbos");
        var tenant = await Prepare(house);
        var sharedTenant = await Prepare(shared);
        List<Load> loads =
        [
            .. await Ours(place, tenant, "Sluice, embedded store"),
            .. await Ours(place, sharedTenant, "Sluice, PostgreSQL"),
        ];
        foreach (
            var (name, child) in new[]
            {
                ("Node-RED, keeps nothing", nodeRed),
                ("graphile-worker, PostgreSQL", graphile),
                ("DBOS, PostgreSQL", dbos),
            }
        )
        {
            foreach (var path in (string[])["one", "three"])
                loads.Add(
                    new Load(
                        name,
                        path,
                        new Wrk(place, child.Pid, $"{child.Url}/{path}", "POST", [], Peers.Body)
                    )
                );
        }
        var windows = await Rounds.Run(
            [.. loads.SelectMany(load => new[] { (load.Wrk, 1), (load.Wrk, Many) })],
            options,
            warmSeconds: 1
        );
        var table = new Table("p50 to the no-op run's (target)");
        for (var i = 0; i < loads.Count; i++)
        {
            foreach (var many in (bool[])[false, true])
            {
                var window = windows[(2 * i) + (many ? 1 : 0)];
                table.Add(
                    $"{loads[i].Name}, {loads[i].Steps}, {(many ? Many : 1)} client{(many ? "s" : "")}",
                    window,
                    Judge(i, many, loads[i], windows)
                );
            }
        }
        await Check(table, tenant, "embedded store");
        await Check(table, sharedTenant, "PostgreSQL");
        table.Note(
            "Each call waits for its run. `one`: a Python node that reads a secret; `three`: that node and two more in a row; `no-op`: the run of `one` with its step answered in process. "
                + "Sluice: API key checked, input and output checked, fsync on, sandboxed warm workers (64 at most, 16 a tenant, each replaced after a minute, or when it holds much). The peers' steps are functions in the server's own process, without a key, a sandbox or a secret store."
        );
        return table;
    }

    private static string Judge(int i, bool many, Load load, IReadOnlyList<Window> windows)
    {
        // Of each store the no-op comes first, then one, then three.
        if (load.Steps != "one" || !load.Name.StartsWith("Sluice", StringComparison.Ordinal))
            return "";
        if (many)
            return load.Name.EndsWith("embedded store", StringComparison.Ordinal)
                ? "(≥ 3,000 per s)"
                : "";
        return $"{windows[2 * i].P50Ms / windows[2 * (i - 1)].P50Ms:0.00} (≤ 2)";
    }

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
