using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>What is on record of a run, and what a caller sees, with nodes that the test plays.</summary>
public abstract class RunTests : IAsyncLifetime
{
    private RunGround _ground = null!;

    /// <summary>Shared: each test has a bench, and so a tenant, of its own.</summary>
    private protected abstract Task<RunGround> Find();

    private protected RunGround Ground => _ground;

    public async ValueTask InitializeAsync() => _ground = await Find();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wait_never_hangs_because_the_event_came_before_the_row()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Row("quick", "A");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => bench.Invoke(graph)));
        Assert.All(answers, answer => Assert.Equal("succeeded", RunBench.Status(answer)));
    }

    [Fact]
    public async Task An_id_is_never_returned_before_it_exists()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Row("quick", "A");
        await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    var id = await bench.Start(graph);
                    Assert.Equal(id, (await bench.Get(id)).GetProperty("id").GetString());
                })
        );
    }

    [Fact]
    public async Task Two_waiting_callers_of_one_flow_run_at_once()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("slow", "Gate");
        var both = new[] { bench.Invoke(graph), bench.Invoke(graph) };
        await gate.Entered();
        await gate.Entered();
        gate.Release();
        gate.Release();
        foreach (var answer in await Task.WhenAll(both))
            Assert.Equal("succeeded", RunBench.Status(answer));
    }

    [Fact]
    public async Task Calls_with_one_key_that_come_at_once_are_one_run()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("slow", "Gate");
        var calls = Enumerable
            .Range(0, 8)
            .Select(_ =>
                bench.Tenant.House.Send(
                    HttpMethod.Post,
                    "/invocations/v1/flows/invoke",
                    $$"""{"graph_id":"{{graph}}"}""",
                    bench.Tenant.Key,
                    adjust: request => request.Headers.Add("Idempotency-Key", "once")
                )
            )
            .ToList();
        await gate.Entered();
        gate.Release();
        var ids = new HashSet<string>();
        foreach (var call in calls)
        {
            var answer = await TestHouse.Json(await call);
            Assert.Equal("succeeded", RunBench.Status(answer));
            ids.Add(answer.GetProperty("execution_id").GetString()!);
        }
        Assert.Single(ids);
        Assert.Equal(1, gate.Calls);
    }

    [Fact]
    public async Task A_step_that_fails_is_tried_again_and_each_attempt_is_on_record()
    {
        var bench = await _ground.NewBench();
        var tries = 0;
        bench.Nodes["B"] = (call, _) =>
            Task.FromResult(
                ++tries < 3 ? PlayedNodes.Failed($"try {tries}") : PlayedNodes.Trail(call)
            );
        var graph = await bench.Flow(
            "retry",
            ["a A", "b B | config: {retry: {max_attempts: 3, initial_interval_ms: 1}}"],
            ["@flow_input a", "a b", "b @flow_output"]
        );
        var answer = await bench.Invoke(graph);
        Assert.Equal("succeeded", RunBench.Status(answer));
        var run = await bench.Get(answer.GetProperty("execution_id").GetString()!);
        Assert.Equal(
            ["a:succeeded", "b:retrying", "b:retrying", "b:succeeded"],
            RunBench.Steps(run)
        );
        Assert.Equal(
            [1, 1, 2, 3],
            run.GetProperty("steps")
                .EnumerateArray()
                .Select(step => step.GetProperty("attempt").GetInt32())
        );
    }

    [Fact]
    public async Task A_subflow_is_a_run_of_its_own_and_usage_counts_the_root_alone()
    {
        var bench = await _ground.NewBench();
        var inner = await bench.Row("inner", "A", "B");
        var outer = await bench.Flow(
            "outer",
            ["x C", $"y @{inner}", "z D"],
            ["@flow_input x", "x y", "y z", "z @flow_output"]
        );
        var answer = await bench.Invoke(outer);
        Assert.Equal(
            ["C", "A", "B", "D"],
            answer
                .GetProperty("output")
                .GetProperty("trail")
                .EnumerateArray()
                .Select(each => each.GetString())
        );
        var run = await bench.Get(answer.GetProperty("execution_id").GetString()!);
        var child = await bench.Get(run.GetProperty("steps")[1].GetProperty("run_id").GetString()!);
        Assert.Equal(run.GetProperty("id").GetString(), child.GetProperty("parent_id").GetString());
        var list = await TestHouse.Json(await bench.Tenant.Get("/api/v1/runs"));
        Assert.Equal(1, list.GetProperty("data").GetArrayLength());
        var children = await TestHouse.Json(
            await bench.Tenant.Get($"/api/v1/runs?parent={run.GetProperty("id").GetString()}")
        );
        Assert.Equal(1, children.GetProperty("data").GetArrayLength());
        var usage = await TestHouse.Json(await bench.Tenant.Get("/api/v1/usage"));
        Assert.Equal(1, usage.GetProperty("executions").GetInt32());
    }

    [Fact]
    public async Task A_failed_subflow_is_a_failed_step_that_names_its_placement()
    {
        var bench = await _ground.NewBench();
        var inner = await bench.Row("inner", "Fail");
        var outer = await bench.Flow("outer", [$"y @{inner}"], ["@flow_input y", "y @flow_output"]);
        var answer = await bench.Invoke(outer);
        var error = answer.GetProperty("error");
        Assert.Equal(
            ("subflow_failed", "SUBFLOW_FAILED", "y"),
            (
                error.GetProperty("code").GetString(),
                error.GetProperty("kind").GetString(),
                error.GetProperty("node").GetString()
            )
        );
        Assert.Contains("no such luck", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_cancel_reaches_the_node_and_everything_below()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var inner = await bench.Row("inner", "A", "Gate");
        var outer = await bench.Flow("outer", [$"y @{inner}"], ["@flow_input y", "y @flow_output"]);
        var id = await bench.Start(outer);
        await gate.Entered();
        var cancelled = await bench.Post(id, "cancel");
        Assert.Equal("cancelled", RunBench.Status(cancelled));
        Assert.Equal(1, gate.Stopped);
        var child = await TestHouse.Json(await bench.Tenant.Get($"/api/v1/runs?parent={id}"));
        Assert.Equal("cancelled", RunBench.Status(child.GetProperty("data")[0]));
    }

    [Fact]
    public async Task The_first_of_two_ways_wins_and_the_other_is_stopped()
    {
        var bench = await _ground.NewBench();
        var (slow, fast) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("Other"));
        var graph = await bench.Flow(
            "race",
            ["s A", "l Gate", "r Other", "j B | config: {join: {kind: XOR}}"],
            ["@flow_input s", "s l", "s r", "l j", "r j", "j @flow_output"]
        );
        var call = bench.Invoke(graph);
        await slow.Entered();
        await fast.Entered();
        fast.Release();
        var answer = await call;
        Assert.Equal("succeeded", RunBench.Status(answer));
        Assert.Equal(1, slow.Stopped);
    }

    [Fact]
    public async Task A_failure_undoes_what_was_done_in_reverse_and_the_run_is_compensated()
    {
        var bench = await _ground.NewBench();
        var graph = await Saga(bench);
        var answer = await bench.Invoke(graph);
        Assert.Equal("compensated", RunBench.Status(answer));
        Assert.Equal("node_failed", RunBench.Code(answer));
        Assert.Equal(["A", "B", "Fail", "UndoB", "UndoA"], bench.Nodes.Called);
        var usage = await TestHouse.Json(await bench.Tenant.Get("/api/v1/usage"));
        Assert.Equal(1, usage.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task A_cancel_with_something_to_undo_undoes_it_first()
    {
        var bench = await _ground.NewBench();
        var gate = bench.Nodes.Gate("Fail");
        var id = await bench.Start(await Saga(bench));
        await gate.Entered();
        var cancelled = await bench.Post(id, "cancel");
        Assert.Equal("compensated", RunBench.Status(cancelled));
        Assert.Equal("cancelled", RunBench.Code(cancelled));
        Assert.Equal(["A", "B", "Fail", "UndoB", "UndoA"], bench.Nodes.Called);
    }

    [Fact]
    public async Task A_compensation_that_fails_leaves_a_failed_run_and_the_others_still_run()
    {
        var bench = await _ground.NewBench();
        bench.Nodes["UndoB"] = (_, _) => Task.FromResult(PlayedNodes.Failed());
        var answer = await bench.Invoke(await Saga(bench));
        Assert.Equal(
            ("failed", "compensation_failed"),
            (RunBench.Status(answer), RunBench.Code(answer))
        );
        Assert.Equal("UndoA", bench.Nodes.Called.Last());
    }

    [Fact]
    public async Task A_loop_visits_its_body_again_and_each_visit_is_on_record()
    {
        var bench = await _ground.NewBench();
        var graph = await bench.Flow(
            "loop",
            ["a A", "b B"],
            [
                "@flow_input a",
                "a b",
                "b a | loop: true, max_iterations: 1, adapter: {trail: trail}",
                "b @flow_output",
            ]
        );
        var answer = await bench.Invoke(graph);
        Assert.True(RunBench.Status(answer) == "succeeded", answer.ToString());
        var run = await bench.Get(answer.GetProperty("execution_id").GetString()!);
        Assert.Equal(
            ["a:succeeded", "b:succeeded", "a#2:succeeded", "b#2:succeeded"],
            RunBench.Steps(run)
        );
    }

    private protected static Task<string> Saga(RunBench bench) =>
        bench.Flow(
            "saga",
            [
                "a A | config: {compensate: ua}",
                "b B | config: {compensate: ub}",
                "c Fail",
                "ua UndoA",
                "ub UndoB",
            ],
            ["@flow_input a", "a b", "b c", "c @flow_output"]
        );
}

public sealed class RunTestsOnSqlite(Houses houses) : RunTests
{
    private protected override Task<RunGround> Find() => houses.SqliteGround;
}

public sealed class RunTestsOnPostgres(Houses houses) : RunTests
{
    private protected override Task<RunGround> Find() => houses.PostgresGround;
}
