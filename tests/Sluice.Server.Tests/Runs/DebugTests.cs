using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>Pause, resume, step, breakpoints; replay, whole and in part; dead letters.</summary>
public abstract class DebugTests : IAsyncLifetime
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
    public async Task A_paused_run_lets_its_steps_end_and_goes_on_when_it_is_resumed()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var id = await bench.Start(await bench.Row("row", "A", "Gate", "B"));
        await gate.Entered();
        var asked = await bench.Post(id, "pause");
        Assert.True(asked.TryGetProperty("pause_asked_at", out _), asked.ToString());
        gate.Release();
        var paused = await bench.Until(id, "paused");
        Assert.Equal(["a:succeeded", "b:succeeded"], RunBench.Steps(paused));
        Assert.Equal(["A", "Gate"], bench.Nodes.Called);
        Assert.Equal("paused", RunBench.Status(await bench.Post(id, "pause")));
        await bench.Post(id, "resume");
        await bench.Until(id, "succeeded");
        Assert.Equal(["A", "Gate", "B"], bench.Nodes.Called);
        Assert.Equal("run_ended", Refused(await bench.Post(id, "pause")));
        Assert.Equal("run_ended", Refused(await bench.Post(id, "resume")));
    }

    [Fact]
    public async Task A_pause_that_has_not_come_to_be_is_taken_back_by_a_resume()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var id = await bench.Start(await bench.Row("row", "Gate", "B"));
        await gate.Entered();
        Assert.Equal("run_not_paused", Refused(await bench.Post(id, "resume")));
        await bench.Post(id, "pause");
        await bench.Post(id, "resume");
        gate.Release();
        await bench.Until(id, "succeeded");
    }

    [Fact]
    public async Task A_paused_run_can_be_cancelled_and_its_waiting_caller_is_answered_202()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Row("row", "A", "B");
        using var answer = await bench.Tenant.Post(
            "/invocations/v1/flows/invoke",
            $$$"""{"graph_id":"{{{graph}}}","debug":{"breakpoints":["b"]}}"""
        );
        Assert.Equal(202, (int)answer.StatusCode);
        var body = await TestHouse.Json(answer);
        Assert.Equal("paused", RunBench.Status(body));
        var id = body.GetProperty("execution_id").GetString()!;
        await bench.Post(id, "cancel");
        await bench.Until(id, "cancelled");
        Assert.Equal(["A"], bench.Nodes.Called);
    }

    [Fact]
    public async Task A_run_is_stepped_call_by_call_from_its_start()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Row("row", "A", "B", "C");
        var id = await bench.Start(graph, more: ",\"debug\":{\"pause_at_start\":true}");
        Assert.Equal("paused", RunBench.Status(await bench.Get(id)));
        for (var steps = 1; steps <= 2; steps++)
        {
            await bench.Post(id, "step");
            Assert.Equal(steps, RunBench.Steps(await bench.Until(id, "paused")).Length);
        }
        await bench.Post(id, "step");
        await bench.Until(id, "succeeded");
        Assert.Equal(["A", "B", "C"], bench.Nodes.Called);
    }

    [Fact]
    public async Task Breakpoints_stop_before_their_placement_once_and_can_be_changed_while_it_runs()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var id = await bench.Start(
            await bench.Row("row", "A", "Gate", "B", "C"),
            more: ",\"debug\":{\"breakpoints\":[\"b\"]}"
        );
        Assert.Equal(["a:succeeded"], RunBench.Steps(await bench.Until(id, "paused")));
        await bench.Post(id, "resume");
        await gate.Entered();
        using var changed = await bench.Tenant.Put(
            $"/api/v1/runs/{id}/breakpoints",
            """{"breakpoints":["d"]}"""
        );
        Assert.True(changed.IsSuccessStatusCode);
        gate.Release();
        Assert.Equal(3, RunBench.Steps(await bench.Until(id, "paused")).Length);
        await bench.Post(id, "resume");
        await bench.Until(id, "succeeded");
        using var wrong = await bench.Tenant.Put(
            $"/api/v1/runs/{id}/breakpoints",
            """{"breakpoints":["nowhere"]}"""
        );
        Assert.Equal(400, (int)wrong.StatusCode);
    }

    [Fact]
    public async Task A_whole_replay_is_a_new_run_linked_to_the_old_with_an_edited_input()
    {
        var bench = await _ground.NewBench();
        var id = await bench.Start(await bench.Row("row", "A", "B"), """{"text":"old"}""");
        await bench.Until(id, "succeeded");
        var answer = await bench.Post(id, "replay", """{"wait":true,"input":{"text":"new"}}""");
        Assert.Equal("new", answer.GetProperty("output").GetProperty("text").GetString());
        var run = await bench.Get(answer.GetProperty("execution_id").GetString()!);
        Assert.Equal(id, run.GetProperty("replay_of").GetString());
        Assert.Equal(["A", "B", "A", "B"], bench.Nodes.Called);
    }

    [Fact]
    public async Task A_replay_from_a_step_takes_over_what_came_before_and_runs_the_rest()
    {
        var bench = await _ground.NewBench();
        var id = await bench.Start(await bench.Row("row", "A", "B", "C"));
        await bench.Until(id, "succeeded");
        bench.Nodes.Called.Clear();
        var plain = await bench.Post(id, "replay", """{"wait":true,"from":"b"}""");
        Assert.Equal(["A", "B", "C"], Trail(plain));
        Assert.Equal(["B", "C"], bench.Nodes.Called);
        var run = await bench.Get(plain.GetProperty("execution_id").GetString()!);
        Assert.Equal("copied", run.GetProperty("steps")[0].GetProperty("origin").GetString());
        Assert.Equal(1, run.GetProperty("fork_seq").GetInt64());

        var input = await bench.Post(
            id,
            "replay",
            """{"wait":true,"from":"b","input":{"trail":["given"]}}"""
        );
        Assert.Equal(["given", "B", "C"], Trail(input));

        var edited = await bench.Post(
            id,
            "replay",
            """{"wait":true,"from":"c","steps":{"b":{"trail":["edited"]}}}"""
        );
        Assert.Equal(["edited", "C"], Trail(edited));

        var checkpoint = await bench.Post(
            id,
            "replay",
            """{"checkpoint":2,"debug":{"pause_at_start":true}}"""
        );
        Assert.Equal("paused", RunBench.Status(checkpoint));
        var fork = checkpoint.GetProperty("execution_id").GetString()!;
        Assert.Equal(2, RunBench.Steps(await bench.Get(fork)).Length);
        await bench.Post(fork, "resume");
        await bench.Until(fork, "succeeded");
    }

    [Theory]
    [InlineData("""{"from":"nowhere"}""", "from")]
    [InlineData("""{"from":"a","checkpoint":1}""", "from")]
    [InlineData("""{"checkpoint":99}""", "checkpoint")]
    [InlineData("""{"from":"a","steps":{"b":{}}}""", "steps.b")]
    [InlineData("""{"from":"b","steps":{"a":{"colour":1}}}""", "steps.a.colour")]
    [InlineData("""{"input":{"number":"x"}}""", "input.number")]
    [InlineData("""{"priority":10}""", "priority")]
    [InlineData("""{"debug":{"breakpoints":["x"]}}""", "debug.breakpoints")]
    public async Task A_replay_that_cannot_be_is_refused_with_the_place(string body, string where)
    {
        var bench = await _ground.NewBench();
        var id = await bench.Start(await bench.Row("row", "A", "B"));
        await bench.Until(id, "succeeded");
        var refused = await bench.Post(id, "replay", body);
        Assert.Equal("invalid_input", Refused(refused));
        Assert.Equal(where, refused.GetProperty("mistakes")[0].GetProperty("where").GetString());
    }

    [Fact]
    public async Task A_dead_letter_is_retried_from_the_step_that_failed_and_leaves_the_list()
    {
        var bench = await _ground.NewBench();
        var id = await bench.Start(await bench.Row("row", "A", "Fail", "B"));
        await bench.Until(id, "failed");
        Assert.Equal([id], await Dead(bench));
        bench.Nodes["Fail"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        bench.Nodes.Called.Clear();
        var retried = await TestHouse.Json(
            await bench.Tenant.Post($"/api/v1/dead-letters/{id}/retry", "")
        );
        var again = retried.GetProperty("execution_id").GetString()!;
        await bench.Until(again, "succeeded");
        Assert.Equal(["Fail", "B"], bench.Nodes.Called);
        Assert.Empty(await Dead(bench));
        Assert.Equal(
            "dead_letter_not_found",
            Refused(
                await TestHouse.Json(
                    await bench.Tenant.Post($"/api/v1/dead-letters/{id}/retry", "")
                )
            )
        );
    }

    [Fact]
    public async Task A_compensated_run_is_retried_whole_and_a_dismissed_one_is_gone_from_the_list_alone()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Flow(
            "saga",
            ["a A | config: {compensate: ua}", "b Fail", "ua UndoA"],
            ["@flow_input a", "a b", "b @flow_output"]
        );
        var id = await bench.Start(graph);
        await bench.Until(id, "compensated");
        bench.Nodes.Called.Clear();
        var retried = await TestHouse.Json(
            await bench.Tenant.Post($"/api/v1/dead-letters/{id}/retry", "")
        );
        var again = retried.GetProperty("execution_id").GetString()!;
        await bench.Until(again, "compensated");
        Assert.Equal(["A", "Fail", "UndoA"], bench.Nodes.Called);
        Assert.Equal([again], await Dead(bench));
        using var dismissed = await bench.Tenant.Delete($"/api/v1/dead-letters/{again}");
        Assert.Equal(204, (int)dismissed.StatusCode);
        Assert.Empty(await Dead(bench));
        Assert.Equal("compensated", RunBench.Status(await bench.Get(again)));
    }

    private static async Task<string[]> Dead(RunBench bench) =>
        [
            .. (await TestHouse.Json(await bench.Tenant.Get("/api/v1/dead-letters")))
                .GetProperty("data")
                .EnumerateArray()
                .Select(run => run.GetProperty("id").GetString()!),
        ];

    private static string[] Trail(JsonElement answer)
    {
        Assert.True(answer.TryGetProperty("output", out var output), answer.ToString());
        return [.. output.GetProperty("trail").EnumerateArray().Select(each => each.GetString()!)];
    }

    private static string? Refused(JsonElement answer) =>
        answer.TryGetProperty("code", out var code) ? code.GetString() : null;
}

public sealed class DebugTestsOnSqlite(Houses houses) : DebugTests
{
    private protected override Task<RunGround> Find() => houses.SqliteGround;
}

public sealed class DebugTestsOnPostgres(Houses houses) : DebugTests
{
    private protected override Task<RunGround> Find() => houses.PostgresGround;
}
