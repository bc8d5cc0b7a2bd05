using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>Which run starts when: places, lanes, priorities, tenants in turn, and limits.</summary>
public abstract partial class QueueTests
{
    private protected abstract Task<string?> Store();

    private protected async Task<RunGround> Open(params string[] args) =>
        await RunGround.Open(await Store(), args: args);

    [Fact]
    public async Task Runs_beyond_the_places_wait_in_the_store_and_all_are_run()
    {
        await using var ground = await Open("--Runs:MaxBackground", "2");
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
            ids.Add(await bench.Start(graph));
        await gate.Entered();
        await gate.Entered();
        Assert.Equal(
            ["queued", "queued", "queued", "queued", "running", "running"],
            (await Task.WhenAll(ids.Select(bench.Get))).Select(RunBench.Status).Order()
        );
        var queue = await TestHouse.Json(await bench.Tenant.Get("/api/v1/runs/queue"));
        Assert.Equal(4, queue.GetProperty("depth").GetInt64());
        Assert.True(queue.GetProperty("oldest_ms").GetInt64() >= 0);
        for (var i = 0; i < 6; i++)
        {
            if (i >= 2)
                await gate.Entered();
            gate.Release();
        }
        foreach (var id in ids)
            await bench.Until(id, "succeeded");
        Assert.Equal(6, gate.Calls);
    }

    [Fact]
    public async Task Callers_who_wait_go_first_then_the_highest_priority_then_the_oldest()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var first = await bench.Start(await bench.Row("first", "Gate"));
        await gate.Entered();
        var row = await bench.Row("row", "A");
        var order = new List<string>();
        bench.Nodes["A"] = (call, _) =>
        {
            lock (order)
                order.Add(call.ExecutionId);
            return Task.FromResult(PlayedNodes.Trail(call));
        };
        var low = await bench.Start(row, more: ",\"priority\":1");
        var normal = await bench.Start(row);
        var high = await bench.Start(row, more: ",\"priority\":9");
        var later = await bench.Start(row);
        var waiting = bench.Invoke(row, more: ",\"priority\":0");
        await Depth(bench, 5);
        gate.Release();
        var interactive = (await waiting).GetProperty("execution_id").GetString()!;
        foreach (var id in (string[])[first, low, normal, high, later])
            await bench.Until(id, "succeeded");
        Assert.Equal([interactive, high, normal, later, low], order);
    }

    [Fact]
    public async Task Tenants_take_turns_so_that_one_with_many_runs_holds_nobody_up()
    {
        await using var ground = await Open("--Runs:MaxBackground", "1");
        RunBench[] benches =
        [
            await ground.NewBench(),
            await ground.NewBench(),
            await ground.NewBench(),
        ];
        var busy = benches[1];
        var gate = busy.Nodes.Gate("Gate");
        var ids = new List<(RunBench, string)>
        {
            (busy, await busy.Start(await busy.Row("first", "Gate"))),
        };
        await gate.Entered();
        var order = new List<string>();
        foreach (var bench in benches)
        {
            bench.Nodes["A"] = (call, _) =>
            {
                lock (order)
                    order.Add(bench == busy ? "busy" : "calm");
                return Task.FromResult(PlayedNodes.Trail(call));
            };
            var row = await bench.Row("row", "A");
            for (var i = 0; i < (bench == busy ? 20 : 2); i++)
                ids.Add((bench, await bench.Start(row)));
        }
        gate.Release();
        foreach (var (bench, id) in ids)
            await bench.Until(id, "succeeded");
        // Two rounds of three tenants, and one run that may have been in the way.
        Assert.True(order.LastIndexOf("calm") < 7, string.Join(' ', order));
    }

    [Fact]
    public async Task A_run_that_waits_can_be_cancelled_and_its_caller_is_told()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        await bench.Start(graph);
        await gate.Entered();
        var quiet = await bench.Start(graph);
        Assert.Equal("cancelled", RunBench.Status(await bench.Post(quiet, "cancel")));
        var called = bench.Invoke(graph);
        await Depth(bench, 1);
        var waiting = (await TestHouse.Json(await bench.Tenant.Get("/api/v1/runs?status=queued")))
            .GetProperty("data")[0]
            .GetProperty("id")
            .GetString()!;
        await bench.Post(waiting, "cancel");
        Assert.Equal("cancelled", RunBench.Status(await called));
        Assert.Equal(1, gate.Calls);
    }

    [Fact]
    public async Task The_deadline_of_a_run_holds_while_it_waits_for_its_turn()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        await bench.Start(graph);
        await gate.Entered();
        var quiet = await bench.Start(graph, more: ",\"timeout_ms\":1");
        var late = await bench.Invoke(graph, more: ",\"timeout_ms\":1");
        Assert.Equal("run_deadline", late.GetProperty("code").GetString());
        Assert.Equal("run_deadline", RunBench.Code(await bench.Until(quiet, "failed")));
        Assert.Equal(1, gate.Calls);
    }

    [Fact]
    public async Task A_run_can_be_paused_before_its_turn_comes()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var first = await bench.Start(graph);
        await gate.Entered();
        var second = await bench.Start(graph);
        Assert.Equal("queued", RunBench.Status(await bench.Post(second, "pause")));
        gate.Release();
        await bench.Until(first, "succeeded");
        await bench.Until(second, "paused");
        await bench.Post(second, "resume");
        await gate.Entered();
        gate.Release();
        await bench.Until(second, "succeeded");
    }

    /// <summary>Waits until so many runs wait.</summary>
    private protected static async Task Depth(RunBench bench, long depth)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var queue = await TestHouse.Json(await bench.Tenant.Get("/api/v1/runs/queue"));
            if (queue.GetProperty("depth").GetInt64() == depth)
                return;
            Assert.False(patience.IsCancellationRequested, $"not {depth}: {queue}");
        }
    }
}

public sealed class QueueTestsOnSqlite : QueueTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class QueueTestsOnPostgres : QueueTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();

    [Fact]
    public async Task A_limit_is_exact_across_servers()
    {
        var store = await Store();
        await using var one = await RunGround.Open(store);
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(one.House.Data, "master.key"), Path.Combine(folder, "master.key"));
        await using var two = await RunGround.Open(store, folder);
        var here = await one.NewBench();
        var there = two.Adopt(here);
        using var saved = await here.Tenant.Put(
            "/api/v1/configs",
            $$$"""{"flow":"{{{here.Tenant.Handle}}}/row","concurrency":{"limit":3}}"""
        );
        var (now, most) = (0, 0);
        here.Nodes["A"] = async (call, _) =>
        {
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return PlayedNodes.Trail(call);
        };
        var graph = await here.Row("row", "A", "B", "A");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    (i % 2 == 0 ? here : there).Invoke(
                        graph,
                        more: i % 4 < 2 ? "" : ",\"wait\":false"
                    )
                )
        );
        foreach (var answer in answers)
            await here.Until(answer.GetProperty("execution_id").GetString()!, "succeeded");
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Runs_that_waited_at_a_server_that_is_gone_are_run_by_another()
    {
        var store = await Store();
        var one = await RunGround.Open(store, args: ["--Runs:MaxActive", "1"]);
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(one.House.Data, "master.key"), Path.Combine(folder, "master.key"));
        await using var two = await RunGround.Open(store, folder, args: ["--Runs:MaxActive", "1"]);
        var here = await one.NewBench();
        var there = two.Adopt(here);
        var (gate, other) = (here.Nodes.Gate("Gate"), here.Nodes.Gate("Other"));
        var (row, rest) = (await here.Row("row", "Gate"), await here.Row("rest", "Other"));
        var first = await here.Start(row);
        await gate.Entered();
        var second = await there.Start(rest);
        await other.Entered();
        var quiet = await here.Start(row);
        var called = here.Invoke(row);
        await Depth(here, 2);
        await one.DisposeAsync();
        // Its caller is told that the server stops, or loses the connection.
        await Task.WhenAny(called);
        other.Release();
        await there.Until(second, "succeeded");
        // What was carried there, and the two that waited.
        for (var i = 0; i < 3; i++)
        {
            await gate.Entered();
            gate.Release();
        }
        await there.Until(first, "succeeded");
        await there.Until(quiet, "succeeded");
        await Depth(there, 0);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen)
            seen =
                Interlocked.CompareExchange(ref most, value, seen) is var now && now == seen
                    ? value
                    : now;
    }
}
