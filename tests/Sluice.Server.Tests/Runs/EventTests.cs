using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>What happens in a run, as server-sent events.</summary>
public abstract class EventTests : IAsyncLifetime
{
    private RunGround _ground = null!;

    /// <summary>Shared: each test has a bench, and so a tenant, of its own.</summary>
    private protected abstract Task<RunGround> Find();

    public async ValueTask InitializeAsync() => _ground = await Find();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_run_is_followed_from_its_start_to_its_end()
    {
        var bench = await _ground.NewBench();
        var (first, second) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("Other"));
        var id = await bench.Start(await bench.Row("row", "Gate", "Other"));
        await first.Entered();
        await using var events = new Following(bench, id);
        await events.Until("run.created");
        first.Release();
        // Beginnings are news and not on record: one that has ended before anybody looked is not told.
        await events.Until("step.started");
        second.Release();
        await events.Until("run.ended");
        Assert.Equal(
            [
                "0 run.created",
                "1 step.succeeded a",
                " step.started b",
                "2 step.succeeded b",
                "3 run.ended",
            ],
            events.Seen
        );
        Assert.True(await events.Ends());
    }

    [Fact]
    public async Task A_reader_goes_on_after_the_last_event_it_saw_also_when_the_run_has_ended()
    {
        var bench = await _ground.NewBench();
        var id = await bench.Start(await bench.Row("row", "A", "B", "Fail"));
        await bench.Until(id, "failed");
        await using (var whole = new Following(bench, id))
        {
            await whole.Until("run.ended");
            Assert.Equal(
                [
                    "0 run.created",
                    "1 step.succeeded a",
                    "2 step.succeeded b",
                    "3 step.failed c",
                    "4 run.ended",
                ],
                whole.Seen
            );
        }
        await using (var rest = new Following(bench, id, "2"))
        {
            await rest.Until("run.ended");
            Assert.Equal(["3 step.failed c", "4 run.ended"], rest.Seen);
        }
        await using var nothing = new Following(bench, id, "4");
        Assert.True(await nothing.Ends());
        using var refused = await bench.Tenant.House.Send(
            HttpMethod.Get,
            $"/api/v1/runs/{id}/events",
            key: bench.Tenant.Key,
            adjust: request => request.Headers.Add("Last-Event-ID", "x")
        );
        Assert.Equal(400, (int)refused.StatusCode);
    }

    [Fact]
    public async Task Pauses_retries_and_compensation_are_told()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Flow(
            "saga",
            [
                "a A | config: {compensate: ua}",
                "b Fail | config: {retry: {max_attempts: 2, initial_interval_ms: 1}}",
                "ua UndoA",
            ],
            ["@flow_input a", "a b", "b @flow_output"]
        );
        var id = await bench.Start(graph, more: ",\"debug\":{\"breakpoints\":[\"b\"]}");
        await bench.Until(id, "paused");
        await using var events = new Following(bench, id);
        await events.Until("run.paused");
        await bench.Post(id, "resume");
        await events.Until("run.ended");
        Assert.Equal(
            [
                "0 run.created",
                "1 step.succeeded a",
                "2 run.paused",
                "3 run.resumed",
                "4 step.retrying b",
                "5 step.failed b",
                "6 run.compensating",
                "7 step.succeeded ua",
                "8 run.ended",
            ],
            events.Seen.Where(each => !each.Contains("started"))
        );
    }

    [Fact]
    public async Task A_slow_reader_misses_no_line()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Flow(
            "loop",
            ["a A"],
            [
                "@flow_input a",
                "a a | loop: true, max_iterations: 700, adapter: {number: number}",
                "a @flow_output",
            ]
        );
        var id = await bench.Start(graph);
        await using var events = new Following(bench, id);
        await bench.Until(id, "succeeded");
        await events.Until("run.ended");
        Assert.Equal(
            Enumerable.Range(0, 703),
            events.Seen.Where(each => each[0] != ' ').Select(each => int.Parse(each.Split(' ')[0]))
        );
    }
}

/// <summary>A reader of a run's events.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    public Following(RunBench bench, string run, string? last = null) =>
        _items = Read(bench, run, last).GetAsyncEnumerator(_patience.Token);

    /// <summary>Each event as its id, its name and the placement it speaks of.</summary>
    public List<string> Seen { get; } = [];

    public async Task Until(string name)
    {
        do
        {
            Assert.True(await _items.MoveNextAsync(), $"it ended after {string.Join(", ", Seen)}");
            var body = JsonDocument.Parse(_items.Current.Data).RootElement;
            var alias = body.TryGetProperty("alias", out var at) ? " " + at.GetString() : "";
            Seen.Add($"{_items.Current.EventId} {_items.Current.EventType}{alias}");
        } while (_items.Current.EventType != name);
    }

    /// <summary>Whether nothing more comes.</summary>
    public async Task<bool> Ends() => !await _items.MoveNextAsync();

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync();
        _patience.Dispose();
    }

    private async IAsyncEnumerable<SseItem<string>> Read(RunBench bench, string run, string? last)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{run}/events");
        request.Headers.Authorization = new("Bearer", bench.Tenant.Key);
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        using var answer = await bench.Tenant.House.Client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            _patience.Token
        );
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var body = await answer.Content.ReadAsStreamAsync(_patience.Token);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(_patience.Token))
            yield return item;
    }
}

public sealed class EventTestsOnSqlite(Houses houses) : EventTests
{
    private protected override Task<RunGround> Find() => houses.SqliteGround;
}

public sealed class EventTestsOnPostgres(Houses houses) : EventTests
{
    private protected override Task<RunGround> Find() => houses.PostgresGround;
}
