using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Flows.Usage;

namespace Sluice.Server.Tests.Runs;

/// <summary>Runs are added up as time goes by, and what they come to is still what is there.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_added_up_follows_a_late_end_and_a_removal(bool postgres)
    {
        var clock = new ManualClock();
        await using var ground = await RunGround.Open(
            postgres ? await Houses.NewPostgres() : null,
            clock: clock
        );
        var bench = await ground.NewBench();
        using (var saved = await bench.Tenant.Put("/api/v1/settings", """{"retention_days":9}"""))
            Assert.Equal(200, (int)saved.StatusCode);
        var good = await bench.Row("good", "A");
        await bench.Invoke(good);
        await bench.Invoke(await bench.Row("bad", "Fail"));
        clock.Advance(TimeSpan.FromDays(1));
        var paused = await bench.Start(good, more: ",\"debug\":{\"pause_at_start\":true}");
        await bench.Invoke(good);
        clock.Advance(TimeSpan.FromDays(4));
        await bench.Invoke(good);
        // A store that has no sums yet; then with them, and once more as they are remembered.
        Assert.Equal("5: 3 + 1; bad 1, good 4", await Usage(bench));
        await AddUp(ground);
        for (var look = 0; look < 2; look++)
            Assert.Equal("5: 3 + 1; bad 1, good 4", await Usage(bench));
        Assert.Equal("5: 3 + 1; good 4", await Usage(bench, "&top=1"));
        await bench.Post(paused, "cancel");
        Assert.Equal("5: 3 + 2; bad 1, good 4", await Usage(bench));
        await AddUp(ground);
        Assert.Equal("5: 3 + 2; bad 1, good 4", await Usage(bench));
        // From here on the remover may come by itself, too.
        clock.Advance(TimeSpan.FromDays(4) + TimeSpan.FromHours(1));
        await ground
            .House.Services.GetRequiredService<RunRemover>()
            .Round(TestContext.Current.CancellationToken);
        Assert.Equal("3: 2 + 1; good 3", await Usage(bench));
        await AddUp(ground);
        Assert.Equal("3: 2 + 1; good 3", await Usage(bench));
        using var wrong = await bench.Tenant.Get("/api/v1/usage?top=0");
        Assert.Equal(400, (int)wrong.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_who_looks_adds_up_runs_and_what_the_sums_missed_is_found_within_an_hour(
        bool postgres
    )
    {
        var clock = new ManualClock();
        await using var ground = await RunGround.Open(
            postgres ? await Houses.NewPostgres() : null,
            clock: clock
        );
        var bench = await ground.NewBench();
        var inner = await bench.Row("inner", "A");
        var outer = await bench.Flow("outer", [$"x @{inner}"], ["@flow_input x", "x @flow_output"]);
        for (var i = 0; i < 3; i++)
            await bench.Invoke(outer);
        await bench.Start(inner, more: ",\"debug\":{\"pause_at_start\":true}");
        clock.Advance(TimeSpan.FromHours(2));
        await AddUp(ground);
        Assert.Equal("4: 3 + 0; inner 1, outer 3", await Usage(bench));
        // The record loses two without a word: only who adds it up would see that.
        await Write(
            ground,
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL AND parent_id IS NULL ORDER BY id LIMIT 2)"
        );
        await AddUp(ground);
        Assert.Equal("4: 3 + 0; inner 1, outer 3", await Usage(bench));
        clock.Advance(TimeSpan.FromHours(1));
        await AddUp(ground);
        Assert.Equal("2: 1 + 0; inner 1, outer 1", await Usage(bench));
        // One that was written long after its time, and a clock that was set back.
        await Write(
            ground,
            "UPDATE runs SET created_at = created_at - 86400000 WHERE ended_at IS NULL"
        );
        await Write(ground, "UPDATE usage_marks SET until_at = until_at + 360000000");
        Assert.Equal("2: 1 + 0; inner 1, outer 1", await Usage(bench));
        await AddUp(ground);
        Assert.Equal("2: 1 + 0; inner 1, outer 1", await Usage(bench));
    }

    private static async Task AddUp(RunGround ground)
    {
        var roller = ground.House.Services.GetRequiredService<UsageRoller>();
        // Its own round may be under way, and have been first.
        for (var i = 0; i < 2; i++)
            await roller.Round(TestContext.Current.CancellationToken);
    }

    private static Task Write(RunGround ground, string sql) =>
        ground.House.Database.Write(session => session.Across("a test").Execute(sql));

    /// <summary>All: succeeded + failed; flows with their runs.</summary>
    private static async Task<string> Usage(RunBench bench, string more = "")
    {
        var usage = await TestHouse.Json(await bench.Tenant.Get("/api/v1/usage?days=30" + more));
        Assert.Equal(
            usage.GetProperty("executions").GetInt64(),
            Totals(usage, "per_day").Sum(total => total.Total)
        );
        var flows = Totals(usage, "per_flow")
            .Select(flow => $"{flow.Name.Split('/')[1]} {flow.Total}")
            .Order(StringComparer.Ordinal);
        return $"{usage.GetProperty("executions")}: {usage.GetProperty("succeeded")} + {usage.GetProperty("failed")}; {string.Join(", ", flows)}";
    }

    private static IEnumerable<(string Name, long Total)> Totals(JsonElement usage, string list) =>
        usage
            .GetProperty(list)
            .EnumerateArray()
            .Select(each =>
                (
                    each.TryGetProperty("flow", out var flow) ? flow.GetString()! : "",
                    each.GetProperty("total").GetInt64()
                )
            );
}
