using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Tests.Runs;

namespace Sluice.Server.Tests.Hostile;

/// <summary>A store that is full or gone: a clear 503, nothing acknowledged that is not kept, and recovery without a restart.</summary>
public sealed class StoreLossTests
{
    [Fact]
    public async Task A_full_disk_is_503_and_what_was_acknowledged_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        Assert.SkipUnless(
            await Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder),
            "A small disk cannot be mounted here."
        );
        try
        {
            var acknowledged = new List<string>();
            string handle,
                key;
            await using (var house = await TestHouse.Open(data: folder))
            {
                var tenant = await house.NewTenant();
                (handle, key) = (tenant.Handle, tenant.Key);
                await Workshop.Push(
                    tenant,
                    new Dictionary<string, string> { ["Echo"] = "return input" }
                );
                var graph = await Workshop.Chain(tenant, "echo", "Echo");
                await Workshop.Invoke(tenant, graph);

                var filler = Path.Combine(folder, "filler");
                Fill(filler);
                var refused = new List<string>();
                for (var i = 0; i < 40; i++)
                {
                    await Write(
                        tenant,
                        HttpMethod.Put,
                        $"/api/v1/secrets/S{i}",
                        $$"""{"value":"{{new string('v', 20_000)}}"}""",
                        $"S{i}",
                        acknowledged,
                        refused
                    );
                }
                Assert.True(refused.Count > 10, $"{refused.Count} writes were refused");
                await Write(
                    tenant,
                    HttpMethod.Post,
                    "/invocations/v1/flows/invoke",
                    $"{{\"graph_id\":\"{graph}\",\"input\":{{\"text\":\"{new string('x', 500_000)}\"}}}}",
                    null,
                    [],
                    refused
                );
                Assert.Equal("invoke", refused[^1]);
                await Write(
                    tenant,
                    HttpMethod.Put,
                    $"/api/v1/flows/{tenant.Handle}/echo",
                    JsonSerializer.Serialize(
                        new Dictionary<string, string>
                        {
                            ["document"] =
                                $"name: {tenant.Handle}/echo\nversion: 0.1.0\nnodes: []\nedges: []\n# "
                                + new string('x', 500_000),
                        }
                    ),
                    null,
                    [],
                    refused,
                    also: 422
                );
                await ReadsGoOn(tenant, graph);
                await PushIsRefused(tenant);

                File.Delete(filler);
                // The run that was refused is not tried again.
                var loop = house.Services.GetRequiredService<RunLoop>();
                await HeldStore.Until(() => Task.FromResult(loop.Count == 0));
                using var saved = await tenant.Put("/api/v1/secrets/AFTER", """{"value":"x"}""");
                Assert.Equal(201, (int)saved.StatusCode);
                acknowledged.Add("AFTER");
                var run = await Workshop.Invoke(tenant, graph);
                Assert.Equal("succeeded", run.GetProperty("status").GetString());
                Assert.Equal(acknowledged.Order(), await Names(tenant));
            }
            await using var reopened = await TestHouse.Open(data: folder);
            var again = new TestTenant(reopened, handle, "", key);
            Assert.Equal(acknowledged.Order(), await Names(again));
            using var runs = await again.Get("/api/v1/runs");
            Assert.Equal(2, (await TestHouse.Json(runs)).GetProperty("data").GetArrayLength());
        }
        finally
        {
            await Run("umount", folder);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task A_lost_database_is_503_and_the_server_recovers_by_itself()
    {
        var store = await Houses.NewPostgres();
        var name = new NpgsqlConnectionStringBuilder(store).Database!;
        await using var house = await TestHouse.Open(store: store);
        var tenant = await house.NewTenant();
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Echo"] = "return input",
                ["Wait"] = "import time\ntime.sleep(input.number)\nreturn input",
            }
        );
        var echo = await Workshop.Chain(tenant, "echo", "Echo");
        var slow = await Workshop.Chain(tenant, "slow", "Wait", "Echo");
        var inFlight = await Workshop.Invoke(tenant, slow, """{"number":3}""", ""","wait":false""");

        await OnServer($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await OnServer(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        foreach (
            var (method, path, body) in ((HttpMethod, string, string?)[])
                [
                    (HttpMethod.Get, "/api/v1/whoami", null),
                    (HttpMethod.Get, "/api/v1/runs", null),
                    (HttpMethod.Put, "/api/v1/secrets/LOST", """{"value":"x"}"""),
                    (HttpMethod.Post, "/api/v1/keys", """{"name":"lost"}"""),
                    (
                        HttpMethod.Post,
                        "/invocations/v1/flows/invoke",
                        $$"""{"graph_id":"{{echo}}"}"""
                    ),
                ]
        )
        {
            using var answer = await house.Send(method, path, body, tenant.Key);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode == 503, $"{path}: {answer.StatusCode} {text}");
            Assert.Contains("\"store_unavailable\"", text, StringComparison.Ordinal);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Null(Answers.Leak(text));
        }
        using (var health = await house.Client.GetAsync("/health"))
            Assert.Equal(503, (int)health.StatusCode);

        await OnServer($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        JsonElement back;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            back = await Workshop.Invoke(tenant, echo);
            // A server whose lease ended in the meantime carries no run until it has said again that it lives.
        } while (back.GetProperty("status").ToString() == "503");
        Assert.True(back.GetProperty("status").ToString() == "succeeded", back.ToString());
        Assert.Empty(await Names(tenant));
        var id = inFlight.GetProperty("execution_id").GetString();
        JsonElement run;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            using var answer = await tenant.Get($"/api/v1/runs/{id}");
            run = await TestHouse.Json(answer);
            // A connection that was lost while it was in use is found out at its next one.
            Assert.True(
                answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                run.ToString()
            );
        } while (run.GetProperty("status").ToString() is "running" or "503");
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(2, run.GetProperty("steps").GetArrayLength());
    }

    private static async Task Write(
        TestTenant tenant,
        HttpMethod method,
        string path,
        string body,
        string? name,
        List<string> acknowledged,
        List<string> refused,
        int also = 503
    )
    {
        using var answer = await tenant.House.Send(method, path, body, tenant.Key);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.IsSuccessStatusCode && name is not null)
        {
            acknowledged.Add(name);
            return;
        }
        Assert.True(
            (int)answer.StatusCode == 503 || (int)answer.StatusCode == also,
            $"{path}: {(int)answer.StatusCode} {Answers.Clip(text)}"
        );
        Assert.Null(Answers.Leak(text));
        if ((int)answer.StatusCode == 503)
            Assert.Contains("\"store_unavailable\"", text, StringComparison.Ordinal);
        refused.Add(name ?? path[(path.LastIndexOf('/') + 1)..]);
    }

    private static async Task ReadsGoOn(TestTenant tenant, string graph)
    {
        foreach (var path in (string[])["whoami", "runs", "secrets", $"graphs/{graph}", "usage"])
        {
            using var answer = await tenant.Get($"/api/v1/{path}");
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    private static async Task PushIsRefused(TestTenant tenant)
    {
        var last = await Workshop.TryPush(
            tenant,
            new Dictionary<string, string> { ["Echo"] = "return Note(text='new')" },
            "0.2.0"
        );
        Assert.Null(Answers.Leak(last.ToString()));
        Assert.False(
            last.TryGetProperty("success", out var success) && success.GetBoolean(),
            last.ToString()
        );
        using var found = await tenant.Get($"/api/v1/packages/{tenant.Handle}/works/0.2.0");
        Assert.Equal(404, (int)found.StatusCode);
    }

    private static async Task<IEnumerable<string>> Names(TestTenant tenant) =>
        (await TestHouse.Json(await tenant.Get("/api/v1/secrets?limit=200")))
            .GetProperty("data")
            .EnumerateArray()
            .Select(secret => secret.GetProperty("name").GetString()!)
            .Order();

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        foreach (var size in (int[])[1 << 20, 4096, 1])
        {
            var piece = new byte[size];
            try
            {
                while (true)
                    file.Write(piece);
            }
            catch (IOException)
            {
                // Full, to a piece of this size.
            }
        }
    }

    private static async Task OnServer(string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            Environment.GetEnvironmentVariable("SLUICE_TEST_POSTGRES")!
        );
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                }
            )!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
