using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Tests.Canary;

namespace Sluice.Server.Tests.Hostile;

/// <summary>What hostile bodies cost the server, measured from outside.</summary>
public sealed class MemoryTests
{
    private const int Callers = 24;

    [Fact]
    public async Task Hostile_bodies_cost_bounded_memory()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        await using (var server = await ChildServer.Start(folder))
        {
            var key = await NewKey(server);
            var before = server.PeakMemory();

            // Announced and never sent: what is announced costs nothing.
            var idle = new List<RawSocket>();
            for (var i = 0; i < 200; i++)
            {
                var socket = await RawSocket.Connect(server.Http.BaseAddress!);
                await socket.Write($"{Head(key)}Content-Length: {16 << 20}\r\n\r\n{{");
                idle.Add(socket);
            }
            Assert.InRange(server.PeakMemory() - before, long.MinValue, 64 << 20);

            // A number of 100 MB, in chunks, from many at once: each is let go at the limit of 16 MiB.
            var digits = Encoding.ASCII.GetBytes("10000\r\n" + new string('9', 64 << 10) + "\r\n");
            await Task.WhenAll(
                Enumerable
                    .Range(0, Callers)
                    .Select(async _ =>
                    {
                        using var socket = await RawSocket.Connect(server.Http.BaseAddress!);
                        var reading = socket.ReadToEnd(TimeSpan.FromSeconds(60));
                        await socket.Write(Head(key) + "Transfer-Encoding: chunked\r\n\r\n");
                        await socket.Write(
                            Enumerable.Repeat(
                                (ReadOnlyMemory<byte>)digits,
                                (100 << 20) / digits.Length
                            )
                        );
                        Assert.Equal(413, RawSocket.Parse(await reading).Status);
                    })
            );
            foreach (var socket in idle)
                socket.Dispose();
            var cost = server.PeakMemory() - before;
            TestContext.Current.TestOutputHelper?.WriteLine($"{cost >> 20} MiB at most");
            Assert.InRange(cost, long.MinValue, Callers * (48L << 20));
            using var health = await server.Http.GetAsync("/health");
            Assert.Equal(200, (int)health.StatusCode);
        }
        DataFolder.Remove(folder);
    }

    private static string Head(string key) =>
        $"POST /invocations/v1/flows/invoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n";

    private static async Task<string> NewKey(ChildServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/admin/organizations");
        request.Headers.Add("X-Admin-API-Key", TestHouse.AdminKey);
        request.Content = JsonContent.Create(new { org_id = "acme", name = "Acme" });
        using var answer = await server.Http.SendAsync(request);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["key"]!;
    }
}
