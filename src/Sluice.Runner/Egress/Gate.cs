using System.Net.Sockets;
using System.Text;

namespace Sluice.Runner.Egress;

/// <summary>
/// A Unix socket that is shown to one sandbox and to no other: who connects there is known by the socket. What is served
/// on it is for those who derive from this.
/// </summary>
internal abstract class Gate : IDisposable
{
    private const int MaxHead = 8 << 10;

    private readonly Socket _listener = new(
        AddressFamily.Unix,
        SocketType.Stream,
        ProtocolType.Unspecified
    );
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private int _connections;

    /// <summary>Listens at once; what is served begins with <see cref="Open"/>.</summary>
    /// <param name="owner">Whose sandbox it is for.</param>
    /// <param name="folder">Where the socket is put.</param>
    /// <param name="maxConnections">Connections at once.</param>
    /// <param name="patience">For the head of a request to be there.</param>
    /// <param name="clock">For timeouts.</param>
    /// <exception cref="ArgumentException">The path is longer than a socket's may be (about 100 characters).</exception>
    protected Gate(
        EgressOwner owner,
        string folder,
        int maxConnections,
        TimeSpan patience,
        TimeProvider clock
    )
    {
        (Owner, MaxConnections, _patience, _clock) = (owner, maxConnections, patience, clock);
        Path = System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName());
        Stopped = _stop.Token;
    }

    /// <summary>The socket on this machine.</summary>
    public string Path { get; }

    /// <summary>It serves CONNECT, so that the standard variables for a proxy lead to it.</summary>
    public virtual bool IsProxy => false;

    protected EgressOwner Owner { get; }

    protected int MaxConnections { get; }

    /// <summary>Cancelled when the sandbox is gone.</summary>
    protected CancellationToken Stopped { get; }

    /// <summary>Answers one connection; hanging up is left to the caller.</summary>
    protected abstract Task Converse(Socket inner);

    /// <summary>Begins to listen. A gate that cannot is disposed.</summary>
    protected void Open()
    {
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(Path));
            Owner.Take(Path);
            _listener.Listen(MaxConnections);
            _ = Accept();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        File.Delete(Path);
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception e)
            when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The sandbox is gone, and this with it.
        }
    }

    private async Task Serve(Socket inner)
    {
        using var _ = inner;
        try
        {
            if (Interlocked.Increment(ref _connections) > MaxConnections)
                await Answer(inner, 429, "Too many connections of this worker are open");
            else
                await Converse(inner);
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or SocketException
                        or IOException
                        or ObjectDisposedException
            )
        {
            // One of the three has hung up.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <returns>The first line of a request, and what came after its head; empty when there was no request.</returns>
    protected async Task<(string Line, byte[] Left)> ReadHead(Socket inner)
    {
        using var timeout = new CancellationTokenSource(_patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token,
            _stop.Token
        );
        var buffer = new byte[MaxHead];
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = await inner.ReceiveAsync(buffer.AsMemory(filled), both.Token);
            if (count == 0)
                break;
            filled += count;
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0)
                continue;
            var line = Encoding.ASCII.GetString(buffer, 0, buffer.AsSpan().IndexOf((byte)'\r'));
            return (line, buffer[(end + 4)..filled]);
        }
        return ("", []);
    }

    /// <summary>The reason stands in the status line, since that is what clients put into their error.</summary>
    protected async Task Answer(Socket inner, int status, string reason)
    {
        var text = status == 200 ? "" : "Content-Length: 0\r\nConnection: close\r\n";
        await inner.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {reason}\r\n{text}\r\n"),
            _stop.Token
        );
    }
}
