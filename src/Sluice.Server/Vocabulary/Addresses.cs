using System.Net;
using System.Net.Sockets;

namespace Sluice.Server.Vocabulary;

/// <summary>Addresses of callers, as limits and lists know them.</summary>
internal static class Addresses
{
    /// <summary>An IPv4 address is the same whether it came over an IPv6 socket or not.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>What a limit counts by: whoever has one IPv6 address has the 64 bits behind its prefix. Empty when not known.</summary>
    public static string Name(IPAddress? address)
    {
        if (address is null)
            return "";
        var plain = Plain(address);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8))
            : plain.ToString();
    }

    /// <summary>For people; empty when not known.</summary>
    public static string Show(IPAddress? address) =>
        address is null ? "" : Plain(address).ToString();
}
