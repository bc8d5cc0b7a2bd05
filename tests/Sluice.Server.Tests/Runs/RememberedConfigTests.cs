using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Server.Runners;

namespace Sluice.Server.Tests.Runs;

/// <summary>A server remembers what runs go by, and never goes by what has changed.</summary>
public sealed class RememberedConfigTests
{
    [Fact]
    public async Task A_config_that_another_server_saved_holds_for_the_very_next_run()
    {
        var store = await Houses.NewPostgres();
        await using var first = await Open(store, null);
        await using var second = await Open(store, Path.Combine(first.Data, "master.key"));
        var tenant = await first.NewTenant();
        var there = tenant with { House = second };
        await Workshop.Push(tenant, new Dictionary<string, string> { ["Echo"] = "return input" });
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        Assert.Equal(("null", 300_000), await Run(tenant, graph));
        for (var seconds = 1; seconds <= 5; seconds++)
        {
            using var saved = await there.Put(
                "/api/v1/configs",
                $$"""{"flow":"{{tenant.Handle}}/echo","name":"default","node_timeout_seconds":{{seconds}}}"""
            );
            var id = (await TestHouse.Json(saved)).GetProperty("id").ToString();
            Assert.Equal((id, seconds * 1000), await Run(tenant, graph));
            Assert.Equal((id, seconds * 1000), await Run(there, graph));
        }
        using var list = await there.Get($"/api/v1/configs?flow={tenant.Handle}/echo");
        var config = (await TestHouse.Json(list))
            .GetProperty("data")[0]
            .GetProperty("id")
            .ToString();
        using var asked = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$"""{"graph_id":"{{graph}}","input":{},"config_id":"{{config}}"}"""
        );
        Assert.Equal(200, (int)asked.StatusCode);
        using var deleted = await there.Delete($"/api/v1/configs/{config}");
        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Equal(("null", 300_000), await Run(tenant, graph));
        using var gone = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$"""{"graph_id":"{{graph}}","input":{},"config_id":"{{config}}"}"""
        );
        Assert.Equal(404, (int)gone.StatusCode);
    }

    /// <summary>Which config a run went by, and the time that it gave its node.</summary>
    private static async Task<(string Config, int TimeoutMs)> Run(TestTenant tenant, string graph)
    {
        var answer = await Workshop.Invoke(tenant, graph);
        var run = await TestHouse.Json(
            await tenant.Get($"/api/v1/runs/{answer.GetProperty("execution_id").GetString()}")
        );
        var config = run.GetProperty("config_id");
        return (
            config.ValueKind == JsonValueKind.Null ? "null" : config.GetString()!,
            int.Parse(answer.GetProperty("output").GetProperty("number").GetString()!)
        );
    }

    // The node tells how much time it was given.
    private static async Task<TestHouse> Open(string store, string? masterKey)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        if (masterKey is not null)
            File.Copy(masterKey, Path.Combine(folder, "master.key"));
        return await TestHouse.Open(
            data: folder,
            store: store,
            adjust: builder =>
                builder.Services.AddSingleton<NodeCaller>(
                    (call, _) =>
                        Task.FromResult(
                            new NodeOutcome
                            {
                                Kind = NodeOutcomeKind.Succeeded,
                                Output = Number((long)call.Timeout.TotalMilliseconds),
                            }
                        )
                )
        );
    }

    // Field 2 of Note, a varint.
    private static byte[] Number(long value)
    {
        var bytes = new List<byte> { 0x10 };
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
