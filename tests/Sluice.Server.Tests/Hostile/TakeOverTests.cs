using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Tests.Canary;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Tests that hold a time against the clock: they run when the others are done.</summary>
[CollectionDefinition(nameof(Timed), DisableParallelization = true)]
public sealed class Timed;

/// <summary>Two servers as processes of their own on one PostgreSQL, of which one is killed or suspended.</summary>
[Collection(nameof(Timed))]
public sealed class TakeOverTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Mark"] =
            "import uuid\nreturn Note(number=input.number, trail=list(input.trail) + [uuid.uuid4().hex])",
        ["Slow"] =
            "import time, uuid\ntime.sleep(input.number / 1000)\nreturn Note(trail=list(input.trail) + [uuid.uuid4().hex])",
    };

    private readonly string[] _folders =
    [
        Directory.CreateTempSubdirectory("sluice-test-").FullName,
        Directory.CreateTempSubdirectory("sluice-test-").FullName,
    ];

    private NpgsqlDataSource _store = null!;
    private ChildServer _first = null!;
    private ChildServer? _second;
    private TestHouse? _other;
    private TestTenant _here = null!;
    private TestTenant _there = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_other is not null)
            await _other.DisposeAsync();
        if (_second is not null)
            await _second.DisposeAsync();
        if (_first is not null)
            await _first.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
        foreach (var folder in _folders)
            DataFolder.Remove(folder);
    }

    [Fact]
    public async Task The_other_server_takes_over_within_a_second_after_a_kill()
    {
        var clock = new ManualClock();
        await Open(clock);
        var id = await StartAndMark(milliseconds: 3000);
        var (server, mark) = (await ServerOf(id), await Output(id));

        await _first.Kill();
        // To the other server time passes only where this test lets it: what it waits for by its clock is all that it waits for.
        Until(() => clock.Next <= TimeSpan.FromSeconds(1));
        Assert.Equal(server, await ServerOf(id));
        clock.Advance(clock.Next!.Value);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
            while (await ServerOf(id) == server)
                Assert.False(patience.IsCancellationRequested);
        var run = await UntilEnded(id);
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(["s1", "s2"], Steps(run));
        Assert.Equal(mark, Trail(run.GetProperty("output"))[0]);
    }

    [Fact]
    public async Task A_suspended_server_loses_its_runs_and_what_it_writes_afterwards_is_refused()
    {
        await Open(
            null,
            "--Presence:RenewMs",
            "500",
            "--Presence:StopMs",
            "2000",
            "--Presence:LeaseMs",
            "4000"
        );
        // The node ends while its server is suspended, the next lease's work on it does not.
        var id = await StartAndMark(milliseconds: 3000);
        var (server, mark) = (await ServerOf(id), await Output(id));

        await Signal("-STOP");
        // When it was last seen to be the first one's still.
        DateTime taken;
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            do
            {
                Assert.False(patience.IsCancellationRequested, _second?.Output);
                taken = await Ask<DateTime>("SELECT now()");
            } while (await ServerOf(id) == server);
        }
        await Signal("-CONT");

        var run = await UntilEnded(id);
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(["s1", "s2"], Steps(run));
        Assert.Equal(mark, Trail(run.GetProperty("output"))[0]);
        var began = run.GetProperty("steps")[1].GetProperty("started_at").GetDateTime();
        Assert.True(began > taken.AddSeconds(-1), $"{began:O} is before {taken:O}");
        Assert.Equal(2L, await Ask<long>("SELECT COUNT(*) FROM run_steps"));

        // It goes on under another name.
        using var again = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement answer;
        do
        {
            again.Token.ThrowIfCancellationRequested();
            answer = await Workshop.Invoke(_here, _graph, """{"number":1}""");
        } while (
            !answer.TryGetProperty("status", out var status)
            || status.ValueKind != JsonValueKind.String
        );
        Assert.Equal("succeeded", answer.GetProperty("status").GetString());
        // Its output arrives by a way of its own.
        Until(() => _first.Output.Contains("was taken for dead", StringComparison.Ordinal));
    }

    private static void Until(Func<bool> holds) =>
        Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(60)));

    private string _graph = "";

    /// <param name="clock">Of the second server's leases, which is no process of its own then.</param>
    private async Task Open(TimeProvider? clock, params string[] args)
    {
        var store = await Houses.NewPostgres();
        _store = NpgsqlDataSource.Create(store);
        _first = await ChildServer.Start(_folders[0], store, null, args);
        File.Copy(Path.Combine(_folders[0], "master.key"), Path.Combine(_folders[1], "master.key"));
        _here = await TestHouse.At(_first.Http.BaseAddress!, _folders[0]).NewTenant();
        if (clock is null)
            _second = await ChildServer.Start(_folders[1], store, null, args);
        else
            _other = await TestHouse.Open(
                _folders[1],
                store,
                builder => builder.Services.AddSingleton(new PresenceClock(clock)),
                args
            );
        _there = _here with
        {
            House = _other ?? TestHouse.At(_second!.Http.BaseAddress!, _folders[1]),
        };
        await Workshop.Push(_here, Nodes);
        _graph = await Workshop.Chain(_here, "slow", "Mark", "Slow");
        // Both have a warm worker, so that what is measured is not a cold start.
        await Workshop.Invoke(_here, _graph);
        await Workshop.Invoke(_there, _graph);
        await Ask<int?>("DELETE FROM run_steps");
        await Ask<int?>("DELETE FROM runs");
    }

    /// <summary>Starts a run on the first server; answers its id when the first step is on record.</summary>
    private async Task<string> StartAndMark(int milliseconds)
    {
        var answer = await Workshop.Invoke(
            _here,
            _graph,
            $$"""{"number":{{milliseconds}}}""",
            ""","wait":false"""
        );
        while (await Ask<long>("SELECT COUNT(*) FROM run_steps") == 0)
            await Task.Yield();
        return answer.GetProperty("execution_id").GetString()!;
    }

    private async Task<string> Output(string id)
    {
        var run = await TestHouse.Json(await _there.Get($"/api/v1/runs/{id}"));
        return Trail(run.GetProperty("steps")[0].GetProperty("output"))[0];
    }

    private Task<string> ServerOf(string id) =>
        Ask<string>($"SELECT server FROM runs WHERE id = '{id}'");

    private async Task<JsonElement> UntilEnded(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var run = await TestHouse.Json(await _there.Get($"/api/v1/runs/{id}"));
            Assert.False(
                patience.IsCancellationRequested,
                $"{run}\n{_first.Output}\n{_second?.Output}"
            );
            if (run.GetProperty("status").GetString() != "running")
                return run;
        }
    }

    private static IEnumerable<string> Steps(JsonElement run) =>
        run.GetProperty("steps")
            .EnumerateArray()
            .Select(step => step.GetProperty("alias").GetString()!);

    private static List<string> Trail(JsonElement note) =>
        [.. note.GetProperty("trail").EnumerateArray().Select(each => each.GetString()!)];

    private async Task<T> Ask<T>(string sql)
    {
        await using var command = _store.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_first.Pid}"]);
        await kill.WaitForExitAsync();
    }
}
