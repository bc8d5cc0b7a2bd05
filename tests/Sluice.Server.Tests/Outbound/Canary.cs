using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Something on this machine that nobody may reach; it counts who does.</summary>
internal sealed class Canary : IAsyncDisposable
{
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Task> _taking = [];
    private readonly Channel<int> _taken = Channel.CreateUnbounded<int>();

    public Canary()
    {
        var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        Port = ((IPEndPoint)first.LocalEndpoint).Port;
        Take(first);
        var second = new TcpListener(IPAddress.IPv6Loopback, Port);
        try
        {
            second.Start();
            Take(second);
        }
        catch (SocketException)
        {
            // This machine has no IPv6.
            second.Dispose();
        }
    }

    public int Port { get; }

    /// <summary>Connections that came before this question and after the last one, whoever made them.</summary>
    public async Task<int> Hits()
    {
        var hits = 0;
        foreach (var listener in _listeners)
        {
            // One of our own, behind all that came before.
            var place = (IPEndPoint)listener.LocalEndpoint;
            using var own = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await own.ConnectAsync(place);
            var port = ((IPEndPoint)own.LocalEndPoint!).Port;
            while (
                await _taken.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)) != port
            )
                hits++;
        }
        return hits;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        await Task.WhenAll(_taking);
    }

    private void Take(TcpListener listener)
    {
        _listeners.Add(listener);
        _taking.Add(
            Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        using var connection = await listener.AcceptSocketAsync();
                        _taken.Writer.TryWrite(((IPEndPoint)connection.RemoteEndPoint!).Port);
                    }
                }
                catch (Exception error) when (error is SocketException or InvalidOperationException)
                {
                    // The test is over; a listener that is gone, or that nobody waits at just then, says so in another way each.
                }
            })
        );
    }
}
