using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Server.Tests.Hostile;

/// <summary>A machine whose clock is set back, and forward, while the server runs.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task A_clock_set_back_breaks_no_id_and_no_list()
    {
        var clock = new SetClock();
        await using var house = await TestHouse.Open(adjust: builder =>
            builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Echo"] = "return input",
                ["Wait"] = "import time\ntime.sleep(1)\nreturn input",
            }
        );
        var (echo, wait) = (
            await Workshop.Chain(tenant, "echo", "Echo"),
            await Workshop.Chain(tenant, "wait", "Wait")
        );
        var made = new List<string>();
        foreach (var hours in (double[])[0, -1, -48, 0.5, -0.5, 0])
        {
            clock.Offset = TimeSpan.FromHours(hours);
            for (var i = 0; i < 3; i++)
            {
                var run = await Workshop.Invoke(tenant, echo);
                Assert.Equal("succeeded", run.GetProperty("status").GetString());
                made.Add(run.GetProperty("execution_id").GetString()!);
            }
        }
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.Equal(made, made.Order(StringComparer.Ordinal));

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = await TestHouse.Json(
                await tenant.Get(
                    $"/api/v1/runs?limit=5{(cursor is null ? "" : "&cursor=" + cursor)}"
                )
            );
            listed.AddRange(
                page.GetProperty("data")
                    .EnumerateArray()
                    .Select(run => run.GetProperty("id").GetString()!)
            );
            cursor = page.GetProperty("next_cursor").GetString();
        } while (cursor is not null);
        Assert.Equal(made.AsEnumerable().Reverse(), listed);

        // Set back in the middle of a run.
        var waiting = Workshop.Invoke(tenant, wait, "{}", ""","wait":true,"timeout_ms":60000""");
        clock.Offset = TimeSpan.FromHours(-1);
        var ended = await waiting;
        Assert.Equal("succeeded", ended.GetProperty("status").GetString());
        Assert.InRange(ended.GetProperty("duration_ms").GetInt64(), 0, 60_000);
        var record = await TestHouse.Json(
            await tenant.Get($"/api/v1/runs/{ended.GetProperty("execution_id").GetString()}")
        );
        Assert.InRange(record.GetProperty("duration_ms").GetInt64(), 0, 60_000);
        var usage = await TestHouse.Json(await tenant.Get("/api/v1/usage"));
        Assert.True(usage.GetProperty("avg_duration_ms").GetDouble() >= 0);
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
