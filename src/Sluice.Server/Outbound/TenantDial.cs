using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Sluice.Server.Outbound;

/// <summary>
/// Makes the connections of calls to addresses that tenants name. A name is resolved once, here, every address that it has is looked at, and
/// one of those is dialled: a name that leads elsewhere a moment later gains nothing. Through a proxy the same holds, because the proxy is
/// told the address; it is told the name where the operator has listed that host, and nothing is then resolved here.
/// </summary>
internal sealed class TenantDial(
    OutboundSettings settings,
    Purpose purpose,
    IWebProxy proxy,
    ResolveHost resolve
)
{
    /// <exception cref="NoWayException">It may not be called.</exception>
    public async ValueTask<Stream> Connect(
        SocketsHttpConnectionContext context,
        CancellationToken stop
    )
    {
        var url = context.InitialRequestMessage.RequestUri!;
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var named = settings.Allowed(purpose).Names(host);
        if (url.Scheme != "https" && !named)
            throw new NoWayException("plain http to a host that is not listed");
        var via = proxy.IsBypassed(url) ? null : proxy.GetProxy(url);
        if (via is not null && via != url)
            return named
                ? await Through(via, [Authority(host, port)], stop)
                : await Through(
                    via,
                    (await Checked(host, stop)).Select(each => Authority(each.ToString(), port)),
                    stop
                );
        var found = named ? await Resolved(host, stop) : await Checked(host, stop);
        return await Direct(found, port, stop);
    }

    /// <summary>All addresses of a host, when each of them may be called.</summary>
    private async Task<IPAddress[]> Checked(string host, CancellationToken stop)
    {
        var found = await Resolved(host, stop);
        var allowed = settings.Allowed(purpose);
        return Array.TrueForAll(
            found,
            address => Runner.Egress.PublicAddress.Is(address) || allowed.Holds(address)
        )
            ? found
            : throw new NoWayException("an address that is not public");
    }

    private async Task<IPAddress[]> Resolved(string host, CancellationToken stop)
    {
        var found = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await resolve(host, stop);
        return found.Length > 0 ? found : throw new NoWayException("a host without address");
    }

    private async Task<Stream> Through(
        Uri via,
        IEnumerable<string> authorities,
        CancellationToken stop
    )
    {
        if (via.Scheme is not ("http" or "https"))
            throw new NoWayException($"a proxy that speaks {via.Scheme}");
        Exception? trouble = null;
        foreach (var authority in authorities)
        {
            var stream = await Direct(await resolve(via.IdnHost, stop), via.Port, stop);
            try
            {
                if (via.Scheme == "https")
                    stream = await Encrypted(stream, via.IdnHost, stop);
                await ProxyTunnel.Open(
                    stream,
                    authority,
                    proxy.Credentials?.GetCredential(via, "Basic"),
                    stop
                );
                return stream;
            }
            catch (IOException error)
            {
                trouble = error;
                await stream.DisposeAsync();
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }
        throw trouble!;
    }

    private async Task<Stream> Encrypted(Stream plain, string host, CancellationToken stop)
    {
        var secure = new SslStream(plain);
        try
        {
            var options = settings.Trust.Options(shown: true);
            options.TargetHost = host;
            await secure.AuthenticateAsClientAsync(options, stop);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> Direct(
        IPAddress[] addresses,
        int port,
        CancellationToken stop
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Authority(string host, int port) =>
        host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
}

/// <summary>No way leads to a place that a tenant named, or none that may be taken; the message is a kind, for the operator's log.</summary>
internal sealed class NoWayException(string message) : IOException(message);
