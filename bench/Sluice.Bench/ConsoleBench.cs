using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Sluice.Bench;

/// <summary>How long each page of the console takes in a tenant that has much of everything.</summary>
internal static class ConsoleBench
{
    private const int Runs = 100_000;
    private const int Keys = 10_000;
    private const int Flows = 1_000;

    /// <summary>At most so long, 95 times of a hundred.</summary>
    private const double TargetMs = 50;

    /// <summary>Before it counts: the code is compiled, the store's pages are read.</summary>
    private const int Warm = 40;

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        var table = new Table($"p95 ms (target: ≤ {TargetMs:0})");
        await Measure(place, options, table, "embedded store", null);
        var postgres = await place.Postgres();
        await Measure(place, options, table, "PostgreSQL", await postgres.NewDatabase("console"));
        table.Note(
            $"{Runs:N0} runs over 30 days (three in a hundred failed), {Keys:N0} keys, {Flows:N0} flows with a graph each, in one tenant and environment. One member, one request at a time; from the request to the last byte of the page, over loopback and uncompressed. {Samples(options)} requests a page, after {Warm} of each."
        );
        return table;
    }

    private static int Samples(BenchOptions options) => options.Full ? 300 : 100;

    private static async Task Measure(
        BenchPlace place,
        BenchOptions options,
        Table table,
        string name,
        string? store
    )
    {
        await using var house = await BenchHouse.Start(place, store);
        var tenant = await house.NewTenant("bench");
        await tenant.Push();
        var graph = await tenant.Chain($"three-{HouseChild.NoOp}", "Mark", "Mark", "Mark");
        await tenant.Invoke(graph);
        await house.Ask($"/fill/{tenant.Id}/{Keys}");
        await house.Ask($"/grow/{tenant.Id}/0/{Runs}");
        await house.Ask($"/spread/{tenant.Id}/{Runs}/{Flows}/{Keys}");
        using var visitor = await SignIn(house, tenant);
        var paths = await Paths(house, tenant);
        // All of them first: the first page would else be measured while the code of all pages is compiled.
        foreach (var path in paths)
            for (var i = 0; i < Warm; i++)
                await Look(visitor, path.Address);
        // A window that nobody has looked at is not remembered.
        var windows = Enumerable
            .Range(0, Samples(options))
            .Select(i => $"/api/v1/usage?top=50&days={366 - i}");
        var rows = paths
            .Select(path => (path.Name, Looks: Enumerable.Repeat(path.Address, Samples(options))))
            .ToList();
        rows.Add(("usage by the API, each the first look at its window", windows));
        foreach (var path in rows)
        {
            var times = new List<double>();
            foreach (var address in path.Looks)
                times.Add(await Look(visitor, address));
            times.Sort();
            await Console.Error.WriteLineAsync(
                $"{name}, {path.Name}: {times[times.Count / 2]:0.0}"
            );
            var p95 = times[(int)(times.Count * 0.95)];
            table.Add(
                new TableRow(
                    $"{name}, {path.Name}",
                    P50: $"{times[times.Count / 2]:0.0}",
                    P99: $"{times[(int)(times.Count * 0.99)]:0.0}",
                    Ratio: $"{p95:0.0}{(p95 > TargetMs ? " MISSED" : "")}"
                )
            );
        }
    }

    /// <summary>Milliseconds to the last byte.</summary>
    private static async Task<double> Look(HttpClient visitor, string address)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await visitor.GetAsync(address);
        var page = await answer.Content.ReadAsByteArrayAsync();
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return answer.IsSuccessStatusCode && page.Length > 0
            ? took
            : throw new InvalidOperationException($"{address}: {(int)answer.StatusCode}");
    }

    /// <summary>The owner, with a password and the cookie of a session.</summary>
    private static async Task<HttpClient> SignIn(BenchHouse house, BenchTenant tenant)
    {
        using var accepted = BenchHouse.Text(
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["token"] = tenant.Invitation,
                    ["password"] = "the keeper of the sluice",
                }
            )
        );
        using var answer = await house.Client.PostAsync("/api/v1/auth/accept-invitation", accepted);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        var visitor = new HttpClient(new SocketsHttpHandler { UseCookies = false })
        {
            BaseAddress = house.Client.BaseAddress,
            Timeout = TimeSpan.FromMinutes(2),
        };
        visitor.DefaultRequestHeaders.Add(
            "Cookie",
            answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])
        );
        visitor.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return visitor;
    }

    /// <summary>Every section, and what is one of many in it.</summary>
    private static async Task<IReadOnlyList<(string Name, string Address)>> Paths(
        BenchHouse house,
        BenchTenant tenant
    )
    {
        var run = await First(house, tenant, "runs?limit=1", "id");
        var key = await First(house, tenant, "keys?limit=1", "id");
        var flow = $"{tenant.Handle}/flow-500";
        return
        [
            ("Home", "/console"),
            ("Runs", "/console/runs"),
            ("Runs that failed", "/console/runs?status=failed"),
            ("Runs that are paused (none)", "/console/runs?status=paused"),
            ("Runs of a flow", $"/console/runs?flow={flow}"),
            ("Runs of a flow that failed", $"/console/runs?flow={flow}&status=failed"),
            ("Runs of a flow that has none", $"/console/runs?flow={tenant.Handle}/nothing"),
            ("a run", $"/console/runs/{run}"),
            ("Usage", "/console/usage"),
            ("API Keys", "/console/api-keys"),
            ("an API key", $"/console/api-keys/{key}"),
            ("Flows", "/console/flows"),
            ("a flow", $"/console/flows/{flow}"),
            ("the canvas", $"/console/flows/{flow}/canvas"),
            ("what the canvas offers: flows", "/console/canvas/flows"),
            ("what the canvas offers: packages", "/console/canvas/packages"),
            ("Packages", "/console/packages"),
            ("a package", $"/console/packages/{tenant.Handle}/notes/0.1.0"),
            ("Secrets", "/console/secrets"),
            ("Flow Configs", "/console/flow-configs"),
            ("create a config", "/console/flow-configs/create"),
            ("Memory", "/console/memory"),
            ("Service accounts", "/console/service-accounts"),
            ("Members", "/console/members"),
            ("Audit log", "/console/audit"),
            ("License and nodes", "/console/license"),
            ("Settings", "/console/settings"),
            ("Sessions", "/console/sessions"),
            ("Sign-in and security", "/console/security"),
            ("Your profile", "/console/profile"),
        ];
    }

    private static async Task<string> First(
        BenchHouse house,
        BenchTenant tenant,
        string list,
        string member
    ) =>
        (await house.Send(HttpMethod.Get, $"/api/v1/{list}", null, tenant.Key))
            .GetProperty("data")[0]
            .GetProperty(member)
            .GetString()!;
}
