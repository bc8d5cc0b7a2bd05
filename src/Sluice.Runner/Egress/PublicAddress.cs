using System.Net;
using System.Net.Sockets;

namespace Sluice.Runner.Egress;

/// <summary>Tells addresses of the open internet from all others.</summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] s_notPublic =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            // A cloud's host asks and answers its guests there, as others do on a link-local address.
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            // Within 2000::/3, beyond which nothing is public: documentation, tunnels that carry an IPv4 address, benchmarks.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");

    /// <summary>
    /// Whether an address is one of the open internet: by IANA's registries of special addresses, without those that carry an IPv4 address
    /// in IPv6 (mapped ones are judged by what they carry).
    /// </summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !s_global.Contains(address))
            return false;
        return !s_notPublic.Any(network => network.Contains(address));
    }
}
