using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

// Limits of runs at once, and what is done with those beyond.
public abstract partial class QueueTests
{
    [Theory]
    [InlineData("row")]
    [InlineData(null)]
    public async Task A_limit_lets_as_many_run_and_the_others_wait(string? flow)
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, flow, "\"concurrency\":{\"limit\":2}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add(await bench.Start(graph));
        var waiting = bench.Invoke(graph);
        await Depth(bench, 4);
        for (var i = 0; i < 6; i++)
        {
            await gate.Entered();
            gate.Release();
        }
        Assert.Equal("succeeded", RunBench.Status(await waiting));
        foreach (var id in ids)
            await bench.Until(id, "succeeded");
    }

    [Fact]
    public async Task The_policy_drop_refuses_and_the_policy_replace_cancels_the_oldest()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "drop", "\"concurrency\":{\"limit\":1,\"policy\":\"drop\"}");
        await Limit(bench, "replace", "\"concurrency\":{\"limit\":1,\"policy\":\"replace\"}");
        var gate = bench.Nodes.Gate("Gate");
        var dropping = await bench.Row("drop", "Gate");
        var one = await bench.Start(dropping);
        await gate.Entered();
        using (
            var refused = await bench.Tenant.Post(
                "/invocations/v1/flows/invoke",
                $$"""{"graph_id":"{{dropping}}"}"""
            )
        )
        {
            Assert.Equal(429, (int)refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal(
                "concurrency_limit",
                (await TestHouse.Json(refused)).GetProperty("code").GetString()
            );
        }
        gate.Release();
        await bench.Until(one, "succeeded");

        var replacing = await bench.Row("replace", "Gate");
        var old = await bench.Start(replacing);
        await gate.Entered();
        var young = await bench.Start(replacing);
        await bench.Until(old, "cancelled");
        await gate.Entered();
        gate.Release();
        await bench.Until(young, "succeeded");
    }

    [Fact]
    public async Task A_limit_for_each_key_counts_the_keys_apart()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency_per_key\":{\"limit\":1,\"policy\":\"drop\"}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var one = await bench.Start(graph);
        await gate.Entered();
        Assert.Equal(
            "concurrency_limit",
            (await bench.Invoke(graph)).GetProperty("code").GetString()
        );
        var other = new RunBench(
            bench.Tenant with
            {
                Key = (await bench.Tenant.MintKey()).Text,
            },
            bench.Nodes
        );
        var two = await other.Start(graph);
        await gate.Entered();
        gate.Release();
        gate.Release();
        await bench.Until(one, "succeeded");
        await bench.Until(two, "succeeded");
    }

    [Fact]
    public async Task Runs_under_no_limit_do_not_wait_behind_those_that_a_limit_keeps()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var ids = new[] { await bench.Start(graph), await bench.Start(graph) };
        await gate.Entered();
        await Depth(bench, 1);
        var free = await bench.Start(await bench.Row("free", "A"));
        Assert.Equal("succeeded", RunBench.Status(await bench.Until(free, "succeeded")));
        await Depth(bench, 1);
        gate.Release();
        await gate.Entered();
        gate.Release();
        foreach (var id in ids)
            await bench.Until(id, "succeeded");
    }

    [Fact]
    public async Task Priority_holds_between_runs_under_limits_and_others()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        await Limit(bench, "limited", "\"concurrency\":{\"limit\":1}");
        var gate = bench.Nodes.Gate("Gate");
        await bench.Start(await bench.Row("first", "Gate"));
        await gate.Entered();
        var order = new List<string>();
        bench.Nodes["A"] = (call, _) =>
        {
            lock (order)
                order.Add(call.ExecutionId);
            return Task.FromResult(PlayedNodes.Trail(call));
        };
        var (limited, plain) = (await bench.Row("limited", "A"), await bench.Row("plain", "A"));
        var ids = new Dictionary<int, string>();
        foreach (var priority in (int[])[5, 7, 3, 9])
            ids[priority] = await bench.Start(
                priority % 4 == 1 ? limited : plain,
                more: $",\"priority\":{priority}"
            );
        gate.Release();
        foreach (var id in ids.Values)
            await bench.Until(id, "succeeded");
        Assert.Equal([ids[9], ids[7], ids[5], ids[3]], order);
    }

    [Fact]
    public async Task A_run_that_replaces_takes_the_turn_of_one_that_waits_and_of_one_that_is_paused()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1,\"policy\":\"replace\"}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "A", "Gate");
        var paused = await bench.Start(graph, more: ",\"debug\":{\"pause_at_start\":true}");
        Assert.Equal("paused", RunBench.Status(await bench.Get(paused)));
        var running = await bench.Start(graph);
        await bench.Until(paused, "cancelled");
        await gate.Entered();

        // A node that takes its time to end keeps the next one waiting.
        var slow = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        bench.Nodes["A"] = async (call, _) =>
        {
            entered.TrySetResult();
            await slow.Task;
            return PlayedNodes.Trail(call);
        };
        var stubborn = await bench.Start(graph);
        await bench.Until(running, "cancelled");
        await entered.Task;
        var waiting = await bench.Start(graph);
        Assert.Equal("queued", RunBench.Status(await bench.Get(waiting)));
        var last = await bench.Start(graph);
        Assert.Equal("cancelled", RunBench.Status(await bench.Get(waiting)));
        slow.SetResult();
        await bench.Until(stubborn, "cancelled");
        await gate.Entered();
        gate.Release();
        await bench.Until(last, "succeeded");
    }

    [Fact]
    public async Task The_policy_drop_counts_those_that_wait_for_a_place()
    {
        await using var ground = await Open("--Runs:MaxActive", "1");
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1,\"policy\":\"drop\"}");
        var gate = bench.Nodes.Gate("Gate");
        await bench.Start(await bench.Row("first", "Gate"));
        await gate.Entered();
        var graph = await bench.Row("row", "A");
        var one = await bench.Start(graph);
        Assert.Equal(
            "concurrency_limit",
            (await bench.Invoke(graph)).GetProperty("code").GetString()
        );
        gate.Release();
        await bench.Until(one, "succeeded");
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
    }

    [Fact]
    public async Task A_run_that_is_to_begin_paused_waits_for_its_turn_under_a_limit()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var first = await bench.Start(graph);
        await gate.Entered();
        var second = await bench.Start(graph, more: ",\"debug\":{\"pause_at_start\":true}");
        Assert.Equal("queued", RunBench.Status(await bench.Get(second)));
        gate.Release();
        await bench.Until(first, "succeeded");
        await bench.Until(second, "paused");
        Assert.Equal(1, gate.Calls);
    }

    [Fact]
    public async Task A_limit_that_refuses_goes_before_one_that_makes_wait()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1}");
        await Limit(bench, null, "\"concurrency\":{\"limit\":2,\"policy\":\"drop\"}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var ids = new[] { await bench.Start(graph), await bench.Start(graph) };
        await gate.Entered();
        Assert.Equal(
            "concurrency_limit",
            (await bench.Invoke(graph)).GetProperty("code").GetString()
        );
        gate.Release();
        await gate.Entered();
        gate.Release();
        foreach (var id in ids)
            await bench.Until(id, "succeeded");
    }

    [Fact]
    public async Task A_run_that_replaces_one_that_is_just_ending_is_run_and_each_ends_once()
    {
        await using var ground = await Open();
        var bench = await ground.NewBench();
        await Limit(bench, "row", "\"concurrency\":{\"limit\":1,\"policy\":\"replace\"}");
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        var ids = new List<string> { await bench.Start(graph) };
        for (var i = 0; i < 16; i++)
        {
            await gate.Entered();
            var next = bench.Start(graph);
            if (i % 2 == 0)
                await Task.Yield();
            gate.TryRelease();
            ids.Add(await next);
        }
        await gate.Entered();
        gate.Release();
        Assert.Equal("succeeded", RunBench.Status(await bench.Until(ids[^1], "succeeded")));
        foreach (var id in ids)
            Assert.Contains(
                RunBench.Status(await bench.Get(id)),
                (string[])["succeeded", "cancelled"]
            );
        Assert.Equal(ids.Count, gate.Calls);
    }

    private static async Task Limit(RunBench bench, string? flow, string members)
    {
        var name = flow is null ? "null" : $"\"{bench.Tenant.Handle}/{flow}\"";
        using var saved = await bench.Tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":{{name}},{{members}}}"""
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
    }
}
