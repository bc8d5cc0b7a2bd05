using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Settings;

namespace Sluice.Server.Tests.Runs;

/// <summary>Days behind us are remembered, and what they come to is still what is there.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_closed_days_came_to_follows_a_late_end_and_a_removal(bool postgres)
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
        // Twice: the first look remembers, the second one uses it.
        for (var look = 0; look < 2; look++)
            Assert.Equal("5: 3 + 1; bad 1, good 4", await Usage(bench));
        Assert.Equal("5: 3 + 1; good 4", await Usage(bench, "&top=1"));
        await bench.Post(paused, "cancel");
        for (var look = 0; look < 2; look++)
            Assert.Equal("5: 3 + 2; bad 1, good 4", await Usage(bench));
        clock.Advance(TimeSpan.FromDays(4) + TimeSpan.FromHours(1));
        Assert.Equal("5: 3 + 2; bad 1, good 4", await Usage(bench));
        await ground
            .House.Services.GetRequiredService<RunRemover>()
            .Round(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("3: 2 + 1; good 3", await Usage(bench));
        using var wrong = await bench.Tenant.Get("/api/v1/usage?top=0");
        Assert.Equal(400, (int)wrong.StatusCode);
    }

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
