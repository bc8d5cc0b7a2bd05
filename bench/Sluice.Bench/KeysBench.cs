namespace Sluice.Bench;

/// <summary>What checking a key on every request costs, against bare Kestrel that says the same hello.</summary>
internal static class KeysBench
{
    private const int Held = 32;
    private const int InStore = 100_000;
    private const int Connections = 32;

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var hello = await Child.Self(["child", "hello"]);
        await using var embedded = await BenchHouse.Start(place);
        var postgres = await place.Postgres();
        await using var shared = await BenchHouse.Start(place, await postgres.NewDatabase("keys"));
        var embeddedKeys = await Fill(embedded);
        var sharedKeys = await Fill(shared);
        (string Name, Wrk Load)[] rows =
        [
            (
                "bare Kestrel, hello",
                new Wrk(place, hello.Pid, hello.Url + "/", "GET", embeddedKeys)
            ),
            (
                "the house's hello without a door",
                new Wrk(
                    place,
                    embedded.Pid,
                    embedded.Url + HouseChild.Open + "/hello",
                    "GET",
                    embeddedKeys
                )
            ),
            (
                "key check, embedded store",
                new Wrk(place, embedded.Pid, embedded.Url + HouseChild.Verify, "GET", embeddedKeys)
            ),
            (
                "key check, PostgreSQL, look-ups coalesced",
                new Wrk(place, shared.Pid, shared.Url + HouseChild.Verify, "GET", sharedKeys)
            ),
            (
                "PostgreSQL, a look-up each, no other check",
                new Wrk(
                    place,
                    shared.Pid,
                    shared.Url + HouseChild.Open + "/plain",
                    "GET",
                    sharedKeys
                )
            ),
        ];
        var windows = await Rounds.Run(
            [.. rows.Select(row => (row.Load, Connections))],
            options,
            warmSeconds: 2
        );
        var baseline = windows[0].PerSecond;
        var table = new Table("to bare hello (target)");
        string[] targets = ["", "", " (≥ 0.55)", " (≥ 0.50)", ""];
        for (var i = 0; i < rows.Length; i++)
            table.Add(
                rows[i].Name,
                windows[i],
                $"{windows[i].PerSecond / baseline:0.00}{targets[i]}"
            );
        await AddLookUps(
            table,
            "look-up alone, embedded, 32 at once",
            embedded,
            embeddedKeys,
            options
        );
        await AddLookUps(
            table,
            "look-up alone, PostgreSQL, coalesced, 32 at once",
            shared,
            sharedKeys,
            options
        );
        await AddLookUps(
            table,
            "look-up alone, PostgreSQL, one each, 32 at once",
            shared,
            sharedKeys,
            options,
            plain: true
        );
        table.Note(
            $"{InStore:N0} keys in each store, {Held} of them used in turn; wrk -t1 -c{Connections}; every request asks the store. "
                + "Limits in force: checksum gate, scope, environment and tenant header checks, headers of at most 32 KiB, bodies of at most 1 MiB, 10,000 connections. There is no limit of requests a second yet."
        );
        return table;
    }

    private static async Task<IReadOnlyList<string>> Fill(BenchHouse house)
    {
        var tenant = await house.NewTenant("bench");
        var keys = new List<string>();
        for (var i = 0; i < Held; i++)
            keys.Add(await tenant.NewKey("keys:read"));
        await house.Ask($"/fill/{tenant.Id}/{InStore - Held - 1}");
        return keys;
    }

    private static async Task AddLookUps(
        Table table,
        string name,
        BenchHouse house,
        IReadOnlyList<string> keys,
        BenchOptions options,
        bool plain = false
    )
    {
        var path = $"/lookups?callers={Connections}&plain={plain}&seconds=";
        await house.Ask(path + 1, string.Join('\n', keys));
        var found = new List<Window>();
        for (var round = 0; round < options.Rounds; round++)
        {
            var text = await house.Ask(path + options.Seconds, string.Join('\n', keys));
            var numbers = text.Split(' ').Select(double.Parse).ToList();
            found.Add(new Window(numbers[0], numbers[1], numbers[2], 0));
        }
        table.Add(name, Window.Median(found));
    }
}
