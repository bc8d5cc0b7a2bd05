namespace Sluice.Bench;

/// <summary>What a run costs beside its nodes: steps that are answered in process, on both stores, beside what keeps as much, and what keeps nothing.</summary>
internal static class RunsBench
{
    private static readonly (string Name, int Steps)[] Lengths =
    [
        ("one", 1),
        ("three", 3),
        ("ten", 10),
    ];

    private static readonly int[] Clients = [1, 16, 64];

    private sealed record Load(string Name, string Steps, Wrk Wrk);

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var hello = await Child.Self(["child", "hello"]);
        await using var house = await BenchHouse.Start(place);
        var postgres = await place.Postgres();
        await using var shared = await BenchHouse.Start(place, await postgres.NewDatabase("runs"));
        // Of each store the other way too: payloads are sealed on PostgreSQL and not in the embedded store unless it is said.
        await using var sealing = await BenchHouse.Start(place, null, settings: Sealing("true"));
        await using var open = await BenchHouse.Start(
            place,
            await postgres.NewDatabase("runs_open"),
            settings: Sealing("false")
        );
        // And with each result on record before the next step, whoever might see it.
        await using var strict = await BenchHouse.Start(place, null, settings: Strict);
        await using var strictShared = await BenchHouse.Start(
            place,
            await postgres.NewDatabase("runs_strict"),
            settings: Strict
        );
        var embedded = await Prepare(house);
        var onPostgres = await Prepare(shared);
        var loads = new List<Load>
        {
            new("bare Kestrel", "hello", new Wrk(place, hello.Pid, hello.Url + "/", "GET", [])),
        };
        loads.AddRange(await Ours(place, embedded, Embedded, null));
        loads.AddRange(await Ours(place, onPostgres, Shared, postgres.Pid));
        loads.Add(await Three(place, await Prepare(sealing), $"{Embedded}, payloads sealed", null));
        loads.Add(
            await Three(place, await Prepare(open), $"{Shared}, payloads not sealed", postgres.Pid)
        );
        loads.Add(await Three(place, await Prepare(strict), $"{Embedded}, not ahead", null));
        loads.Add(
            await Three(place, await Prepare(strictShared), $"{Shared}, not ahead", postgres.Pid)
        );
        await using var peers = new RunningPeers();
        if (!options.Alone)
            loads.AddRange(
                (await peers.Start(place, postgres.Pid)).Select(peer => new Load(
                    peer.Name,
                    peer.Path,
                    peer.Wrk
                ))
            );
        var rows = loads
            .SelectMany(load => Clients.Select(clients => (Load: load, Clients: clients)))
            .Where(row => Name(row.Load, row.Clients).Contains(options.Only))
            .ToList();
        var windows = await Rounds.Run(
            [.. rows.Select(row => (row.Load.Wrk, row.Clients))],
            options,
            warmSeconds: 3
        );
        var table = new Table("(target)");
        for (var i = 0; i < rows.Count; i++)
            table.Add(
                Name(rows[i].Load, rows[i].Clients),
                windows[i],
                Target(rows[i].Load, rows[i].Clients)
            );
        await Check(table, embedded, Embedded);
        await Check(table, onPostgres, Shared);
        table.Note(
            "Each call waits for its run; steps are answered in process. Sluice: API key checked, payloads sealed on PostgreSQL and not in the embedded store unless a row says otherwise, input and output checked by their messages, config chosen, secrets pinned, every step on record, ahead of which a run goes where nobody can tell (`not ahead`: each step durable before the next), all durable before the answer, fsync on. "
                + "Node-RED keeps nothing. graphile-worker makes a job of each step, DBOS checkpoints each; both on the PostgreSQL that Sluice uses here. "
                + "Limits in force: bodies of at most 16 MiB, 10,000 connections, node time-out 30 s."
        );
        return table;
    }

    private const string Embedded = "Sluice, embedded store";
    private const string Shared = "Sluice, PostgreSQL";

    private static readonly string[] Strict = ["--Runs:GoAhead", "false"];

    private static string[] Sealing(string whether) => ["--Runs:EncryptPayloads", whether];

    private static string Name(Load load, int clients) =>
        $"{load.Name}, {load.Steps}, {clients} client{(clients == 1 ? "" : "s")}";

    private static string Target(Load load, int clients) =>
        (load.Name, load.Steps, clients) switch
        {
            (Embedded, "three", 1) => "(p50 ≤ 1 ms)",
            (Shared, "three", 1) => "(p50 ≤ 1.2 ms)",
            (Embedded or Shared, "three", 64) => "(≥ 8,000 per s)",
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
        string name,
        int? store
    )
    {
        var key = await tenant.NewKey("runs:write");
        var loads = new List<Load>();
        foreach (var (steps, count) in Lengths)
            loads.Add(await Row(place, tenant, name, key, steps, count, store));
        var flaky = await tenant.Chain(
            $"three-{HouseChild.Flaky}",
            "{retry: {max_attempts: 3, initial_interval_ms: 10}}",
            ["Mark", "Mark", "Mark"]
        );
        loads.Add(
            new Load(
                name,
                "three of which 1 % fail at first",
                Calls(place, tenant, key, flaky, store)
            )
        );
        return loads;
    }

    private static async Task<Load> Three(
        BenchPlace place,
        BenchTenant tenant,
        string name,
        int? store
    ) => await Row(place, tenant, name, await tenant.NewKey("runs:write"), "three", 3, store);

    private static async Task<Load> Row(
        BenchPlace place,
        BenchTenant tenant,
        string name,
        string key,
        string steps,
        int count,
        int? store
    )
    {
        var graph = await tenant.Chain(
            $"{steps}-{HouseChild.NoOp}",
            [.. Enumerable.Repeat("Mark", count)]
        );
        await tenant.Invoke(graph);
        return new Load(name, steps, Calls(place, tenant, key, graph, store));
    }

    private static Wrk Calls(
        BenchPlace place,
        BenchTenant tenant,
        string key,
        string graph,
        int? store
    ) =>
        new(
            place,
            tenant.House.Pid,
            tenant.House.Url + "/invocations/v1/flows/invoke",
            "POST",
            [key],
            BenchTenant.Invocation(graph),
            store
        );

    // A failed run is answered with 200, which wrk takes for good.
    private static async Task Check(Table table, BenchTenant tenant, string store)
    {
        var (all, failed) = await tenant.Runs();
        table.Note(
            $"{store}: {all:N0} runs on record, {failed:N0} of them failed.{(failed > 0 ? " " + await tenant.Failure() : "")}"
        );
    }
}
