using System.Net;

namespace Sluice.Runner.Egress;

/// <summary>What the operator lets packages reach that ask for it in their manifest. Both must allow a host.</summary>
public sealed record EgressOptions
{
    /// <summary>
    /// <c>host:port</c> for packages of every tenant, <c>handle/host:port</c> for those of one; <c>*.</c> in front of a
    /// host for all names below it. Default: none.
    /// </summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>
    /// Networks that are not public and yet may be reached, such as <c>10.1.0.0/16</c>. Default: none: loopback, private,
    /// link-local and other addresses that are not of the open internet are refused, whatever name leads to them.
    /// </summary>
    public IReadOnlyList<IPNetwork> AllowNetworks { get; init; } = [];

    /// <summary>Connections of one worker at once. Default 16.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Bytes of one connection, both ways together. Default 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>For a name to be found, and for a connection to be made. Default 10 s each.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which nothing moves for this long is closed. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How a name becomes addresses.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } =
        Dns.GetHostAddressesAsync;
}
