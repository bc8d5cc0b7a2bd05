using System.Security.Cryptography;

namespace Sluice.Server.Tests.Secrets;

/// <summary>Secrets with a text that occurs nowhere else are saved, replaced, overridden, read by nodes, and then looked for.</summary>
public sealed class CanaryTests
{
    private static readonly Dictionary<string, string> Nodes = new(StringComparer.Ordinal)
    {
        ["Measure"] =
            "value, ok = ax.secrets.get('TOKEN')\nreturn Note(text=value[:3], number=len(value))",
        ["Crash"] = "value, ok = ax.secrets.get('TOKEN')\nimport os\nos._exit(7)",
    };

    [Fact]
    public async Task A_secret_that_was_saved_and_read_is_found_nowhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is searched through /proc.");
        using var ground = new TestGround(postgres: false);
        await using var server = await ServerProcess.Start(ground);
        await using var house = TestHouse.At(server.Address, ground.Folder);
        var replies = new List<string>();
        var tenant = await house.NewTenant("acme");
        await Workshop.Push(tenant, Nodes);
        var (measure, crash) = (
            await Workshop.Chain(tenant, "measure", "Measure"),
            await Workshop.Chain(tenant, "crash", "Crash")
        );

        var canaries = await SaveEveryWay(tenant, replies);
        var config = await Config(tenant, "acme/measure");
        var overridden = NewCanary(canaries);
        await Call(
            tenant.Put(
                $"/api/v1/configs/{config}/secrets/TOKEN",
                $$"""{"value":"{{overridden}}"}"""
            ),
            replies,
            201
        );
        var read = NewCanary(canaries);
        await Call(tenant.Put("/api/v1/secrets/TOKEN", $$"""{"value":"{{read}}"}"""), replies, 201);

        // Nodes read them, which the length and first letters show; one dies with the value in its hands.
        foreach (
            var (more, expected) in new[]
            {
                ("", read),
                ($$""","config_id":"{{config}}" """, overridden),
            }
        )
        {
            var answer = await Workshop.Invoke(tenant, measure, "{}", more + ""","wait":true""");
            Assert.Equal(
                (expected[..3], "32"),
                (
                    answer.GetProperty("output").GetProperty("text").GetString(),
                    answer.GetProperty("output").GetProperty("number").GetString()
                )
            );
            replies.Add(answer.ToString());
            await ReadBack(tenant, answer.GetProperty("execution_id").GetString()!, replies);
        }
        var failed = await Workshop.Invoke(tenant, crash, "{}", ""","wait":true""");
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        await ReadBack(tenant, failed.GetProperty("execution_id").GetString()!, replies);
        foreach (var path in new[] { "secrets", "configs", "usage", "flows", "packages", "keys" })
            await Call(tenant.Get($"/api/v1/{path}"), replies, 200);

        var files = Directory
            .GetFiles(ground.Folder, "*", SearchOption.AllDirectories)
            // Held for the server alone, and of a few bytes: who it is, and that it runs.
            .Where(path => Path.GetFileName(path) is not ("sluice.lock" or "node.id"))
            .Select(SharedFile.Read)
            .ToList();
        foreach (var canary in canaries)
        {
            Assert.Empty(server.FormsInMemory(canary));
            foreach (var form in ServerProcess.Forms(canary).Values)
                Assert.DoesNotContain(files, file => file.AsSpan().IndexOf(form) >= 0);
            Assert.All(
                replies,
                reply => Assert.DoesNotContain(canary, reply, StringComparison.Ordinal)
            );
            Assert.DoesNotContain(canary, server.Output, StringComparison.Ordinal);
        }
        Assert.Empty(
            server.FormsInMemory(File.ReadAllLines(Path.Combine(ground.Folder, "master.key"))[0])
        );

        // The search can find: a caller's key is a header, and headers are strings; a secret's name is stored in the clear.
        Assert.Contains("UTF-16", server.FormsInMemory(tenant.Key));
        Assert.Contains("UTF-8", server.FormsInMemory("NAME_IN_THE_CLEAR"));
        Assert.Contains(files, file => file.AsSpan().IndexOf("NAME_IN_THE_CLEAR"u8) >= 0);
        Assert.Contains(
            replies,
            reply => reply.Contains("NAME_IN_THE_CLEAR", StringComparison.Ordinal)
        );
    }

    /// <summary>Short; long enough for several reads of the connection; escaped; refused for a mistake behind it, or for its name.</summary>
    private static async Task<List<string>> SaveEveryWay(TestTenant tenant, List<string> replies)
    {
        var canaries = new List<string>();
        var around = new string('x', 20_000);
        await Call(
            tenant.Put(
                "/api/v1/secrets/NAME_IN_THE_CLEAR",
                $$"""{"value":"{{NewCanary(canaries)}}"}"""
            ),
            replies,
            201
        );
        await Call(
            tenant.Put(
                "/api/v1/secrets/NAME_IN_THE_CLEAR",
                $$"""{"value":"{{NewCanary(canaries)}}"}"""
            ),
            replies,
            409
        );
        await Call(
            tenant.Put(
                "/api/v1/secrets/NAME_IN_THE_CLEAR",
                $$"""{"replace":true,"value":"{{NewCanary(canaries)}}"}"""
            ),
            replies,
            200
        );
        await Call(
            tenant.Put(
                "/api/v1/secrets/LONG",
                $$"""{"value":"{{around}}{{NewCanary(canaries)}}{{around}}"}"""
            ),
            replies,
            201
        );
        await Call(
            tenant.Put(
                "/api/v1/secrets/ESCAPED",
                $$"""{"value":"\u0020{{NewCanary(canaries)}}"}"""
            ),
            replies,
            201
        );
        await Call(
            tenant.Put(
                "/api/v1/secrets/UNKNOWN",
                $$"""{"value":"{{NewCanary(canaries)}}","other":1}"""
            ),
            replies,
            400
        );
        await Call(
            tenant.Put("/api/v1/secrets/BARE", $$"""{"value":{{NewCanary(canaries)}}}"""),
            replies,
            400
        );
        await Call(
            tenant.Put("/api/v1/secrets/GONE", $$"""{"value":"{{NewCanary(canaries)}}"}"""),
            replies,
            201
        );
        await Call(tenant.Delete("/api/v1/secrets/GONE"), replies, 204);
        return canaries;
    }

    private static string NewCanary(List<string> canaries)
    {
        canaries.Add(RandomNumberGenerator.GetHexString(32));
        return canaries[^1];
    }

    private static async Task<string> Config(TestTenant tenant, string flow)
    {
        using var saved = await tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{flow}}","name":"own"}"""
        );
        return (await TestHouse.Json(saved)).GetProperty("id").GetString()!;
    }

    private static async Task ReadBack(TestTenant tenant, string run, List<string> replies)
    {
        await Call(tenant.Get($"/api/v1/runs/{run}"), replies, 200);
        await Call(tenant.Get($"/api/v1/runs/{run}/logs"), replies, 200);
        await Call(tenant.Get("/api/v1/runs"), replies, 200);
    }

    private static async Task Call(Task<HttpResponseMessage> call, List<string> replies, int status)
    {
        using var response = await call;
        replies.Add($"{response.Headers}{await response.Content.ReadAsStringAsync()}");
        Assert.True((int)response.StatusCode == status, replies[^1]);
    }
}
