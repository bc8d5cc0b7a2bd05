using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Flows.Settings;

namespace Sluice.Server.Tests.Runs;

/// <summary>How long runs are kept, and what a tenant says of it.</summary>
public sealed class RetentionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_removed_with_all_that_is_its_when_its_time_is_over(bool postgres)
    {
        var clock = new ManualClock();
        await using var ground = await Open(postgres, clock);
        var bench = await ground.NewBench();
        var inner = await bench.Row("inner", "A");
        var graph = await bench.Flow("outer", [$"x @{inner}"], ["@flow_input x", "x @flow_output"]);
        var text = new string('x', RunPayloads.LargestInRow + 1);
        var paused = await bench.Start(
            await bench.Row("row", "A"),
            more: ",\"debug\":{\"pause_at_start\":true}"
        );
        using (
            var call = await bench.Tenant.House.Send(
                HttpMethod.Post,
                "/invocations/v1/flows/invoke",
                $$$"""{"graph_id":"{{{graph}}}","input":{"text":"{{{text}}}"}}""",
                bench.Tenant.Key,
                adjust: request => request.Headers.Add("Idempotency-Key", "once")
            )
        )
            Assert.Equal(200, (int)call.StatusCode);
        Assert.Equal((3, 2, 6, 1), await Counts(ground));

        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        await Remove(ground);
        Assert.Equal((3, 2, 6, 0), await Counts(ground));
        clock.Advance(TimeSpan.FromMinutes(2));
        await Remove(ground);
        // What has not ended stays, and so do graphs.
        Assert.Equal((1, 0, 0, 0), await Counts(ground));
        Assert.Equal("paused", RunBench.Status(await bench.Get(paused)));
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tenant_says_how_long_its_runs_are_kept_and_a_flows_dead_letters(
        bool postgres
    )
    {
        var clock = new ManualClock();
        await using var ground = await Open(postgres, clock);
        var mine = await ground.NewBench();
        var other = await ground.NewBench();
        var flow = $"{mine.Tenant.Handle}/kept";
        using (
            var saved = await mine.Tenant.Put(
                "/api/v1/settings",
                $$$"""{"retention_days":2,"dead_letter_days":{"{{{flow}}}":10,"{{{mine.Tenant.Handle}}}/short":1}}"""
            )
        )
            Assert.Equal(200, (int)saved.StatusCode);
        foreach (var bench in (RunBench[])[mine, other])
        {
            await bench.Invoke(await bench.Row("good", "A"));
            foreach (var name in (string[])["kept", "short", "bad"])
                await bench.Invoke(await bench.Row(name, "Fail"));
        }
        Assert.Equal(["bad", "good", "kept", "short"], await Flows(mine));
        foreach (
            var (days, left) in ((int, string[])[])
                [(1, ["bad", "good", "kept"]), (1, ["kept"]), (7, ["kept"]), (1, [])]
        )
        {
            clock.Advance(TimeSpan.FromDays(days) + TimeSpan.FromSeconds(1));
            await Remove(ground);
            Assert.Equal(left, await Flows(mine));
            Assert.Equal(["bad", "good", "kept", "short"], await Flows(other));
        }
    }

    [Fact]
    public async Task Many_runs_go_in_small_batches()
    {
        var clock = new ManualClock();
        await using var ground = await Open(postgres: false, clock);
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A");
        for (var i = 0; i < 250; i++)
            await bench.Invoke(graph);
        clock.Advance(TimeSpan.FromDays(31));
        await Remove(ground);
        Assert.Equal((0, 0, 0, 0), await Counts(ground));
    }

    [Fact]
    public async Task Settings_are_the_default_until_they_are_said_and_every_mistake_is_named()
    {
        await using var ground = await Open(postgres: false, new ManualClock());
        var tenant = (await ground.NewBench()).Tenant;
        Assert.Equal(
            """{"retention_days":30,"memory_days":365,"dead_letter_days":{},"is_default":true,"memory_is_default":true}""",
            (await TestHouse.Json(await tenant.Get("/api/v1/settings"))).ToString()
        );
        await tenant.Put("/api/v1/settings", """{"retention_days":7,"memory_days":90}""");
        Assert.Equal(
            """{"retention_days":7,"memory_days":90,"dead_letter_days":{},"is_default":false,"memory_is_default":false}""",
            (await TestHouse.Json(await tenant.Get("/api/v1/settings"))).ToString()
        );
        using var refused = await tenant.Put(
            "/api/v1/settings",
            """{"retention_days":0,"memory_days":3651,"dead_letter_days":{"Bad":1,"a/b":3651}}"""
        );
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Equal(4, (await TestHouse.Json(refused)).GetProperty("mistakes").GetArrayLength());
        await tenant.Put("/api/v1/settings", "{}");
        Assert.Contains(
            "\"is_default\":true",
            (await TestHouse.Json(await tenant.Get("/api/v1/settings"))).ToString(),
            StringComparison.Ordinal
        );
    }

    private static async Task<RunGround> Open(bool postgres, ManualClock clock) =>
        await RunGround.Open(postgres ? await Houses.NewPostgres() : null, clock: clock);

    private static Task<int> Remove(RunGround ground) =>
        ground
            .House.Services.GetRequiredService<RunRemover>()
            .Round(TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<string>> Flows(RunBench bench) =>
        (await TestHouse.Json(await bench.Tenant.Get("/api/v1/runs")))
            .GetProperty("data")
            .EnumerateArray()
            .Select(run => run.GetProperty("flow").GetString()!.Split('/')[1])
            .Order();

    private static async Task<(long Runs, long Steps, long Payloads, long Keys)> Counts(
        RunGround ground
    ) =>
        await ground.House.Database.Read(async session =>
        {
            var all = session.Across("a test");
            return (
                await all.First<long>("SELECT COUNT(*) FROM runs"),
                await all.First<long>("SELECT COUNT(*) FROM run_steps WHERE alias <> '@run'"),
                await all.First<long>("SELECT COUNT(*) FROM run_payloads"),
                await all.First<long>("SELECT COUNT(*) FROM run_idempotency")
            );
        });
}
