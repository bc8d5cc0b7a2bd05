using System.Text.Json;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>
/// Random deeds are done to runs of the real server, and to a model of what the room promises; after each, both say the
/// same. The walks are the same each time; a failure says which it was.
/// </summary>
public abstract class RunModelTests
{
    private static readonly string[] Starts =
    [
        RunStatus.Queued,
        RunStatus.Running,
        RunStatus.Paused,
    ];

    private protected abstract Task<string?> Store();

    private protected abstract int Walks { get; }

    [Fact]
    public async Task A_run_does_what_the_model_of_its_states_says_whatever_is_done_to_it()
    {
        var seen = new HashSet<(string, RunEvent)>();
        var store = await Store();
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var clock = new ManualClock();
        var ground = await Open();
        try
        {
            for (var walk = 0; walk < Walks; walk++)
            {
                var random = new Random(walk);
                var steps = new List<string>();
                try
                {
                    ground = await Walk(ground, Open, clock, random, steps, seen);
                }
                catch (Exception error)
                {
                    Assert.Fail($"walk {walk}: {string.Join(' ', steps)}\n{error}");
                }
            }
        }
        finally
        {
            await ground.DisposeAsync();
            DataFolder.Remove(folder);
        }
        Assert.Equal(Possible(), seen.Order());

        Task<RunGround> Open() => RunGround.Open(store, folder, clock);
    }

    /// <summary>Everything that can happen in any state.</summary>
    private static IEnumerable<(string, RunEvent)> Possible() =>
        RunStatus
            .All.SelectMany(state => Enum.GetValues<RunEvent>().Select(each => (state, each)))
            .Where(pair => RunStatus.Next(pair.state, pair.each) is not null)
            .Order();

    private static async Task<RunGround> Walk(
        RunGround ground,
        Func<Task<RunGround>> open,
        ManualClock clock,
        Random random,
        List<string> steps,
        HashSet<(string, RunEvent)> seen
    )
    {
        var bench = await ground.NewBench();
        var (gate, before) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("Other"));
        bench.Nodes["A"] = bench.Nodes["B"] = bench.Nodes["UndoA"] = gate.Call;
        // One run at a time, whatever becomes of the server.
        using var limited = await bench.Tenant.Put(
            "/api/v1/configs",
            """{"concurrency":{"limit":1}}"""
        );
        Assert.True(limited.IsSuccessStatusCode);
        var start = Starts[random.Next(Starts.Length)];
        steps.Add(start);
        var blocker = start == RunStatus.Queued ? await Block(bench, before) : null;
        var graph = await bench.Flow(
            "pair",
            ["a A | config: {compensate: undo}", "b B", "undo UndoA"],
            ["@flow_input a", "a b", "b @flow_output"]
        );
        var debug = start == RunStatus.Paused ? ",\"debug\":{\"pause_at_start\":true}" : "";
        var id = await bench.Start(
            graph,
            more: $",\"timeout_ms\":{RunModel.Minutes * 60_000}{debug}"
        );
        var model = new RunModel(start, seen);
        var (entered, asked) = (0, new List<Task<JsonElement>>());
        await Settle();
        for (var i = 0; i < 12; i++)
        {
            var deed = Pick(random, model);
            steps.Add(deed.ToString());
            var refusal = model.Do(deed);
            switch (deed)
            {
                case RunDeed.Place:
                    before.Release();
                    await bench.Until(blocker!, "succeeded");
                    blocker = null;
                    break;
                case RunDeed.Answer:
                    gate.Release();
                    break;
                case RunDeed.Fail:
                    gate.Release(PlayedNodes.Failed());
                    break;
                case RunDeed.Time:
                    clock.Advance(TimeSpan.FromMinutes(20));
                    break;
                case RunDeed.Restart:
                    await ground.DisposeAsync();
                    await Task.WhenAll(asked.Select(each => each.ContinueWith(_ => { })));
                    asked.Clear();
                    ground = await open();
                    bench = ground.Adopt(bench);
                    if (blocker is not null)
                        await before.Entered();
                    break;
                default:
                    var answer = bench.Post(id, deed.ToString().ToLowerInvariant());
                    // A cancel is answered when the run has ended.
                    if (deed == RunDeed.Cancel && model.Status == RunStatus.Compensating)
                        asked.Add(answer);
                    else
                        Assert.Equal(refusal, Refusal(await answer));
                    break;
            }
            await Settle();
        }
        while (model.InFlight is not null || model.Status is RunStatus.Paused or RunStatus.Queued)
        {
            steps.Add("end");
            if (model.InFlight is null)
            {
                model.Do(RunDeed.Cancel);
                asked.Add(bench.Post(id, "cancel"));
            }
            else
            {
                model.Do(RunDeed.Answer);
                gate.Release();
            }
            await Settle();
        }
        // One that was asked again may have come after the end.
        foreach (var answer in asked)
            Assert.True(Refusal(await answer) is null or "run_ended");
        if (blocker is not null)
        {
            before.Release();
            await bench.Until(blocker, "succeeded");
        }
        var run = await bench.Get(id);
        Assert.Equal(model.Lines, RunBench.Steps(run));
        Assert.Equal(model.Code, RunBench.Code(run));
        Assert.Equal(model.Calls, gate.Calls);
        return ground;

        async Task Settle()
        {
            for (; entered < model.Calls; entered++)
                await gate.Entered();
            await bench.Until(id, model.Status);
        }
    }

    /// <summary>Is the one run that may run.</summary>
    private static async Task<string> Block(RunBench bench, GatedNode before)
    {
        var id = await bench.Start(await bench.Row("before", "Other"));
        await before.Entered();
        return id;
    }

    /// <summary>Restarts take long, and are seldom; what ends a run comes later rather than sooner.</summary>
    private static RunDeed Pick(Random random, RunModel model)
    {
        while (true)
        {
            var deed = (RunDeed)random.Next(Enum.GetValues<RunDeed>().Length);
            var every = deed switch
            {
                RunDeed.Restart => 12,
                RunDeed.Place or RunDeed.Cancel or RunDeed.Fail => 4,
                _ => 1,
            };
            if (model.CanBe(deed) && random.Next(every) == 0)
                return deed;
        }
    }

    private static string? Refusal(JsonElement answer) =>
        answer.TryGetProperty("code", out var code) ? code.GetString() : null;
}

public sealed class RunModelTestsOnSqlite : RunModelTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);

    private protected override int Walks => 40;
}

public sealed class RunModelTestsOnPostgres : RunModelTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();

    private protected override int Walks => 40;
}
