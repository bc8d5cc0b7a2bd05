using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Secrets;

public sealed class MemoryTests
{
    [Fact]
    public async Task A_saved_value_is_nowhere_in_the_servers_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is searched through /proc.");
        await using var ground = new TestGround(postgres: false);
        await using var server = await ServerProcess.Start(ground);
        var key = await NewTenant(server);
        var canaries = new List<string>();
        for (var number = 0; number < 10; number++)
        {
            var canary = RandomNumberGenerator.GetHexString(32);
            canaries.Add(canary);
            // Short, long enough for several reads of the connection, escaped, refused for a mistake behind it.
            var body = (number % 4) switch
            {
                0 => $$"""{"value":"{{canary}}"}""",
                1 =>
                    $$"""{"value":"{{new string('x', 20_000)}}{{canary}}{{new string('x', 20_000)}}"}""",
                2 => $$"""{"value":"\u0020{{canary}}"}""",
                _ => $$"""{"value":"{{canary}}","other":1}""",
            };
            using var request = new HttpRequestMessage(
                HttpMethod.Put,
                $"/api/v1/secrets/NAME_{number}"
            )
            {
                Content = new StringContent(body),
            };
            request.Headers.Authorization = new("Bearer", key);
            using var response = await server.Http.SendAsync(request);
            Assert.Equal(number % 4 == 3 ? 400 : 201, (int)response.StatusCode);
        }

        Assert.All(canaries, canary => Assert.Empty(server.FormsInMemory(canary)));
        Assert.Empty(
            server.FormsInMemory(File.ReadAllLines(Path.Combine(ground.Folder, "master.key"))[0])
        );

        // The search can find: the caller's key was a header, and headers are strings.
        Assert.Contains("UTF-16", server.FormsInMemory(key));
        Assert.Contains("UTF-8", server.FormsInMemory("NAME_9"));
    }

    private static async Task<string> NewTenant(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/admin/organizations");
        request.Headers.Add("X-Admin-API-Key", SecretHouse.AdminKey);
        request.Content = JsonContent.Create(
            new
            {
                org_id = "acme",
                name = "Acme",
                owner = new { email = "owner@acme.example" },
            }
        );
        using var response = await server.Http.SendAsync(request);
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["key"]!;
    }
}
