using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Licenses.Nodes;
using Sluice.Server.Store;
using Sluice.Server.Tests.Runs;
using Sluice.Server.Tests.Store;

namespace Sluice.Server.Tests.Licenses;

/// <summary>Nodes against the limit of the license: heartbeats, seats, and what the node over the limit does.</summary>
public abstract class NodeTests
{
    private const long Minute = 60_000;

    private protected abstract Task<TestHouse> Open();

    [Theory]
    [InlineData(7, 10, "OK")]
    [InlineData(8, 10, "CAUTION")]
    [InlineData(9, 10, "WARNING")]
    [InlineData(10, 10, "VIOLATION")]
    [InlineData(11, 10, "VIOLATION")]
    [InlineData(1, 2, "OK")]
    [InlineData(39, 50, "OK")]
    [InlineData(40, 50, "CAUTION")]
    [InlineData(10_000, null, "OK")]
    public void Nodes_are_judged_at_80_90_and_100_percent(int active, int? most, string status) =>
        Assert.Equal(status, ReadNodes.Judge(active, 0, most).Status);

    [Fact]
    public async Task A_seat_is_kept_for_five_minutes_after_a_heartbeat_and_then_anothers()
    {
        var database = await Empty();
        Assert.True(await Beat(database, "one", 0));
        Assert.True(await Beat(database, "two", Minute));
        Assert.False(await Beat(database, "three", 2 * Minute));
        // One is silent. Four minutes and 59 seconds after its heartbeat it has its seat still.
        Assert.True(await Beat(database, "two", 4 * Minute));
        Assert.False(await Beat(database, "three", 5 * Minute - 1));
        Assert.True(await Beat(database, "three", 5 * Minute));
        // It comes back and is the one too many, until another leaves.
        Assert.False(await Beat(database, "one", 6 * Minute));
        await database.Write(session => NodeStore.Leave(session, "two"));
        Assert.True(await Beat(database, "one", 7 * Minute));
        Assert.False(await Beat(database, "two", 8 * Minute));
    }

    [Fact]
    public async Task Nodes_that_come_at_once_get_as_many_seats_as_there_are()
    {
        var database = await Empty();
        var seated = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => Beat(database, $"node-{i}", i % 3))
        );
        var rounds = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => Beat(database, $"node-{i}", Minute))
        );
        Assert.Equal(2, rounds.Count(held => held));
        Assert.InRange(seated.Count(held => held), 2, 12);
        var shown = await database.Read(session => NodeStore.Living(session, Minute));
        Assert.Equal((12, 2), (shown.Count, shown.Count(node => node.SeatedAt is not null)));
    }

    [Fact]
    public async Task A_server_is_listed_with_its_heartbeat_and_leaves_when_it_stops()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var nodes = (await TestHouse.Json(await tenant.Get("/api/v1/nodes"))).GetProperty("data");
        var here = nodes
            .EnumerateArray()
            .Single(node => node.GetProperty("answering").GetBoolean());
        Assert.True(here.GetProperty("takes_work").GetBoolean());
        Assert.Equal("server", here.GetProperty("kind").GetString());
        var status = await TestHouse.Json(await tenant.Get("/api/v1/nodes/status"));
        Assert.Equal(
            (nodes.GetArrayLength(), 2),
            (
                status.GetProperty("active_nodes").GetInt32(),
                status.GetProperty("max_nodes").GetInt32()
            )
        );
    }

    private async Task<Database> Empty()
    {
        var database = (await Open()).Database;
        await database.Write(session => session.House.Execute("DELETE FROM nodes"));
        return database;
    }

    private static Task<bool> Beat(Database database, string id, long now) =>
        database.Write(session =>
            NodeStore.Beat(
                session,
                new Node
                {
                    Id = id,
                    Kind = "server",
                    Version = "0",
                    StartedAt = 0,
                    SeenAt = 0,
                },
                now,
                most: 2
            )
        );
}

public sealed class NodeTestsOnSqlite : NodeTests, IAsyncDisposable
{
    private TestHouse? _house;

    private protected override async Task<TestHouse> Open() => _house ??= await TestHouse.Open();

    public async ValueTask DisposeAsync()
    {
        if (_house is not null)
            await _house.DisposeAsync();
    }
}

public sealed class NodeTestsOnPostgres : NodeTests, IAsyncDisposable
{
    private TestHouse? _house;

    private protected override async Task<TestHouse> Open() =>
        _house ??= await TestHouse.Open(store: await Houses.NewPostgres());

    public async ValueTask DisposeAsync()
    {
        if (_house is not null)
            await _house.DisposeAsync();
    }

    [Fact]
    public async Task The_server_over_the_limit_is_told_takes_no_work_and_has_it_done_by_others()
    {
        var store = await Houses.NewPostgres();
        await using var one = await RunGround.Open(store);
        await using var two = await RunGround.Open(store, Shared(one));
        await using var three = await RunGround.Open(store, Shared(one));
        var here = await one.NewBench();
        two.Adopt(here);
        var there = three.Adopt(here);
        var status = await TestHouse.Json(await there.Tenant.Get("/api/v1/nodes/status"));
        Assert.Equal(
            ("VIOLATION", 3, 1),
            (
                status.GetProperty("status").GetString(),
                status.GetProperty("active_nodes").GetInt32(),
                status.GetProperty("without_work").GetInt32()
            )
        );
        var seat = three.House.Services.GetRequiredService<NodeSeat>();
        Assert.False(seat.IsHeld);

        // It takes the call, and another server runs it.
        var run = await there.Invoke(await here.Row("row", "A"));
        Assert.Equal("succeeded", RunBench.Status(run));

        // A license for more is installed, and the next heartbeat takes a seat.
        await three.House.License("professional");
        await seat.Beat(TestContext.Current.CancellationToken);
        Assert.True(seat.IsHeld);
    }

    [Fact]
    public async Task A_server_that_is_cut_off_loses_its_seat_by_its_own_clock()
    {
        var clock = new ManualClock();
        await using var proxy = PostgresProxy.To(await Houses.NewPostgres());
        await using var house = await TestHouse.Open(
            store: proxy.Store,
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var seat = house.Services.GetRequiredService<NodeSeat>();
        proxy.Cut();
        clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.True(seat.IsHeld);
        clock.Advance(TimeSpan.FromMinutes(0.1));
        Assert.False(seat.IsHeld);
        proxy.Restore();
        await Heard(seat);
        Assert.True(seat.IsHeld);
    }

    /// <summary>A heartbeat over a connection that was not lost: those that lay idle at the cut say so at their next use only.</summary>
    private static async Task Heard(NodeSeat seat)
    {
        for (var left = 10; ; left--)
        {
            try
            {
                await seat.Beat(TestContext.Current.CancellationToken);
                return;
            }
            catch (StoreUnavailableException) when (left > 1)
            {
                // Whoever meets one has all of them forgotten.
            }
        }
    }

    /// <summary>A folder with the other's master key.</summary>
    private static string Shared(RunGround other)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(other.House.Data, "master.key"), Path.Combine(folder, "master.key"));
        return folder;
    }
}
