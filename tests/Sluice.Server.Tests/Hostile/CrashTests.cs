using System.Text.Json;
using Sluice.Server.Tests.Canary;

namespace Sluice.Server.Tests.Hostile;

/// <summary>A server that is killed without warning while runs are under way.</summary>
public sealed class CrashTests
{
    private const int Runs = 24;

    // Each step leaves a text that no other execution of it would leave.
    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Mark"] =
            "import time, uuid\ntime.sleep(0.15)\nreturn Note(trail=list(input.trail) + [uuid.uuid4().hex])",
    };

    [Fact]
    public async Task After_a_kill_no_worker_lives_on_every_run_ends_once_and_no_recorded_step_runs_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        List<string> accepted;
        Dictionary<string, string[]> before;
        TestTenant tenant;
        await using (var first = await ChildServer.Start(folder))
        {
            tenant = await Furnished(TestHouse.At(first.Http.BaseAddress!, folder));
            var graph = await Workshop.Chain(tenant, "marks", "Mark", "Mark", "Mark");
            accepted = await Start(tenant, graph);
            before = await UntilSomeStepsAreRecorded(tenant, accepted);
            Assert.NotEmpty(Workers(folder));
            await first.Kill();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (Workers(folder).Count > 0)
                patience.Token.ThrowIfCancellationRequested();
        }
        await using (var second = await ChildServer.Start(folder))
        {
            var again = tenant with { House = TestHouse.At(second.Http.BaseAddress!, folder) };
            await AllEndOnce(again, accepted, before);
        }
        DataFolder.Remove(folder);
    }

    [Fact]
    public async Task On_PostgreSQL_another_server_carries_on_what_a_killed_one_left()
    {
        var store = await Houses.NewPostgres();
        var folders = new[]
        {
            Directory.CreateTempSubdirectory("sluice-test-").FullName,
            Directory.CreateTempSubdirectory("sluice-test-").FullName,
        };
        await using (var first = await ChildServer.Start(folders[0], store))
        {
            var masterKey = Path.Combine(folders[0], "master.key");
            File.Copy(masterKey, Path.Combine(folders[1], "master.key"));
            await using var second = await ChildServer.Start(folders[1], store);
            var tenant = await Furnished(TestHouse.At(first.Http.BaseAddress!, folders[0]));
            var graph = await Workshop.Chain(tenant, "marks", "Mark", "Mark", "Mark");
            var accepted = await Start(tenant, graph);
            var before = await UntilSomeStepsAreRecorded(tenant, accepted);
            await first.Kill();
            await AllEndOnce(
                tenant with
                {
                    House = TestHouse.At(second.Http.BaseAddress!, folders[1]),
                },
                accepted,
                before
            );
        }
        foreach (var folder in folders)
            DataFolder.Remove(folder);
    }

    /// <summary>Processes that were started for packages of this data folder.</summary>
    private static List<string> Workers(string folder)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(process, "cmdline"));
                if (
                    command.Contains("bwrap", StringComparison.Ordinal)
                    && command.Contains(folder, StringComparison.Ordinal)
                )
                    found.Add(process);
            }
            catch (IOException)
            {
                // No process, or one that has just ended.
            }
        }
        return found;
    }

    private static async Task<TestTenant> Furnished(TestHouse house)
    {
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        return tenant;
    }

    private static async Task<List<string>> Start(TestTenant tenant, string graph)
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Runs)
                .Select(_ => Workshop.Invoke(tenant, graph, "{}", ""","wait":false"""))
        );
        return [.. answers.Select(answer => answer.GetProperty("execution_id").GetString()!)];
    }

    /// <summary>The trail that each run has on record, once some steps are recorded and most are not.</summary>
    private static async Task<Dictionary<string, string[]>> UntilSomeStepsAreRecorded(
        TestTenant tenant,
        IReadOnlyList<string> runs
    )
    {
        while (true)
        {
            var trails = new Dictionary<string, string[]>();
            foreach (var id in runs)
                trails[id] = Trail(await TestHouse.Json(await tenant.Get($"/api/v1/runs/{id}")));
            if (trails.Values.Sum(trail => trail.Length) >= 5)
                return trails;
        }
    }

    private static async Task AllEndOnce(
        TestTenant tenant,
        IReadOnlyList<string> runs,
        Dictionary<string, string[]> before
    )
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        foreach (var id in runs)
        {
            JsonElement run;
            do
            {
                patience.Token.ThrowIfCancellationRequested();
                run = await TestHouse.Json(await tenant.Get($"/api/v1/runs/{id}"));
            } while (run.GetProperty("status").GetString() == "running");
            Assert.Equal("succeeded", run.GetProperty("status").GetString());
            var steps = run.GetProperty("steps").EnumerateArray().ToList();
            Assert.Equal(
                ["s1", "s2", "s3"],
                steps.Select(step => step.GetProperty("alias").GetString()!).Order()
            );
            var trail = run.GetProperty("output")
                .GetProperty("trail")
                .EnumerateArray()
                .Select(each => each.GetString()!)
                .ToArray();
            Assert.Equal(3, trail.Length);
            Assert.Equal(before[id], trail[..before[id].Length]);
        }
        var list = await TestHouse.Json(await tenant.Get("/api/v1/runs?limit=200"));
        Assert.Equal(runs.Count, list.GetProperty("data").GetArrayLength());
        var usage = await TestHouse.Json(await tenant.Get("/api/v1/usage"));
        Assert.Equal(
            (runs.Count, runs.Count, 0),
            (
                usage.GetProperty("executions").GetInt32(),
                usage.GetProperty("succeeded").GetInt32(),
                usage.GetProperty("failed").GetInt32()
            )
        );
    }

    /// <summary>The longest trail among the recorded outputs of a run's steps.</summary>
    private static string[] Trail(JsonElement run) =>
        run.GetProperty("steps")
            .EnumerateArray()
            .Where(step =>
                step.GetProperty("status").GetString() == "succeeded"
                && step.TryGetProperty("output", out _)
            )
            .Select(step =>
                step.GetProperty("output")
                    .GetProperty("trail")
                    .EnumerateArray()
                    .Select(each => each.GetString()!)
                    .ToArray()
            )
            .OrderByDescending(trail => trail.Length)
            .FirstOrDefault([]);
}
