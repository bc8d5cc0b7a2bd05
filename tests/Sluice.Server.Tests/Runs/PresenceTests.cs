using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Tests.Edge;
using Sluice.Server.Tests.Store;

namespace Sluice.Server.Tests.Runs;

/// <summary>Several servers on one PostgreSQL, some of which lose it, or are taken for dead.</summary>
public sealed class PresenceTests
{
    // Apart enough for a machine that stands still for a moment.
    private static readonly string[] Short =
    [
        "--Presence:RenewMs",
        "500",
        "--Presence:StopMs",
        "2500",
        "--Presence:LeaseMs",
        "5000",
    ];

    /// <summary>Between the moment when a server stops its nodes and the one when another takes its runs lies half of it.</summary>
    private static readonly string[] Apart = ["--Presence:GraceMs", "3000"];

    /// <summary>No renewal by itself during a test.</summary>
    private static readonly string[] Rare =
    [
        "--Presence:RenewMs",
        "600000",
        "--Presence:StopMs",
        "1200000",
        "--Presence:LeaseMs",
        "1800000",
    ];

    [Fact]
    public async Task A_server_that_lost_the_database_stops_its_nodes_before_another_takes_its_runs()
    {
        var store = await Houses.NewPostgres();
        await using var proxy = PostgresProxy.To(store);
        await using var one = await RunGround.Open(proxy.Store, args: Apart);
        await using var two = await RunGround.Open(store, data: Shared(one), args: Apart);
        var here = await one.NewBench();
        var there = two.Adopt(here);
        var gate = here.Nodes.Gate("Gate");
        var id = await here.Start(await here.Row("row", "A", "Gate", "B"));
        await gate.Entered();

        proxy.Cut();
        await gate.Entered();
        Assert.Equal((2, 1), (gate.Calls, gate.Stopped));
        using (var refused = await one.House.Client.GetAsync("/health"))
            Assert.Equal(503, (int)refused.StatusCode);
        gate.Release();
        var run = await there.Until(id, "succeeded");
        Assert.Equal(["a:succeeded", "b:succeeded", "c:succeeded"], RunBench.Steps(run));

        // It was taken for dead: it goes on under another name.
        proxy.Restore();
        here.Nodes["Gate"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await AcceptsAgain(here);
    }

    [Fact]
    public async Task A_server_that_gets_no_answer_stops_its_nodes_before_its_lease_is_over()
    {
        var store = await Houses.NewPostgres();
        await using var proxy = PostgresProxy.To(store);
        await using var one = await RunGround.Open(proxy.Store, args: Short);
        await using var two = await RunGround.Open(store, data: Shared(one), args: Short);
        var here = await one.NewBench();
        var there = two.Adopt(here);
        var gate = here.Nodes.Gate("Gate");
        var id = await here.Start(await here.Row("row", "Gate"));
        await gate.Entered();

        // Its connections stand, and so does its lock.
        proxy.Swallow();
        await gate.Entered();
        Assert.Equal((2, 1), (gate.Calls, gate.Stopped));
        gate.Release();
        await there.Until(id, "succeeded");
    }

    [Fact]
    public async Task A_short_loss_of_the_database_takes_no_run_away()
    {
        var store = await Houses.NewPostgres();
        await using var proxy = PostgresProxy.To(store);
        string[] patient = ["--Presence:GraceMs", "8000"];
        await using var one = await RunGround.Open(proxy.Store, args: patient);
        await using var two = await RunGround.Open(store, data: Shared(one), args: patient);
        var here = await one.NewBench();
        var there = two.Adopt(here);
        var gate = here.Nodes.Gate("Gate");
        var id = await here.Start(await here.Row("row", "Gate", "B"));
        await gate.Entered();
        var name = await Ask<string>(store, "SELECT server FROM runs");

        proxy.Cut();
        // A wish that is not heard is found when the server is back.
        await there.Post(id, "cancel");
        proxy.Restore();
        await there.Until(id, "cancelled");
        Assert.Equal((1, 1), (gate.Calls, gate.Stopped));
        Assert.Equal(name, await Ask<string>(store, "SELECT server FROM runs"));
        Assert.Equal(
            2L,
            await Ask<long>(store, "SELECT COUNT(*) FROM servers WHERE gone_at IS NULL")
        );
    }

    [Fact]
    public async Task A_subflow_whose_turn_comes_while_the_database_is_away_begins_when_it_is_back()
    {
        var store = await Houses.NewPostgres();
        var clock = new ManualClock();
        RunBench bench;
        string id;
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        await using (var first = await RunGround.Open(store, folder, clock))
        {
            bench = await first.NewBench();
            var outer = await bench.Flow(
                "outer",
                [
                    $"y @{await bench.Row("inner", "Fail")} | config: {{retry: {{max_attempts: 2, initial_interval_ms: 60000}}}}",
                ],
                ["@flow_input y", "y @flow_output"]
            );
            id = await bench.Start(outer);
            while (!RunBench.Steps(await bench.Get(id)).Contains("y:retrying"))
                await Task.Yield();
        }
        bench.Nodes["Fail"] = (call, _) => Task.FromResult(PlayedNodes.Trail(call));
        await using var proxy = PostgresProxy.To(store);
        // This one has not read the graph of the subflow yet.
        await using (
            var second = await RunGround.Open(
                proxy.Store,
                folder,
                clock,
                "--Presence:GraceMs",
                "30000"
            )
        )
        {
            bench = second.Adopt(bench);
            var loop = second.House.Services.GetRequiredService<RunLoop>();
            Assert.True(SpinWait.SpinUntil(() => loop.IsCarried(id), TimeSpan.FromSeconds(60)));
            using var log = new LogLines();
            second.House.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
            proxy.Cut();
            clock.Advance(TimeSpan.FromSeconds(60));
            Assert.True(
                SpinWait.SpinUntil(() => log.All.Any(Waits), TimeSpan.FromSeconds(60)),
                "the run did not meet the loss"
            );
            proxy.Restore();
            var since = Stopwatch.GetTimestamp();
            while (
                await Ask<string>(store, "SELECT status FROM runs WHERE depth = 0") != "succeeded"
            )
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1), "no end");
                clock.Advance(TimeSpan.FromSeconds(1));
            }
            Assert.Equal(
                ["y:retrying", "y:succeeded"],
                RunBench.Steps(await bench.Until(id, "succeeded"))
            );
        }
        DataFolder.Remove(folder);

        bool Waits(LogLines.Line line) => line.Text.Contains(id) && line.Text.Contains("waits");
    }

    [Fact]
    public async Task What_a_server_writes_of_a_run_that_is_not_its_own_any_more_is_refused()
    {
        var store = await Houses.NewPostgres();
        await using var one = await RunGround.Open(store);
        var here = await one.NewBench();
        var gate = here.Nodes.Gate("Gate");
        var id = await here.Start(await here.Row("row", "Gate", "!B"));
        await gate.Entered();

        await Ask<int?>(store, "UPDATE runs SET server = 'another'");
        gate.Release();
        var loop = one.House.Services.GetRequiredService<RunLoop>();
        Assert.True(SpinWait.SpinUntil(() => !loop.IsCarried(id), TimeSpan.FromSeconds(60)));
        Assert.Equal("running", await Ask<string>(store, "SELECT status FROM runs"));
        Assert.Equal(0L, await Ask<long>(store, "SELECT COUNT(*) FROM run_steps"));
        Assert.Equal(["Gate"], here.Nodes.Called);
    }

    [Fact]
    public async Task A_server_that_was_taken_for_dead_accepts_no_run_before_it_has_a_new_name()
    {
        var store = await Houses.NewPostgres();
        await using var one = await RunGround.Open(store, args: Rare);
        var here = await one.NewBench();
        var graph = await here.Row("row", "A");
        await here.Invoke(graph);
        var name = await Ask<string>(store, "SELECT server FROM runs");

        await Ask<int?>(store, "UPDATE servers SET gone_at = 1");
        var refused = await here.Invoke(graph);
        Assert.Equal("store_unavailable", RunBench.Code(refused));
        Assert.Equal(1L, await Ask<long>(store, "SELECT COUNT(*) FROM runs"));

        await Ask<int?>(store, "SELECT pg_notify('sluice_runs', 'servers')");
        await AcceptsAgain(here);
        Assert.NotEqual(
            name,
            await Ask<string>(store, "SELECT server FROM runs ORDER BY id DESC LIMIT 1")
        );
    }

    [Fact]
    public async Task Of_servers_that_die_together_the_one_that_is_left_takes_the_runs()
    {
        var store = await Houses.NewPostgres();
        await using var proxy = PostgresProxy.To(store);
        await using var one = await RunGround.Open(proxy.Store, args: Apart);
        await using var two = await RunGround.Open(proxy.Store, data: Shared(one), args: Apart);
        await one.House.License("enterprise");
        await using var three = await RunGround.Open(store, data: Shared(one), args: Apart);
        var first = await one.NewBench();
        var second = two.Adopt(first);
        var third = three.Adopt(first);
        var gate = first.Nodes.Gate("Gate");
        var graph = await first.Row("row", "Gate");
        var ids = new[] { await first.Start(graph), await second.Start(graph) };
        await gate.Entered();
        await gate.Entered();

        proxy.Cut();
        await gate.Entered();
        await gate.Entered();
        Assert.Equal(2, gate.Stopped);
        gate.Release();
        gate.Release();
        foreach (var id in ids)
            await third.Until(id, "succeeded");
        Assert.Equal(1L, await Ask<long>(store, "SELECT COUNT(*) FROM servers"));
    }

    [Fact]
    public async Task When_nothing_happens_a_server_asks_once_in_five_seconds()
    {
        var store = await Houses.NewPostgres();
        await using var proxy = PostgresProxy.To(store);
        await using var one = await RunGround.Open(proxy.Store);
        await using var two = await RunGround.Open(store, data: Shared(one));
        var bench = await one.NewBench();
        await bench.Invoke(await bench.Row("row", "A"));
        // What the call left to be done afterwards, such as when the key was used last.
        await UntilQuiet(proxy);
        var (before, since) = (proxy.Statements, Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(10.5), TestContext.Current.CancellationToken);
        var most = 1 + (int)(Stopwatch.GetElapsedTime(since).TotalSeconds / 5);
        Assert.InRange(proxy.Statements - before, 1, most);
    }

    private static async Task UntilQuiet(PostgresProxy proxy)
    {
        // Twice: a machine that stood still is quiet as well.
        var since = Stopwatch.GetTimestamp();
        for (var quiet = 0; quiet < 2; )
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(2), "never quiet");
            var seen = proxy.Statements;
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            quiet = proxy.Statements > seen + 1 ? 0 : quiet + 1;
        }
    }

    private static async Task AcceptsAgain(RunBench bench)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var graph = await Tried(async () => await bench.Row("again", "A"));
        await Tried(async () =>
        {
            var answer = await bench.Invoke(graph);
            return RunBench.Code(answer) is "store_unavailable" ? null : answer.ToString();
        });

        async Task<string> Tried(Func<Task<string?>> act)
        {
            while (true)
            {
                patience.Token.ThrowIfCancellationRequested();
                try
                {
                    if (await act() is { } done)
                        return done;
                }
                catch (Sluice.Server.Store.StoreUnavailableException)
                {
                    // It is on its way back.
                }
            }
        }
    }

    private static async Task<T> Ask<T>(string store, string sql)
    {
        await using var connection = new NpgsqlConnection(store);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }

    // Servers that share a store share its master key.
    private static string Shared(RunGround other)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(other.House.Data, "master.key"), Path.Combine(folder, "master.key"));
        return folder;
    }
}
