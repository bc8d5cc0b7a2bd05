using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>Runs that outlive the server that carried them.</summary>
public sealed class TakeUpTests
{
    [Fact]
    public async Task A_retry_waits_the_same_after_the_server_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var clock = new ManualClock();
        RunBench bench;
        string id;
        var tries = 0;
        await using (var first = await RunGround.Open(data: folder, clock: clock))
        {
            bench = await first.NewBench();
            bench.Nodes["B"] = (call, _) =>
                Task.FromResult(++tries < 2 ? PlayedNodes.Failed() : PlayedNodes.Trail(call));
            var graph = await bench.Flow(
                "retry",
                ["a A", "b B | config: {retry: {max_attempts: 2, initial_interval_ms: 60000}}"],
                ["@flow_input a", "a b", "b @flow_output"]
            );
            id = await bench.Start(graph);
            while (!RunBench.Steps(await bench.Get(id)).Contains("b:retrying"))
                await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(40));
        }
        await using (var second = await RunGround.Open(data: folder, clock: clock))
        {
            bench = second.Adopt(bench);
            clock.Advance(TimeSpan.FromSeconds(19));
            Assert.Equal("running", RunBench.Status(await bench.Get(id)));
            Assert.Equal(1, tries);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(
                ["a:succeeded", "b:retrying", "b:succeeded"],
                RunBench.Steps(await bench.Until(id, "succeeded"))
            );
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_run_that_was_being_stopped_at_its_deadline_is_stopped_though_the_clock_was_set_back()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var clock = new ManualClock();
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(data: folder, clock: clock))
        {
            bench = await first.NewBench();
            var (quick, deaf) = (bench.Nodes.Gate("Gate"), new TaskCompletionSource<NodeOutcome>());
            var heard = new TaskCompletionSource();
            bench.Nodes["Other"] = (_, _) =>
            {
                heard.TrySetResult();
                return deaf.Task;
            };
            var graph = await bench.Flow(
                "both",
                ["a Gate", "b Other", "c C | config: {join: {failure_policy: TOLERATE_FAILURES}}"],
                [
                    "@flow_input a",
                    "@flow_input b",
                    "a c | adapter: {text: text}",
                    "b c | adapter: {number: number}",
                    "c @flow_output",
                ]
            );
            id = await bench.Start(graph, more: ",\"timeout_ms\":1000");
            await quick.Entered();
            await heard.Task;
            clock.Advance(TimeSpan.FromSeconds(1));
            // One call has been stopped; the other does not listen, and then the server is gone.
            while (!RunBench.Steps(await bench.Get(id)).Contains("a:cancelled"))
                await Task.Yield();
        }
        clock = new ManualClock();
        bench.Nodes["Gate"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        bench.Nodes["Other"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using (var second = await RunGround.Open(data: folder, clock: clock))
        {
            bench = second.Adopt(bench);
            Assert.Equal("run_deadline", RunBench.Code(await bench.Until(id, "failed")));
            Assert.Equal(["Gate", "Other"], bench.Nodes.Called.Order());
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_deadline_takes_no_longer_when_the_clock_is_set_back_between_two_servers()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var late = new ManualClock();
        late.Advance(TimeSpan.FromHours(3));
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(data: folder, clock: late))
        {
            bench = await first.NewBench();
            var gate = bench.Nodes.Gate("Gate");
            id = await bench.Start(await bench.Row("slow", "Gate"), more: ",\"timeout_ms\":5000");
            await gate.Entered();
        }
        var early = new ManualClock();
        await using (var second = await RunGround.Open(data: folder, clock: early))
        {
            var gate = bench.Nodes.Gate("Gate");
            bench = second.Adopt(bench);
            await gate.Entered();
            early.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal("run_deadline", RunBench.Code(await bench.Until(id, "failed")));
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_cancel_that_a_dead_server_was_asked_for_reaches_what_lies_below()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        string[] many = ["--Runs:MaxBackground", "1000"];
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(data: folder, args: many))
        {
            bench = await first.NewBench();
            var (gate, below) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("Other"));
            var inner = await bench.Row("inner", "Other");
            var outer = await bench.Flow(
                "outer",
                ["x Gate", $"y @{inner}"],
                ["@flow_input x", "x y", "y @flow_output"]
            );
            id = await bench.Start(outer);
            await gate.Entered();
            // These stand between the two runs when a server takes up what it finds.
            for (var i = 0; i < 200; i++)
                await bench.Start(inner);
            gate.Release();
            for (var i = 0; i < 201; i++)
                await below.Entered();
            var tenant = bench.Tenant.Id;
            // All that the server did before it was gone.
            await first.House.Database.Write(session =>
                session
                    .Of(tenant)
                    .Execute(
                        "UPDATE runs SET cancel_asked_at = 1 WHERE tenant_id = @tenant AND id = @id",
                        new { id }
                    )
            );
        }
        await using (var second = await RunGround.Open(data: folder, args: many))
        {
            bench = second.Adopt(bench);
            await bench.Until(id, "cancelled");
            var list = await TestHouse.Json(await bench.Tenant.Get($"/api/v1/runs?parent={id}"));
            var child = list.GetProperty("data")[0].GetProperty("id").GetString()!;
            await bench.Until(child, "cancelled");
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_subflow_is_found_again_and_ends_once()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(data: folder))
        {
            bench = await first.NewBench();
            var gate = bench.Nodes.Gate("Gate");
            var inner = await bench.Row("inner", "A", "Gate");
            var outer = await bench.Flow(
                "outer",
                ["x B", $"y @{inner}"],
                ["@flow_input x", "x y", "y @flow_output"]
            );
            id = await bench.Start(outer);
            await gate.Entered();
        }
        bench.Nodes["Gate"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using (var second = await RunGround.Open(data: folder))
        {
            bench = second.Adopt(bench);
            await bench.Until(id, "succeeded");
            // What was recorded has not run again; what was in flight has.
            Assert.Equal(["B", "A", "Gate", "Gate"], bench.Nodes.Called);
            var children = await TestHouse.Json(
                await bench.Tenant.Get($"/api/v1/runs?parent={id}")
            );
            Assert.Equal(1, children.GetProperty("data").GetArrayLength());
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_pause_a_breakpoint_and_a_step_hold_after_the_server_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(data: folder))
        {
            bench = await first.NewBench();
            id = await bench.Start(
                await bench.Row("row", "A", "B", "C", "D"),
                more: ",\"debug\":{\"breakpoints\":[\"b\",\"c\"]}"
            );
            await bench.Until(id, "paused");
        }
        await using (var second = await RunGround.Open(data: folder))
        {
            bench = second.Adopt(bench);
            Assert.Equal("paused", RunBench.Status(await bench.Get(id)));
            var gate = bench.Nodes.Gate("B");
            await bench.Post(id, "resume");
            await gate.Entered();
        }
        bench.Nodes["B"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using (var third = await RunGround.Open(data: folder))
        {
            // It was let through its first breakpoint before, and is not stopped there again; the second holds.
            bench = third.Adopt(bench);
            Assert.Equal(
                ["a:succeeded", "b:succeeded"],
                RunBench.Steps(await bench.Until(id, "paused"))
            );
            var gate = bench.Nodes.Gate("C");
            await bench.Post(id, "step");
            await gate.Entered();
        }
        bench.Nodes["C"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using (var fourth = await RunGround.Open(data: folder))
        {
            bench = fourth.Adopt(bench);
            Assert.Equal(3, RunBench.Steps(await bench.Until(id, "paused")).Length);
            await bench.Post(id, "resume");
            await bench.Until(id, "succeeded");
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_pause_moves_the_deadline_by_its_length()
    {
        var clock = new ManualClock();
        await using var ground = await RunGround.Open(clock: clock);
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("B");
        var id = await bench.Start(
            await bench.Row("row", "A", "B"),
            more: ",\"timeout_ms\":10000,\"debug\":{\"breakpoints\":[\"b\"]}"
        );
        await bench.Until(id, "paused");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("paused", RunBench.Status(await bench.Get(id)));
        await bench.Post(id, "resume");
        await gate.Entered();
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("running", RunBench.Status(await bench.Get(id)));
        clock.Advance(TimeSpan.FromSeconds(2));
        var run = await bench.Until(id, "failed");
        Assert.Equal("run_deadline", RunBench.Code(run));
        Assert.Equal(1, gate.Stopped);
    }

    [Fact]
    public async Task On_PostgreSQL_wishes_reach_the_server_that_carries_the_run()
    {
        var store = await Houses.NewPostgres();
        await using var one = await RunGround.Open(store);
        await using var two = await RunGround.Open(store, data: Shared(one));
        var here = await one.NewBench();
        var there = two.Adopt(here);
        var gate = here.Nodes.Gate("Gate");
        var graph = await here.Row("row", "Gate", "B");

        var cancelled = await here.Start(graph);
        await gate.Entered();
        await there.Post(cancelled, "cancel");
        await here.Until(cancelled, "cancelled");
        Assert.Equal(1, gate.Stopped);

        var paused = await here.Start(graph);
        await gate.Entered();
        await using var events = new Following(there, paused);
        await events.Until("run.created");
        await there.Post(paused, "pause");
        var carried = one
            .House.Services.GetRequiredService<RunLoop>()
            .Find(here.Tenant.Id, paused)!;
        Assert.True(SpinWait.SpinUntil(() => carried.PauseAsked, TimeSpan.FromSeconds(60)));
        gate.Release();
        await there.Until(paused, "paused");
        await there.Post(paused, "resume");
        await here.Until(paused, "succeeded");
        await events.Until("run.ended");
        Assert.Equal(
            [
                "0 run.created",
                "1 step.succeeded a",
                "2 run.paused",
                "3 run.resumed",
                "4 step.succeeded b",
                "5 run.ended",
            ],
            events.Seen.Where(each => each[0] != ' ')
        );
    }

    // Servers that share a store share its master key.
    private static string Shared(RunGround other)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(other.House.Data, "master.key"), Path.Combine(folder, "master.key"));
        return folder;
    }
}
