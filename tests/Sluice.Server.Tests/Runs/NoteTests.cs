using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>What nodes tell during their calls: how far they are, what happens, what they count.</summary>
public sealed class NoteTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public async Task A_node_that_says_how_far_it_is_is_heard_a_few_times_a_second_and_seen_while_it_runs()
    {
        var clock = new ManualClock();
        // At its very beginning it would say that nothing was told before.
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var ground = await RunGround.Open(clock: clock);
        var bench = await ground.NewBench();
        var (entered, begin, told, end) = (Signal(), Signal(), Signal(), Signal());
        bench.Nodes["A"] = async (call, _) =>
        {
            entered.SetResult();
            await begin.Task;
            foreach (var tenth in Enumerable.Range(1, 500))
                call.Noted!(new NodeNote(NoteKind.Progress, $"page {tenth}", tenth / 1000.0, None));
            call.Noted!(new NodeNote(NoteKind.Progress, "never", double.NaN, None));
            told.SetResult();
            await end.Task;
            return PlayedNodes.Trail(call);
        };
        var id = await bench.Start(await bench.Row("row", "A"));
        await entered.Task;
        await using var events = new Following(bench, id);
        await events.Until("run.created");
        begin.SetResult();
        await told.Task;
        var step = (await bench.Get(id)).GetProperty("steps")[0];
        Assert.Equal(
            (0.5, "page 500"),
            (
                step.GetProperty("progress").GetProperty("fraction").GetDouble(),
                step.GetProperty("progress").GetProperty("message").GetString()
            )
        );
        // The first at once, and the last when its time has come; those between are told by neither.
        await events.Until("step.progress");
        clock.Advance(TimeSpan.FromMilliseconds(200));
        await events.Until("step.progress");
        end.SetResult();
        await events.Until("run.ended");
        Assert.Equal(
            [
                "0 run.created",
                " step.progress a",
                " step.progress a",
                "1 step.succeeded a",
                "2 run.ended",
            ],
            events.Seen
        );
        Assert.False(
            (await bench.Get(id)).GetProperty("steps")[0].TryGetProperty("progress", out _)
        );
    }

    [Fact]
    public async Task Events_are_in_the_log_and_measurements_on_the_page_of_metrics_under_the_true_tenant()
    {
        await using var ground = await RunGround.Open();
        var bench = await ground.NewBench();
        bench.Nodes["A"] = (call, _) =>
        {
            void Tell(NoteKind kind, string name, double value, params (string, string)[] more) =>
                call.Noted!(
                    new NodeNote(
                        kind,
                        name,
                        value,
                        more.ToDictionary(each => each.Item1, each => each.Item2)
                    )
                );
            Tell(NoteKind.Event, "page.read", 0, ("page", "7"), ("api_token", "never"));
            Tell(NoteKind.Counter, "pages.read", 2, ("kind", "a\"b\\c\nd"), ("tenant", "other"));
            Tell(NoteKind.Counter, "pages-read", 3, ("kind", "a\"b\\c\nd"), ("Password", "never"));
            Tell(NoteKind.Histogram, "page_ms", 30);
            Tell(NoteKind.Histogram, "page_ms", 20_000);
            // None of these can be counted.
            Tell(NoteKind.Counter, "9 lives", 1);
            Tell(NoteKind.Counter, "down", -1);
            Tell(NoteKind.Counter, "page_ms", 1);
            Tell(NoteKind.Histogram, "nothing", double.NaN);
            Tell(NoteKind.Unknown, "later", 1);
            return Task.FromResult(PlayedNodes.Trail(call));
        };
        var run = await bench.Invoke(await bench.Row("row", "A"));
        using var logs = await bench.Tenant.Get(
            $"/api/v1/runs/{run.GetProperty("execution_id").GetString()}/logs"
        );
        var line = Assert.Single((await TestHouse.Json(logs)).GetProperty("data").EnumerateArray());
        Assert.Equal(
            ("event", "page.read", """{"page":"7"}"""),
            (
                line.GetProperty("level").GetString(),
                line.GetProperty("text").GetString(),
                line.GetProperty("fields").GetRawText()
            )
        );
        using var answer = await ground.House.Send(HttpMethod.Get, "/metrics", admin: true);
        var page = await answer.Content.ReadAsStringAsync();
        var of = $"tenant=\"{bench.Tenant.Id}\",node=\"played/nodes/A\"";
        Assert.All(
            (string[])
                [
                    $"sluice_node_pages_read_total{{{of},kind=\"a\\\"b\\\\c\\nd\"}} 5",
                    $"sluice_node_page_ms_bucket{{{of},le=\"25\"}} 0",
                    $"sluice_node_page_ms_bucket{{{of},le=\"50\"}} 1",
                    $"sluice_node_page_ms_bucket{{{of},le=\"+Inf\"}} 2",
                    $"sluice_node_page_ms_sum{{{of}}} 20030",
                    $"sluice_node_page_ms_count{{{of}}} 2",
                    "sluice_node_telemetry_dropped_total{why=\"name\"} 1",
                    "sluice_node_telemetry_dropped_total{why=\"value\"} 2",
                    "sluice_node_telemetry_dropped_total{why=\"kind\"} 1",
                ],
            expected => Assert.Matches($"(?m)^{Regex.Escape(expected)}", page)
        );
        Assert.DoesNotContain("never", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenant_cannot_fill_the_page_of_metrics()
    {
        var metrics = new NodeMetrics();
        for (var i = 0; i < 2 * NodeMetrics.MostOfTenant; i++)
            metrics.Record(
                "greedy",
                "a/b/C",
                new NodeNote(
                    NoteKind.Counter,
                    i % 2 == 0 ? "calls" : $"calls_{i}",
                    1,
                    new Dictionary<string, string> { ["i"] = $"{i}" }
                )
            );
        metrics.Record("modest", "a/b/C", new NodeNote(NoteKind.Counter, "calls", 1, None));
        var series = metrics.Read().SelectMany(metric => metric.Series.Keys).ToList();
        Assert.Equal(NodeMetrics.MostOfTenant + 1, series.Count);
        Assert.Contains("tenant=\"modest\",node=\"a/b/C\"", series);
        for (var i = 0; i < NodeMetrics.Most; i++)
            metrics.Record($"{i}", "a/b/C", new NodeNote(NoteKind.Counter, "calls", 1, None));
        Assert.Equal(NodeMetrics.Most, metrics.Read().Sum(metric => metric.Series.Count));
    }

    private static TaskCompletionSource Signal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
