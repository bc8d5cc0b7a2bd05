using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Runs;

/// <summary>In what form runs keep what passes through them.</summary>
public sealed class PayloadTests
{
    private static readonly string[] Tables = ["runs", "run_steps", "run_payloads"];

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, "true", true)]
    [InlineData(true, null, true)]
    [InlineData(true, "false", false)]
    public async Task What_passes_through_a_run_is_in_the_database_only_when_it_is_not_sealed(
        bool postgres,
        string? setting,
        bool isSealed
    )
    {
        await using var ground = await Open(postgres, setting);
        var bench = await ground.NewBench();
        bench.Nodes["A"] = (call, _) =>
            Task.FromResult(
                PlayedNodes.Trail(call) with
                {
                    Logs =
                    [
                        new NodeLog(
                            "info",
                            "canary-log",
                            new Dictionary<string, string>(),
                            DateTimeOffset.UnixEpoch
                        ),
                    ],
                }
            );
        bench.Nodes["B"] = (_, _) => Task.FromResult(PlayedNodes.Failed("canary-error"));
        var graph = await bench.Row("row", "A", "C");
        var run = await bench.Invoke(graph, """{"text":"canary-text"}""");
        Assert.Equal("succeeded", RunBench.Status(run));
        var failed = await bench.Invoke(await bench.Row("bad", "A", "B"));
        Assert.Equal("failed", RunBench.Status(failed));
        var shown = (await bench.Get(run.GetProperty("execution_id").GetString()!)).ToString();
        var why = (await bench.Get(failed.GetProperty("execution_id").GetString()!)).ToString();
        Assert.Contains("canary-text", shown, StringComparison.Ordinal);
        Assert.Contains("canary-error", why, StringComparison.Ordinal);

        var kept = await Kept(ground);
        foreach (var canary in (string[])["canary-text", "canary-error", "canary-log"])
            Assert.Equal(!isSealed, kept.Contains(canary, StringComparison.Ordinal));
        // The search can find.
        Assert.Contains("succeeded", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_payload_is_kept_beside_the_rows_and_read_back_whole(bool postgres)
    {
        await using var ground = await Open(postgres);
        var bench = await ground.NewBench();
        var text = new string('x', RunPayloads.LargestInRow) + "end";
        var run = await bench.Invoke(await bench.Row("row", "A"), $$"""{"text":"{{text}}"}""");
        var id = run.GetProperty("execution_id").GetString()!;
        Assert.Equal(text, run.GetProperty("output").GetProperty("text").GetString());
        var shown = await bench.Get(id);
        foreach (var part in (string[])["input", "output"])
            Assert.Equal(text, shown.GetProperty(part).GetProperty("text").GetString());

        var (aside, largest) = await ground.House.Database.Read(async session =>
            (
                await session.Across("a test").First<long>("SELECT COUNT(*) FROM run_payloads"),
                await session
                    .Across("a test")
                    .First<long>(
                        "SELECT MAX(length(input) + length(output)) FROM runs UNION ALL SELECT MAX(length(output)) FROM run_steps ORDER BY 1 DESC LIMIT 1"
                    )
            )
        );
        Assert.Equal(3, aside);
        Assert.InRange(largest, 1, 64);
        // A replay reads it, and keeps its own.
        var again = await bench.Post(id, "replay", """{"wait":true}""");
        Assert.Equal(text, again.GetProperty("output").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_payload_that_is_moved_to_another_place_does_not_open()
    {
        await using var ground = await Open(postgres: false, "true");
        var bench = await ground.NewBench();
        var graph = await bench.Row("row", "A");
        var first = await bench.Invoke(graph, """{"text":"one"}""");
        var second = await bench.Invoke(graph, """{"text":"two"}""");
        var id = second.GetProperty("execution_id").GetString()!;
        await ground.House.Database.Write(session =>
            session
                .Across("a thief at the database")
                .Execute(
                    "UPDATE runs SET input = (SELECT r.input FROM runs r WHERE r.id = @from) WHERE id = @id",
                    new { id, from = first.GetProperty("execution_id").GetString() }
                )
        );
        using var answer = await bench.Tenant.Get($"/api/v1/runs/{id}");
        Assert.Equal(500, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Data_keys_rotate_with_runs_in_flight_and_stay_while_a_run_needs_them(
        bool postgres
    )
    {
        var clock = new Sluice.Runner.Tests.ManualClock();
        await using var ground = await RunGround.Open(
            postgres ? await Houses.NewPostgres() : null,
            clock: clock,
            args: ["--Runs:EncryptPayloads", "true"]
        );
        var bench = await ground.NewBench();
        var gate = bench.Nodes.Gate("Gate");
        var id = await bench.Start(await bench.Row("row", "A", "Gate"), """{"text":"kept"}""");
        await gate.Entered();
        var rotator = ground.House.Services.GetRequiredService<SecretRotator>();
        async Task<long> Rotated()
        {
            await rotator.Round(TestContext.Current.CancellationToken);
            return await ground.House.Database.Read(session =>
                session.Across("a test").First<long>("SELECT COUNT(*) FROM data_keys")
            );
        }

        using (
            var rotate = await ground.House.Send(
                HttpMethod.Post,
                "/api/v1/admin/secrets/keys/rotate-data",
                "{}",
                admin: true
            )
        )
            Assert.Equal(202, (int)rotate.StatusCode);
        gate.Release();
        var run = await bench.Until(id, "succeeded");
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(2, await Rotated());
        Assert.Equal("kept", run.GetProperty("input").GetProperty("text").GetString());

        await ground.House.Database.Write(session =>
            session.Across("a test").Execute("DELETE FROM runs")
        );
        Assert.Equal(1, await Rotated());
    }

    [Fact]
    public async Task What_was_kept_before_the_setting_changed_is_read()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        RunBench bench;
        var ids = new List<string>();
        await using (var first = await RunGround.Open(data: folder))
        {
            bench = await first.NewBench();
            var graph = await bench.Row("row", "A");
            ids.Add(await One(bench, graph));
        }
        foreach (var setting in (string[])["true", "false"])
        {
            await using var next = await RunGround.Open(
                data: folder,
                args: ["--Runs:EncryptPayloads", setting]
            );
            bench = next.Adopt(bench);
            foreach (var id in ids)
                Assert.Equal(
                    "x",
                    (await bench.Get(id)).GetProperty("input").GetProperty("text").GetString()
                );
            ids.Add(await One(bench, await bench.Row("row", "A")));
        }
        DataFolder.Remove(folder);

        static async Task<string> One(RunBench bench, string graph) =>
            (await bench.Invoke(graph, """{"text":"x"}"""))
                .GetProperty("execution_id")
                .GetString()!;
    }

    private static async Task<RunGround> Open(bool postgres, string? setting = null) =>
        await RunGround.Open(
            postgres ? await Houses.NewPostgres() : null,
            args: setting is null ? [] : ["--Runs:EncryptPayloads", setting]
        );

    /// <summary>All that the tables hold, as Latin-1.</summary>
    private static async Task<string> Kept(RunGround ground)
    {
        var all = new StringBuilder();
        foreach (var table in Tables)
        {
            await ground.House.Database.Read(async session =>
            {
                await using var command = session.Connection.CreateCommand();
                command.CommandText = $"SELECT * FROM {table}";
                await using var rows = await command.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                {
                    for (var i = 0; i < rows.FieldCount; i++)
                        all.Append(
                            rows.GetValue(i) is byte[] bytes
                                ? Encoding.Latin1.GetString(bytes)
                                : Convert.ToString(rows.GetValue(i))
                        );
                }
                return true;
            });
        }
        return all.ToString();
    }
}
