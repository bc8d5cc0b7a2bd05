using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sluice.Server;
using Sluice.Server.Tests;

namespace Sluice.Console.Tests;

/// <summary>A server that people reach by a name: passkeys are bound to it.</summary>
public sealed class NamedServer : IAsyncLifetime
{
    internal TestHouse House { get; private set; } = null!;

    internal string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        House = await Open();
        Address = $"http://localhost:{House.Client.BaseAddress!.Port}";
    }

    public ValueTask DisposeAsync() => House.DisposeAsync();

    /// <summary>On a port that is known beforehand. One that was free a moment ago may be somebody else's by now: then another one.</summary>
    /// <param name="elsewhere">Its operator has named another port.</param>
    internal static async Task<TestHouse> Open(bool elsewhere = false)
    {
        for (var left = 20; ; left--)
        {
            try
            {
                return await Open(FreePort(), elsewhere);
            }
            catch (Exception error)
                when (left > 1
                    && error
                        is ListenerException
                            or IOException { InnerException: AddressInUseException }
                )
            {
                // Taken meanwhile.
            }
        }
    }

    private static Task<TestHouse> Open(int port, bool elsewhere) =>
        TestHouse.Open(
            args:
            [
                "--urls",
                $"http://127.0.0.1:{port}",
                "--public-url",
                $"http://localhost:{(elsewhere ? port - 1 : port)}",
            ]
        );

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
