using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Runs;

/// <summary>A run whose id nobody has before its answer may begin before it is on record.</summary>
public abstract class UnseenRunTests
{
    private protected abstract Task<string?> Store();

    /// <summary>Lets no run and no step be added until it is disposed.</summary>
    private protected abstract Task<IAsyncDisposable> Hold(RunGround ground, string? store);

    [Fact]
    public async Task A_run_whose_caller_waits_begins_before_it_is_on_record_and_is_there_when_it_answers()
    {
        var store = await Store();
        await using var ground = await RunGround.Open(store);
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A", "B", "Gate");
        await Warm(bench, "Gate", graph);
        var gate = bench.Nodes.Gate("Gate");
        Task<HttpResponseMessage> answer;
        await using (await Hold(ground, store))
        {
            answer = Ask(bench, graph);
            await gate.Entered();
            gate.Release();
            // Whatever it does now, it does not answer.
            Assert.Equal(0, await Unfinished(ground, bench));
            Assert.False(answer.IsCompleted);
        }
        var run = await TestHouse.Json(await answer);
        Assert.Equal("succeeded", RunBench.Status(run));
        var shown = await bench.Get(run.GetProperty("execution_id").GetString()!);
        Assert.Equal(["a:succeeded", "b:succeeded", "c:succeeded"], RunBench.Steps(shown));
        Assert.Equal(["A", "B", "Gate"], bench.Nodes.Called);
    }

    [Theory]
    [InlineData("who does not wait has its id", "A", ",\"wait\":false", null)]
    [InlineData("it could be asked for again", "A", "", "again")]
    [InlineData("a node reaches others", "!A", "", null)]
    [InlineData("a subflow is a run of its own", "@child", "", null)]
    [InlineData("it is being debugged", "A", ",\"debug\":{\"breakpoints\":[\"b\"]}", null)]
    public async Task No_node_is_called_before_the_run_is_on_record_where(
        string why,
        string node,
        string more,
        string? key
    )
    {
        var store = await Store();
        await using var ground = await RunGround.Open(store);
        var bench = await ground.NewBench();
        var child = await bench.Row("child", "A");
        var graph = await bench.Row("row", node.Replace("child", child), "B");
        var other = await bench.Row("other", "C");
        await Warm(bench, "B", graph);
        await Warm(bench, "C", other);
        const int Others = 5;
        var later = new List<Task<HttpResponseMessage>>();
        Task<HttpResponseMessage> answer;
        await using (await Hold(ground, store))
        {
            answer = Ask(bench, graph, more, key);
            // Others that come after it, and need not wait.
            var gate = bench.Nodes.Gate("C");
            for (var i = 0; i < Others; i++)
            {
                later.Add(Ask(bench, other));
                await gate.Entered();
                gate.Release();
            }
            Assert.True(!answer.IsCompleted, why);
            Assert.Equal(Enumerable.Repeat("C", Others), bench.Nodes.Called);
        }
        foreach (var each in later)
            (await each).Dispose();
        using var answered = await answer;
        Assert.InRange((int)answered.StatusCode, 200, 202);
    }

    [Fact]
    public async Task A_caller_who_leaves_before_its_run_is_on_record_leaves_it_behind()
    {
        var store = await Store();
        await using var ground = await RunGround.Open(store);
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A", "Gate");
        await Warm(bench, "Gate", graph);
        var gate = bench.Nodes.Gate("Gate");
        using var leaving = new CancellationTokenSource();
        await using (await Hold(ground, store))
        {
            var answer = Ask(bench, graph, stop: leaving.Token);
            await gate.Entered();
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }
        gate.Release();
        await HeldStore.Until(async () => await Runs(ground, bench) == 2);
        Assert.Equal(["A", "Gate"], bench.Nodes.Called);
    }

    [Fact]
    public async Task A_run_that_takes_its_time_is_on_record_while_its_first_node_works()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "Gate");
        await Warm(bench, "Gate", graph);
        var gate = bench.Nodes.Gate("Gate");
        var answer = Ask(bench, graph);
        await gate.Entered();
        await HeldStore.Until(async () => await Unfinished(ground, bench) == 1);
        gate.Release();
        Assert.Equal("succeeded", RunBench.Status(await TestHouse.Json(await answer)));
    }

    [Fact]
    public async Task A_run_is_left_unwritten_for_a_moment_in_which_it_may_end()
    {
        var clock = new ManualClock();
        await using var ground = await RunGround.Open(await Store(), clock: clock);
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "Gate");
        var other = await bench.Row("other", "A");
        await Warm(bench, "Gate", graph);
        await Warm(bench, "A", other);
        var gate = bench.Nodes.Gate("Gate");
        var answer = Ask(bench, graph);
        await gate.Entered();
        // What these write comes after whatever was written of the first.
        for (var i = 0; i < 5; i++)
            Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(other)));
        Assert.Equal(0, await Unfinished(ground, bench));
        clock.Advance(TimeSpan.FromMilliseconds(50));
        await HeldStore.Until(async () => await Unfinished(ground, bench) == 1);
        gate.Release();
        Assert.Equal("succeeded", RunBench.Status(await TestHouse.Json(await answer)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_began_by_a_config_which_no_longer_holds_was_never_there(bool waits)
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A", "Gate");
        await Warm(bench, "Gate", graph);
        var times = new List<TimeSpan>();
        bench.Nodes["Gate"] = async (call, stop) =>
        {
            times.Add(call.Timeout);
            // The first one works until it is stopped.
            if (waits && times.Count == 1)
                await Task.Delay(Timeout.Infinite, stop);
            return PlayedNodes.Trail(call);
        };
        // As when another server saves it.
        ground.House.Database.Changing = null;
        await SaveConfig(bench);
        var answer = await bench.Invoke(graph);
        Assert.Equal("succeeded", RunBench.Status(answer));
        Assert.Equal(TimeSpan.FromSeconds(7), times[^1]);
        Assert.Equal(2, times.Count);
        Assert.Equal(2, await Runs(ground, bench));
        Assert.Equal(0, ground.House.Services.GetRequiredService<RunSlots>().Taken);
    }

    [Fact]
    public async Task A_server_that_may_carry_no_run_refuses_it_and_has_its_places_left()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A");
        await Warm(bench, "A", graph);
        ground.House.Services.GetRequiredService<ServerPresence>().Resign();
        using var refused = await Ask(bench, graph);
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Empty(bench.Nodes.Called);
        Assert.Equal(0, ground.House.Services.GetRequiredService<RunSlots>().Taken);
    }

    [Fact]
    public async Task A_run_after_a_config_was_saved_here_begins_once()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A", "Gate");
        await Warm(bench, "Gate", graph);
        var times = new List<TimeSpan>();
        bench.Nodes["Gate"] = (call, _) =>
        {
            times.Add(call.Timeout);
            return Task.FromResult(PlayedNodes.Trail(call));
        };
        await SaveConfig(bench);
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
        Assert.Equal([TimeSpan.FromSeconds(7)], times);
    }

    [Fact]
    public async Task A_node_writes_to_memory_when_its_run_is_on_record()
    {
        var store = await Store();
        await using var ground = await RunGround.Open(store);
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A", "Gate");
        await Warm(bench, "Gate", graph);
        var (asked, answered) = (NewSignal(), NewSignal());
        bench.Nodes["Gate"] = async (call, stop) =>
        {
            var question = call.Questions!(
                new NodeQuestion { Kind = QuestionKind.WriteEntry, Text = "kept" },
                stop
            );
            asked.SetResult();
            var answer = await question;
            Assert.Equal("", answer.Code);
            Assert.Equal(1, await Unfinished(ground, bench));
            answered.SetResult();
            return PlayedNodes.Trail(call);
        };
        Task<HttpResponseMessage> run;
        await using (await Hold(ground, store))
        {
            run = Ask(bench, graph);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.False(answered.Task.IsCompleted);
        }
        Assert.Equal("succeeded", RunBench.Status(await TestHouse.Json(await run)));
        Assert.True(answered.Task.IsCompletedSuccessfully);
    }

    /// <summary>So that what runs of a flow go by is remembered, and the nodes' calls so far are forgotten.</summary>
    private static async Task Warm(RunBench bench, string last, string graph)
    {
        bench.Nodes[last] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
        bench.Nodes.Called.Clear();
    }

    private static async Task SaveConfig(RunBench bench)
    {
        using var saved = await bench.Tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{bench.Tenant.Handle}}/row","name":"default","node_timeout_seconds":7}"""
        );
        Assert.True(saved.IsSuccessStatusCode);
    }

    private static Task<HttpResponseMessage> Ask(
        RunBench bench,
        string graph,
        string more = "",
        string? idempotencyKey = null,
        CancellationToken stop = default
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/invocations/v1/flows/invoke")
        {
            Content = new StringContent(
                $$"""{"graph_id":"{{graph}}","input":{}{{more}}}""",
                Encoding.UTF8,
                "application/json"
            ),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", bench.Tenant.Key) },
        };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return bench.Tenant.House.Client.SendAsync(request, stop);
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task<long> Runs(RunGround ground, RunBench bench) =>
        Count(ground, bench, "status = 'succeeded'");

    private static Task<long> Unfinished(RunGround ground, RunBench bench) =>
        Count(ground, bench, "ended_at IS NULL");

    private static Task<long> Count(RunGround ground, RunBench bench, string which) =>
        ground.House.Database.Read(session =>
            session
                .Of(bench.Tenant.Id)
                .First<long>($"SELECT COUNT(*) FROM runs WHERE tenant_id = @tenant AND {which}")
        );
}

public sealed class UnseenRunTestsOnSqlite : UnseenRunTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);

    private protected override Task<IAsyncDisposable> Hold(RunGround ground, string? store) =>
        HeldStore.Embedded(ground);
}

public sealed class UnseenRunTestsOnPostgres : UnseenRunTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();

    private protected override Task<IAsyncDisposable> Hold(RunGround ground, string? store) =>
        HeldStore.Postgres(store!, "runs, run_steps");
}
