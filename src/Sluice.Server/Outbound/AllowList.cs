using System.Net;
using System.Net.Sockets;

namespace Sluice.Server.Outbound;

/// <summary>What the operator allows for one purpose beside the public internet: networks, single addresses, and hosts by name.</summary>
internal sealed class AllowList
{
    public static readonly AllowList Empty = new();

    private readonly List<IPNetwork> _networks = [];
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _suffixes = [];

    /// <summary>
    /// Reads <c>10.1.0.0/16, 2001:db8::/32, siem.internal, *.corp.example</c>: entries with commas or blanks between; a star stands for one
    /// label or more at the beginning of a name.
    /// </summary>
    /// <returns>The list, or null and the entry that is none.</returns>
    public static (AllowList? List, string? Wrong) Read(string text)
    {
        var list = new AllowList();
        foreach (
            var entry in text.Split(
                [',', ' '],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            if (!list.Add(entry))
                return (null, entry);
        }
        return (list, null);
    }

    /// <summary>Whether it lists a host by its name, or by the address that it is.</summary>
    /// <param name="host">As in a URL; an IPv6 address with or without its brackets.</param>
    public bool Names(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? Holds(address)
            : _hosts.Contains(host)
                || _suffixes.Exists(suffix =>
                    host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                    && host.Length > suffix.Length
                );

    /// <summary>Whether an address lies in a network that it lists.</summary>
    public bool Holds(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Exists(network => network.Contains(plain));
    }

    private bool Add(string entry)
    {
        if (IPAddress.TryParse(entry, out var single))
        {
            // The framework reads 10.1 as 10.0.0.1, and others read it otherwise.
            if (single.AddressFamily == AddressFamily.InterNetwork && single.ToString() != entry)
                return false;
            _networks.Add(
                new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            );
            return true;
        }
        if (entry.Contains('/'))
        {
            // Bits beyond the prefix are a slip of the pen, which the framework forgives.
            if (
                !IPNetwork.TryParse(entry, out var network)
                || !network.BaseAddress.Equals(IPAddress.Parse(entry[..entry.IndexOf('/')]))
            )
                return false;
            _networks.Add(network);
            return true;
        }
        var name = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry;
        if (Uri.CheckHostName(name) != UriHostNameType.Dns)
            return false;
        if (name.Length == entry.Length)
            _hosts.Add(name);
        else
            _suffixes.Add("." + name);
        return true;
    }
}
