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
}
