using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Sluice.Runner.Egress;

/// <summary>
/// The one way out of a worker that may have one: a Unix socket that is shown to its sandbox and to no other, on which
/// this side serves CONNECT for the hosts of its list. Who connects there is known by the socket. Names are resolved
/// here, all their addresses are looked at, and the connection goes to an address that was looked at, so a name that
/// changes its meaning in between gains nothing.
/// </summary>
internal sealed partial class EgressGate : IDisposable
{
    private const int MaxHead = 8 << 10;

    private readonly EgressOptions _options;
    private readonly EgressPolicy _policy;
    private readonly EgressOwner _owner;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Socket _listener = new(
        AddressFamily.Unix,
        SocketType.Stream,
        ProtocolType.Unspecified
    );
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    private EgressGate(
        EgressOptions options,
        EgressOwner owner,
        IReadOnlyList<string> granted,
        TimeProvider clock,
        ILogger log
    )
    {
        (_options, _owner, _clock, _log) = (options, owner, clock, log);
        _policy = new EgressPolicy(options, owner.Package, granted);
    }

    /// <summary>The socket on this machine.</summary>
    public required string Path { get; init; }

    /// <summary>Listens.</summary>
    /// <param name="options">The operator's word.</param>
    /// <param name="owner">Whose worker it is for.</param>
    /// <param name="granted">The list of its manifest.</param>
    /// <param name="folder">Where the socket is put.</param>
    /// <param name="clock">For timeouts.</param>
    /// <param name="log">Gets a line per connection.</param>
    /// <exception cref="ArgumentException">The path is longer than a socket's may be (about 100 characters).</exception>
    public static EgressGate Open(
        EgressOptions options,
        EgressOwner owner,
        IReadOnlyList<string> granted,
        string folder,
        TimeProvider clock,
        ILogger log
    )
    {
        var path = System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName());
        var gate = new EgressGate(options, owner, granted, clock, log) { Path = path };
        try
        {
            gate._listener.Bind(new UnixDomainSocketEndPoint(path));
            owner.Take(path);
            gate._listener.Listen(options.MaxConnections);
            _ = gate.Accept();
            return gate;
        }
        catch
        {
            gate.Dispose();
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
            // The worker is gone, and this with it.
        }
    }

    private async Task Serve(Socket inner)
    {
        using var _ = inner;
        try
        {
            if (Interlocked.Increment(ref _connections) > _options.MaxConnections)
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

    private async Task Converse(Socket inner)
    {
        var (head, rest) = await ReadHead(inner);
        var words = head.Split(' ', 3);
        if (words.Length != 3 || words[0] != "CONNECT")
        {
            await Answer(inner, 405, "Only CONNECT is served here, that is https");
            return;
        }
        var colon = words[1].LastIndexOf(':');
        var host = colon < 0 ? words[1] : words[1][..colon].ToLowerInvariant();
        if (!int.TryParse(words[1].AsSpan(colon + 1), out var port))
            port = 0;
        if (_policy.Refusal(host, port) is { } no)
        {
            await Refuse(inner, host, port, no);
            return;
        }
        var (outer, why) = await Dial(host, port);
        if (outer is null)
        {
            await Refuse(inner, host, port, why!);
            return;
        }
        using (outer)
        {
            await Answer(inner, 200, "Connected");
            var (sent, received) = await new Relay(_options, _clock, _stop.Token).Run(
                inner,
                outer,
                rest
            );
            LogClosed(_log, _owner.TenantId, _owner.Package, host, port, sent, received);
        }
    }

    /// <summary>Connects to one of the addresses that were looked at, and to nothing that was not.</summary>
    private async Task<(Socket? Outer, string? Why)> Dial(string host, int port)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token,
            _stop.Token
        );
        IPAddress[] addresses;
        try
        {
            addresses = await _options.Resolve(host, both.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return (null, $"{host} was not found");
        }
        if (_policy.Refusal(host, addresses) is { } no)
            return (null, no);
        foreach (var address in addresses)
        {
            var outer = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await outer.ConnectAsync(new IPEndPoint(address, port), both.Token);
                return (outer, null);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                outer.Dispose();
            }
        }
        return (null, $"{host}:{port} does not answer");
    }

    private async Task<(string Line, byte[] Left)> ReadHead(Socket inner)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _clock);
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

    private async Task Refuse(Socket inner, string host, int port, string why)
    {
        // What was asked for is hostile text; the log gets a name or nothing.
        var shown = Sluice.Language.Packages.EgressHost.IsName(host) ? host : "(no name)";
        LogRefused(_log, _owner.TenantId, _owner.Package, shown, port, why);
        await Answer(inner, 403, why);
    }

    /// <summary>The reason stands in the status line, since that is what clients put into their error.</summary>
    private async Task Answer(Socket inner, int status, string reason)
    {
        var text = status == 200 ? "" : "Content-Length: 0\r\nConnection: close\r\n";
        await inner.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {reason}\r\n{text}\r\n"),
            _stop.Token
        );
    }

    [LoggerMessage(
        4030,
        LogLevel.Information,
        "Egress of tenant {Tenant}, package {Package}: {Host}:{Port}, {Sent} bytes out, {Received} bytes in"
    )]
    private static partial void LogClosed(
        ILogger log,
        string tenant,
        string package,
        string host,
        int port,
        long sent,
        long received
    );

    [LoggerMessage(
        4031,
        LogLevel.Warning,
        "Egress of tenant {Tenant}, package {Package}: {Host}:{Port} refused: {Why}"
    )]
    private static partial void LogRefused(
        ILogger log,
        string tenant,
        string package,
        string host,
        int port,
        string why
    );
}
