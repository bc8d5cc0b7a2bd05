using System.Net;
using System.Net.Sockets;
using Sluice.Server.Tests;

namespace Sluice.Console.Tests;

/// <summary>A server that people reach by a name: passkeys are bound to it.</summary>
public sealed class NamedServer : IAsyncLifetime
{
    internal TestHouse House { get; private set; } = null!;

    internal string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        Address = $"http://localhost:{port}";
        House = await Open(port);
    }

    public ValueTask DisposeAsync() => House.DisposeAsync();

    /// <param name="port">The one that it listens on.</param>
    /// <param name="elsewhere">Its operator has named another port.</param>
    internal static Task<TestHouse> Open(int port, bool elsewhere = false) =>
        TestHouse.Open(
            args:
            [
                "--urls",
                $"http://127.0.0.1:{port}",
                "--public-url",
                $"http://localhost:{(elsewhere ? port - 1 : port)}",
            ]
        );

    internal static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
