using System.Net;
using System.Net.Sockets;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Takes connections on a free port of this machine until it is disposed of, and serves each in its own way.</summary>
internal abstract class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    protected LoopbackListener()
    {
        _listener.Start();
        _serving = Task.Run(Accept);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Comes when it is disposed of.</summary>
    protected CancellationToken Over => _over.Token;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        // It ends by itself; a listener that is gone is no place to wait at.
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }

    /// <summary>Serves one connection; either side may break it off.</summary>
    protected abstract Task Serve(TcpClient client);

    private async Task Accept()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ServeToEnd(await _listener.AcceptTcpClientAsync(Over)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeToEnd(TcpClient client)
    {
        using (client)
        {
            try
            {
                await Serve(client);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // Either side has had enough.
            }
        }
    }
}
