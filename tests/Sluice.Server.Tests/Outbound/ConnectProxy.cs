using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Server.Tests.Outbound;

/// <summary>A proxy (CONNECT) that leads to one place of this machine whatever it is asked for, and remembers what that was.</summary>
internal sealed class ConnectProxy : LoopbackListener
{
    private readonly int _to;

    /// <param name="to">Port of the place.</param>
    public ConnectProxy(int to) => _to = to;

    public string Url => $"http://127.0.0.1:{Port}";

    public IWebProxy Proxy =>
        new WebProxy(Url) { Credentials = new NetworkCredential("house", "pass word") };

    /// <summary>Authorities that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Whoever shows no name and password is told to; they are kept here.</summary>
    public string? Required { get; init; }

    protected override async Task Serve(TcpClient client)
    {
        var stream = client.GetStream();
        if (!await IsAsked(stream))
            return;
        using var to = new TcpClient();
        await to.ConnectAsync(IPAddress.Loopback, _to, Over);
        await Task.WhenAny(
            stream.CopyToAsync(to.GetStream(), Over),
            to.GetStream().CopyToAsync(stream, Over)
        );
    }

    private async Task<bool> IsAsked(NetworkStream stream)
    {
        while (true)
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(one, Over) == 0)
                    return false;
                head.Append((char)one[0]);
            }
            var lines = head.ToString().Split("\r\n");
            if (Required is not null && !lines.Contains($"Proxy-Authorization: Basic {Required}"))
            {
                await stream.WriteAsync(
                    "HTTP/1.1 407 Who is it\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                    Over
                );
                continue;
            }
            Asked.Enqueue(lines[0].Split(' ')[1]);
            await stream.WriteAsync("HTTP/1.1 200 Go on\r\n\r\n"u8.ToArray(), Over);
            return true;
        }
    }
}
