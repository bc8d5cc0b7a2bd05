using System.Net;
using System.Text;

namespace Sluice.Server.Outbound;

/// <summary>
/// A way through the operator's proxy (CONNECT, RFC 9110, section 9.3.6) that this house asks for itself, so that the proxy is told the
/// address that was checked and not a name that may lead elsewhere by then.
/// </summary>
internal static class ProxyTunnel
{
    private const int LongestAnswer = 8 << 10;

    /// <param name="proxy">The connection to the proxy.</param>
    /// <param name="authority">Where to, such as <c>192.0.2.7:443</c>.</param>
    /// <param name="who">Name and password for the proxy; null for none.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="NoWayException">The proxy does not lead there.</exception>
    public static async Task Open(
        Stream proxy,
        string authority,
        NetworkCredential? who,
        CancellationToken stop
    )
    {
        var question = new StringBuilder($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if (who is not null)
            question
                .Append("Proxy-Authorization: Basic ")
                .Append(
                    Convert.ToBase64String(Encoding.UTF8.GetBytes($"{who.UserName}:{who.Password}"))
                )
                .Append("\r\n");
        await proxy.WriteAsync(Encoding.ASCII.GetBytes(question.Append("\r\n").ToString()), stop);
        var status = (await ReadHead(proxy, stop)).Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal))
            throw new NoWayException("a proxy that does not speak HTTP");
        if (status[1] is not ['2', _, _])
            throw new NoWayException("a proxy that does not lead there");
    }

    /// <summary>The first line. What follows the head belongs to the tunnel, so not a byte more is taken.</summary>
    private static async Task<string> ReadHead(Stream proxy, CancellationToken stop)
    {
        var head = new List<byte>(256);
        var next = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            if (head.Count == LongestAnswer || await proxy.ReadAsync(next, stop) == 0)
                throw new NoWayException("a proxy that does not answer");
            head.Add(next[0]);
        }
        return Encoding.Latin1.GetString([.. head]).Split('\r')[0];
    }
}
