using System.Net;
using System.Net.Sockets;
using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Addresses that a key may be used from, as CIDR ranges (RFC 4632, RFC 4291); kept as one text with spaces between.
/// </summary>
internal static class AddressRanges
{
    /// <summary>Most ranges of one key.</summary>
    public const int Most = 32;

    /// <summary>The text to keep; null for no ranges (from anywhere). A single address is a range of one.</summary>
    public static string? Read(IReadOnlyList<string?>? ranges, List<Mistake> mistakes)
    {
        if (ranges is null or [])
            return null;
        if (ranges.Count > Most)
            mistakes.Add(Wrong($"allowed_cidrs holds at most {Most} ranges"));
        var read = new List<string>(ranges.Count);
        foreach (var range in ranges)
        {
            if (range is not null && Parse(range) is { } network)
                read.Add(network.ToString());
            else
                mistakes.Add(
                    Wrong(
                        $"'{Clip(range ?? "null")}' is no range: write an address, or one with a prefix length and no bits set beyond it, like 10.0.0.0/8 or 2001:db8::/32"
                    )
                );
        }
        return string.Join(' ', read.Distinct());
    }

    /// <summary>The ranges of a kept text, for showing.</summary>
    public static IReadOnlyList<string> Show(string? kept) => kept is null ? [] : kept.Split(' ');

    /// <summary>Whether an address lies in one of the kept ranges. An unknown address lies in none.</summary>
    public static bool Contain(string kept, IPAddress? address)
    {
        if (address is null)
            return false;
        var plain = Addresses.Plain(address);
        foreach (var part in kept.AsSpan().Split(' '))
        {
            if (IPNetwork.TryParse(kept.AsSpan(part), out var network) && network.Contains(plain))
                return true;
        }
        return false;
    }

    // Stricter than the framework, which reads 10.1 as 10.0.0.1 and forgives bits beyond the prefix: other programs read them otherwise.
    private static IPNetwork? Parse(string text)
    {
        var slash = text.IndexOf('/');
        if (
            !IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)
            || address.IsIPv4MappedToIPv6
            || (
                address.AddressFamily == AddressFamily.InterNetworkV6
                    ? address.ScopeId != 0
                    : address.ToString() != (slash < 0 ? text : text[..slash])
            )
        )
            return null;
        if (slash < 0)
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(address)
            ? network
            : null;
    }

    private static Mistake Wrong(string message) => new("cidr", message, Where: "allowed_cidrs");

    private static string Clip(string text) =>
        text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
}
