using System.Net;
using System.Net.Sockets;

namespace Sluice.Server.Tests.Edge;

/// <summary>Where the server listens is free, or the operator is told.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task An_address_that_is_taken_is_told_in_a_sentence_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var data = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var url = $"http://{other.LocalEndpoint}";
        var error = await Assert.ThrowsAsync<ListenerException>(() =>
            Verbs.Serve([
                "--data",
                data,
                "--urls",
                url,
                "--SLUICE_ADMIN_API_KEY",
                TestHouse.AdminKey,
                "--Logging:LogLevel:Default",
                "None",
            ])
        );
        Assert.Contains(url + ": address already in use.", error.Message, StringComparison.Ordinal);
        Assert.Contains("--urls http://", error.Message, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Every_address_on_which_it_cannot_listen_is_named_at_once_with_its_reason()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var data = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var error = await Assert.ThrowsAsync<ListenerException>(() =>
            Verbs.Serve([
                "--data",
                data,
                "--urls",
                // Of the documentation's addresses, which no machine has.
                $"http://127.0.0.1:{port};http://192.0.2.1:{port};http://127.0.0.1:0",
                "--allow-plain-http",
                "--Listeners:inner:Urls",
                $"http://localhost:{port}",
            ])
        );
        Assert.Collection(
            error.Message.Split('\n'),
            line => Assert.Contains($"http://127.0.0.1:{port}: address already in use.", line),
            line => Assert.Contains($"http://192.0.2.1:{port}: it is no address of this", line),
            line =>
            {
                Assert.Contains($"http://localhost:{port}: address already in use.", line);
                Assert.Contains("Listeners:inner:Urls", line);
            }
        );
        Assert.False(File.Exists(Path.Combine(data, "sluice.db")));
        Directory.Delete(data, recursive: true);
    }
}
