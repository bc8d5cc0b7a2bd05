using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Answers whatever is asked with the same bytes, over plain TCP, and holds the line.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly byte[] _answer;
    private readonly bool _endless;
    private Task _serving = Task.CompletedTask;
    private int _calls;

    private PlainServer(string answer, bool endless) =>
        (_answer, _endless) = (Encoding.ASCII.GetBytes(answer), endless);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>Requests so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <param name="endless">Goes on with the letter a until the other side has had enough.</param>
    public static Task<PlainServer> Start(string answer, bool endless = false)
    {
        var server = new PlainServer(answer, endless);
        server._listener.Start();
        server._serving = Task.Run(server.Serve);
        return Task.FromResult(server);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _over.Dispose();
    }

    private async Task Serve()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(Answer(await _listener.AcceptTcpClientAsync(_over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task Answer(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[64 << 10];
                while (await stream.ReadAsync(buffer, _over.Token) > 0)
                {
                    Interlocked.Increment(ref _calls);
                    await stream.WriteAsync(_answer, _over.Token);
                    Array.Fill(buffer, (byte)'a');
                    while (_endless)
                        await stream.WriteAsync(buffer, _over.Token);
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // Either side has had enough.
            }
        }
    }
}
