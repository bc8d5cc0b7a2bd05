using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Sluice.Runner.Egress;

/// <summary>
/// The one way out of a worker that may have one: a Unix socket that is shown to its sandbox and to no other, on which
/// this side serves CONNECT for the hosts of its list. Who connects there is known by the socket. Names are resolved
/// here, all their addresses are looked at, and the connection goes to an address that was looked at, so a name that
/// changes its meaning in between gains nothing.
/// </summary>
internal sealed partial class EgressGate : Gate
{
    private readonly EgressOptions _options;
    private readonly EgressPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    private EgressGate(
        EgressOptions options,
        EgressOwner owner,
        IReadOnlyList<string> granted,
        string folder,
        TimeProvider clock,
        ILogger log
    )
        : base(owner, folder, options.MaxConnections, options.ConnectTimeout, clock)
    {
        (_options, _clock, _log) = (options, clock, log);
        _policy = new EgressPolicy(options, owner.Package, granted);
    }

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
        var gate = new EgressGate(options, owner, granted, folder, clock, log);
        gate.Open();
        return gate;
    }

    public override bool IsProxy => true;

    protected override async Task Converse(Socket inner)
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
            var (sent, received) = await new Relay(_options, _clock, Stopped).Run(
                inner,
                outer,
                rest
            );
            LogClosed(_log, Owner.TenantId, Owner.Package, host, port, sent, received);
        }
    }

    /// <summary>Connects to one of the addresses that were looked at, and to nothing that was not.</summary>
    private async Task<(Socket? Outer, string? Why)> Dial(string host, int port)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, Stopped);
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

    private async Task Refuse(Socket inner, string host, int port, string why)
    {
        // What was asked for is hostile text; the log gets a name or nothing.
        var shown = Sluice.Language.Packages.EgressHost.IsName(host) ? host : "(no name)";
        LogRefused(_log, Owner.TenantId, Owner.Package, shown, port, why);
        await Answer(inner, 403, why);
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
