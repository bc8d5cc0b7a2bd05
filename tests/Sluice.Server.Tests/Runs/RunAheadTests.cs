using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>What a run may do before its last results are on record, and what it may not.</summary>
public abstract class RunAheadTests
{
    private protected abstract Task<string?> Store();

    /// <summary>Lets nobody add to the record until it is disposed.</summary>
    private protected abstract Task<IAsyncDisposable> Hold(RunGround ground, string? store);

    [Fact]
    public async Task Nodes_that_reach_nobody_do_not_wait_for_the_record()
    {
        var store = await Store();
        await using var ground = await RunGround.Open(store);
        var bench = await ground.NewBench();
        var (first, last) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("Other"));
        var id = await bench.Start(await bench.Row("row", "Gate", "B", "Other"));
        await first.Entered();
        await using (await Hold(ground, store))
        {
            first.Release();
            await last.Entered();
            Assert.Equal(0, await Lines(ground, id));
        }
        last.Release();
        var run = await bench.Until(id, "succeeded");
        Assert.Equal(["a:succeeded", "b:succeeded", "c:succeeded"], RunBench.Steps(run));
        Assert.Equal(["Gate", "B", "Other"], bench.Nodes.Called);
    }

    [Fact]
    public async Task What_a_node_came_to_is_recorded_while_the_next_one_works()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var id = await bench.Start(await bench.Row("row", "A", "B", "Gate"));
        await gate.Entered();
        await HeldStore.Until(async () => await Lines(ground, id) == 2);
        gate.Release();
        await bench.Until(id, "succeeded");
    }

    [Fact]
    public async Task A_node_that_reaches_others_is_called_when_all_before_it_is_on_record()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var onRecord = Counts(ground, bench, "C");
        var run = await bench.Invoke(await bench.Row("row", "A", "B", "!C", "!C", "D"));
        Assert.True(RunBench.Status(run) == "succeeded", run.ToString());
        Assert.Equal([2, 3], onRecord);
    }

    [Fact]
    public async Task Who_wants_it_has_each_result_on_record_before_the_next_step()
    {
        await using var ground = await RunGround.Open(
            await Store(),
            args: ["--Runs:GoAhead", "false"]
        );
        var bench = await ground.NewBench();
        var onRecord = Counts(ground, bench, "B");
        await bench.Invoke(await bench.Row("row", "A", "B", "B"));
        Assert.Equal([1, 2], onRecord);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_keeps_what_has_ended()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var store = await Store();
        RunBench bench;
        string id;
        await using (var first = await RunGround.Open(store, folder))
        {
            bench = await first.NewBench();
            var gate = bench.Nodes.Gate("Gate");
            id = await bench.Start(await bench.Row("row", "A", "B", "Gate"));
            await gate.Entered();
        }
        bench.Nodes["Gate"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using (var second = await RunGround.Open(store, folder))
        {
            bench = second.Adopt(bench);
            await bench.Until(id, "succeeded");
            Assert.Equal(["A", "B", "Gate", "Gate"], bench.Nodes.Called);
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task A_failure_is_on_record_before_the_node_is_tried_again()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var onRecord = Counts(ground, bench, "B", failures: 2);
        var graph = await bench.Flow(
            "retry",
            ["a A", "b B | config: {retry: {max_attempts: 3, initial_interval_ms: 0}}"],
            ["@flow_input a", "a b", "b @flow_output"]
        );
        var run = await bench.Invoke(graph);
        Assert.True(RunBench.Status(run) == "succeeded", run.ToString());
        Assert.Equal([2, 3], onRecord[1..]);
    }

    /// <summary>Makes a node note how many steps are on record at each of its calls.</summary>
    private static List<long> Counts(
        RunGround ground,
        RunBench bench,
        string node,
        int failures = 0
    )
    {
        var onRecord = new List<long>();
        bench.Nodes[node] = async (call, _) =>
        {
            onRecord.Add(await Lines(ground, call.ExecutionId));
            return onRecord.Count > failures ? PlayedNodes.Trail(call) : PlayedNodes.Failed();
        };
        return onRecord;
    }

    private protected static Task<long> Lines(RunGround ground, string run) =>
        ground.House.Database.Read(session =>
            session
                .Across("a test")
                .First<long>("SELECT COUNT(*) FROM run_steps WHERE run_id = @run", new { run })
        );
}

public sealed class RunAheadTestsOnSqlite : RunAheadTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);

    private protected override Task<IAsyncDisposable> Hold(RunGround ground, string? store) =>
        HeldStore.Embedded(ground);
}

public sealed class RunAheadTestsOnPostgres : RunAheadTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();

    private protected override Task<IAsyncDisposable> Hold(RunGround ground, string? store) =>
        HeldStore.Postgres(store!, "run_steps");

    [Fact]
    public async Task A_subflow_begins_when_all_before_it_is_on_record()
    {
        await using var held = await Held.Open(this, "A");
        await held.Begin("Gate", "@child");
        await held.Pass();
        Assert.Equal(0, held.Calls("A"));
        await held.LetGo();
        Assert.Equal(1, held.Calls("A"));
    }

    [Fact]
    public async Task A_node_writes_to_memory_when_all_before_it_is_on_record()
    {
        await using var held = await Held.Open(this, "A");
        var answered = 0;
        held.Bench.Nodes["B"] = async (call, stop) =>
        {
            var answer = await call.Questions!(
                new NodeQuestion { Kind = QuestionKind.WriteEntry, Text = "kept" },
                stop
            );
            answered += answer.Code.Length == 0 ? 1 : 0;
            return PlayedNodes.Trail(call);
        };
        await held.Begin("Gate", "B");
        await held.Pass();
        Assert.Equal((1, 0), (held.Calls("B"), answered));
        await held.LetGo();
        Assert.Equal(1, answered);
    }

    [Fact]
    public async Task Who_follows_a_run_sees_nothing_that_is_not_on_record()
    {
        await using var held = await Held.Open(this, "A");
        await held.Begin("Gate", "B");
        using var listener = held
            .Ground.House.Services.GetRequiredService<RunFeed>()
            .Listen(held.Run);
        await held.Pass();
        Assert.Equal(0, held.Calls("B"));
        await held.LetGo();
    }

    [Fact]
    public async Task Only_so_much_happens_ahead_of_the_record()
    {
        await using var held = await Held.Open(this, "A");
        await held.Begin(
            "Gate",
            "B",
            "b b | loop: true, max_iterations: 200, adapter: {trail: trail}"
        );
        await held.Pass();
        Assert.InRange(held.Calls("B"), 60, 66);
        await held.LetGo();
        Assert.Equal(201, held.Calls("B"));
    }

    /// <summary>A run whose first node has ended while no step can be recorded.</summary>
    private sealed class Held : IAsyncDisposable
    {
        private readonly string _store;
        private readonly string _child;
        private IAsyncDisposable? _lock;
        private GatedNode? _gate;

        private Held(RunGround ground, RunBench bench, string store, string child) =>
            (Ground, Bench, _store, _child) = (ground, bench, store, child);

        public RunGround Ground { get; }

        public RunBench Bench { get; }

        public string Run { get; private set; } = "";

        public static async Task<Held> Open(RunAheadTestsOnPostgres tests, string below)
        {
            var store = (await tests.Store())!;
            var ground = await RunGround.Open(store);
            var bench = await ground.NewBench();
            return new Held(ground, bench, store, await bench.Row("child", below));
        }

        public int Calls(string node) => Bench.Nodes.Called.Count(called => called == node);

        public async Task Begin(string first, string second, params string[] more)
        {
            _gate = Bench.Nodes.Gate(first);
            var graph = await Bench.Flow(
                "flow",
                [$"a {first}", $"b {second.Replace("child", _child, StringComparison.Ordinal)}"],
                ["@flow_input a", "a b", "b @flow_output", .. more]
            );
            Run = await Bench.Start(graph);
            await _gate.Entered();
            _lock = await HeldStore.Postgres(_store, "run_steps");
        }

        /// <summary>Lets the first node end, and waits until its result waits for the record and whatever could pass it has.</summary>
        public async Task Pass()
        {
            _gate!.Release();
            await HeldStore.UntilSomebodyWaits(_store, "run_steps");
            // What was handed to the store before this is there after it.
            for (var i = 0; i < 5; i++)
                await Bench.Row($"other{i}", "D");
        }

        public async Task LetGo()
        {
            await _lock!.DisposeAsync();
            await Bench.Until(Run, "succeeded");
        }

        public ValueTask DisposeAsync() => Ground.DisposeAsync();
    }
}
