using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>How runs come to be carried, and what happens when two things happen to one at the same moment.</summary>
public abstract class TakingTests
{
    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_run_that_many_take_up_at_once_is_carried_once()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var (run, _) = await Nobodys(ground, bench, await bench.Row("row", "Gate"));
        var loop = ground.House.Services.GetRequiredService<RunLoop>();
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => loop.TakeUp(run.TenantId, run.Id, CancellationToken.None))
        );
        Assert.Single(taken, each => each);
        await gate.Entered();
        gate.Release();
        await bench.Until(run.Id, "succeeded");
        Assert.False(await loop.TakeUp(run.TenantId, run.Id, CancellationToken.None));
        Assert.Equal(1, gate.Calls);
    }

    [Fact]
    public async Task A_run_is_not_read_again_while_a_write_that_was_given_up_may_still_be_kept()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var (run, _) = await Nobodys(ground, bench, await bench.Row("row", "Gate"));
        var loop = ground.House.Services.GetRequiredService<RunLoop>();
        Assert.True(await loop.TakeUp(run.TenantId, run.Id, CancellationToken.None));
        await gate.Entered();
        var write = new TaskCompletionSource();
        loop.Find(run.TenantId, run.Id)!.Abandon(write.Task);
        gate.Release();
        while (loop.Find(run.TenantId, run.Id) is not null)
            await Task.Yield();
        var taking = loop.TakeUp(run.TenantId, run.Id, CancellationToken.None);
        // Time enough to read it, many times over.
        for (var i = 0; i < 20; i++)
            await bench.Get(run.Id);
        Assert.False(taking.IsCompleted);
        write.SetResult();
        Assert.False(await taking);
    }

    [Fact]
    public async Task A_run_whose_start_was_kept_though_the_answer_was_lost_is_carried()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var (run, _) = await Nobodys(ground, bench, await bench.Row("row", "A"));
        ground.House.Services.GetRequiredService<RunLoop>().TakeUpLater(run.TenantId, run.Id);
        await bench.Until(run.Id, "succeeded");
    }

    [Fact]
    public async Task A_cancel_that_comes_just_before_the_run_is_carried_reaches_it()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var (run, journal) = await Nobodys(ground, bench, await bench.Row("row", "Gate"));
        await bench.Post(run.Id, "cancel");
        var services = ground.House.Services;
        var graph = await services
            .GetRequiredService<GraphCache>()
            .Find(run.TenantId, run.GraphId, CancellationToken.None);
        services.GetRequiredService<RunLoop>().Carry(run, graph!, journal);
        await bench.Until(run.Id, "cancelled");
        Assert.Equal(gate.Calls, gate.Stopped);
    }

    [Fact]
    public async Task A_cancel_is_answered_though_what_it_undoes_takes_long()
    {
        var clock = new ManualClock();
        await using var ground = await RunGround.Open(await Store(), clock: clock);
        var bench = await ground.NewBench();
        var (gate, undo) = (bench.Nodes.Gate("Gate"), bench.Nodes.Gate("UndoA"));
        var id = await bench.Start(
            await bench.Flow(
                "saga",
                ["a A | config: {compensate: undo}", "b Gate", "undo UndoA"],
                ["@flow_input a", "a b", "b @flow_output"]
            )
        );
        await gate.Entered();
        var asked = bench.Post(id, "cancel");
        await undo.Entered();
        while (!asked.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(asked, Task.Delay(10, TestContext.Current.CancellationToken));
        }
        Assert.Equal("compensating", RunBench.Status(await asked));
        undo.Release();
        Assert.Equal("cancelled", RunBench.Code(await bench.Until(id, "compensated")));
    }

    [Fact]
    public async Task Whatever_comes_with_the_end_of_a_run_it_ends_once_and_nobody_is_told_otherwise()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var graph = await bench.Row("row", "Gate");
        for (var i = 0; i < 24; i++)
        {
            var id = await bench.Start(graph);
            await gate.Entered();
            var act = i % 2 == 0 ? "cancel" : "pause";
            var asked = Task.Run(() => bench.Post(id, act));
            if (i % 3 > 0)
                await Task.Yield();
            gate.TryRelease();
            var answer = await asked;
            if (act == "cancel" && answer.TryGetProperty("id", out _))
                await Either(bench, id, "cancelled", "succeeded");
            else
                await bench.Until(id, "succeeded");
        }
        Assert.Equal(24, gate.Calls);
    }

    /// <summary>A run that is this server's on record, and that nobody carries yet.</summary>
    private static async Task<(Run Run, IReadOnlyList<JournalLine> Journal)> Nobodys(
        RunGround ground,
        RunBench bench,
        string graph
    )
    {
        var id = await bench.Start(graph, more: ",\"debug\":{\"pause_at_start\":true}");
        var tenant = bench.Tenant.Id;
        var server = ground.House.Services.GetRequiredService<ServerPresence>().Name;
        return await ground.House.Database.Write(async session =>
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.Equal(1, await RunWishStore.Resume(session, tenant, id, now, server));
            var note = JournalLine.Note(2, JournalLine.Resumed, now);
            await JournalStore.Append(session, PayloadSealer.Plain, tenant, id, note, server);
            return (
                (await RunStore.Find(session, tenant, id))!,
                await JournalStore.Read(session, tenant, id)
            );
        });
    }

    private static async Task Either(RunBench bench, string id, string one, string other)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (
            RunBench.Status(await bench.Get(id)) is var status && status != one && status != other
        )
            Assert.False(patience.IsCancellationRequested, status);
    }
}

public sealed class TakingTestsOnSqlite : TakingTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class TakingTestsOnPostgres : TakingTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
