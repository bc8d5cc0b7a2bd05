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
        var (embeddedTenant, embeddedKeys) = await Fill(embedded);
        var (sharedTenant, sharedKeys) = await Fill(shared);
        (string Name, Wrk Load, string Target)[] all =
        [
            (
                "bare Kestrel, hello",
                new Wrk(place, hello.Pid, hello.Url + "/", "GET", embeddedKeys),
                ""
            ),
            (
                "the house's hello without a door",
                new Wrk(
                    place,
                    embedded.Pid,
                    embedded.Url + HouseChild.Open + "/hello",
                    "GET",
                    embeddedKeys
                ),
                ""
            ),
            (
                "key check, embedded store",
                new Wrk(place, embedded.Pid, embedded.Url + HouseChild.Verify, "GET", embeddedKeys),
                " (≥ 0.55)"
            ),
            (
                "key check, PostgreSQL, look-ups coalesced",
                new Wrk(place, shared.Pid, shared.Url + HouseChild.Verify, "GET", sharedKeys),
                " (≥ 0.50)"
            ),
            (
                "keys/verify with everything on, embedded store",
                await Verify(place, embedded, embeddedTenant, embeddedKeys),
                " (≥ 0.45; p99 ≤ 5 ms)"
            ),
            (
                "keys/verify with everything on, PostgreSQL",
                await Verify(place, shared, sharedTenant, sharedKeys),
                " (≥ 0.45; p99 ≤ 5 ms)"
            ),
            (
                "PostgreSQL, a look-up each, no other check",
                new Wrk(
                    place,
                    shared.Pid,
                    shared.Url + HouseChild.Open + "/plain",
                    "GET",
                    sharedKeys
                ),
                ""
            ),
        ];
        var rows = all.Where((row, i) => i == 0 || row.Name.Contains(options.Only)).ToList();
        var windows = await Rounds.Run(
            [.. rows.Select(row => (row.Load, Connections))],
            options,
            warmSeconds: 2
        );
        var baseline = windows[0].PerSecond;
        var table = new Table("to bare hello (target)");
        for (var i = 0; i < rows.Count; i++)
            table.Add(
                rows[i].Name,
                windows[i],
                $"{windows[i].PerSecond / baseline:0.00}{rows[i].Target}"
            );
        if (options.Only != "")
            return table;
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
                + "Limits in force: checksum gate, scope, environment and tenant header checks, headers of at most 32 KiB, bodies of at most 1 MiB, 10,000 connections, 10,000,000 calls a second for a tenant. "
                + "keys/verify looks up two keys for each request, the caller's and the one that it was shown; that one has scopes, two address ranges, a rate of 1,000,000 a second and a daily quota of 10^12; both are metered, and nothing is written before the answer."
        );
        await AddRevocations(table, place, options, await postgres.NewDatabase("revocations"));
        return table;
    }

    /// <summary><c>POST /api/v1/keys/verify</c>, each caller with a key of its own, shown keys with everything that a key can be bound to.</summary>
    private static async Task<Wrk> Verify(
        BenchPlace place,
        BenchHouse house,
        BenchTenant tenant,
        IReadOnlyList<string> callers
    )
    {
        var bodies = new List<string>();
        foreach (var _ in callers)
            bodies.Add(Shown((await tenant.NewBoundKey()).Text));
        return new Wrk(
            place,
            house.Pid,
            house.Url + "/api/v1/keys/verify",
            "POST",
            callers,
            bodies: bodies
        );
    }

    private static string Shown(string key) =>
        $$"""{"key":"{{key}}","scopes":["runs:write"],"address":"127.0.0.1"}""";

    /// <summary>A key is good on the second server, is revoked on the first, and is shown to the second at once: how many are let in late.</summary>
    private static async Task AddRevocations(
        Table table,
        BenchPlace place,
        BenchOptions options,
        string store
    )
    {
        await using var first = await BenchHouse.Start(place, store);
        await using var second = await BenchHouse.Start(place, store);
        var tenant = await first.NewTenant("bench");
        var (late, count) = (0, options.Full ? 10_000 : 1_000);
        for (var i = 0; i < count; i++)
        {
            var (id, text) = await tenant.NewBoundKey();
            if (!await IsGood(second, tenant, text))
                throw new InvalidOperationException("a new key is not good on the second server");
            using var revoked = await first.Client.SendAsync(
                new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/keys/{id}")
                {
                    Headers = { Authorization = new("Bearer", tenant.Key) },
                }
            );
            revoked.EnsureSuccessStatusCode();
            if (await IsGood(second, tenant, text))
                late++;
        }
        table.Note(
            $"{count:N0} keys were revoked on one server, and shown to a second one on the same PostgreSQL as soon as the answer was there: {late} were taken late (target: 0)."
        );
    }

    private static async Task<bool> IsGood(BenchHouse house, BenchTenant tenant, string key)
    {
        using var body = BenchHouse.Text(Shown(key));
        var verdict = await house.Send(HttpMethod.Post, "/api/v1/keys/verify", body, tenant.Key);
        return verdict.GetProperty("valid").GetBoolean();
    }

    private static async Task<(BenchTenant Tenant, IReadOnlyList<string> Keys)> Fill(
        BenchHouse house
    )
    {
        var tenant = await house.NewTenant("bench");
        var keys = new List<string>();
        for (var i = 0; i < Held; i++)
            keys.Add(await tenant.NewKey("keys:read"));
        await house.Ask($"/fill/{tenant.Id}/{InStore - Held - 1}");
        return (tenant, keys);
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
