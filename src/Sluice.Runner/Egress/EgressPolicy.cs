using System.Net;
using Sluice.Language.Packages;

namespace Sluice.Runner.Egress;

/// <summary>Whom a package may connect to: what its manifest asks for and the operator allows.</summary>
/// <param name="options">The operator's word.</param>
/// <param name="package"><c>handle/name@version</c>.</param>
/// <param name="granted">The manifest's list.</param>
internal sealed class EgressPolicy(
    EgressOptions options,
    string package,
    IReadOnlyList<string> granted
)
{
    private readonly EgressHost[] _granted = [.. Read(granted)];
    private readonly EgressHost[] _allowed =
    [
        .. Read(
            options.Allow.Select(entry =>
            {
                var slash = entry.IndexOf('/');
                return slash < 0 ? entry
                    : package.StartsWith(entry[..(slash + 1)], StringComparison.Ordinal)
                        ? entry[(slash + 1)..]
                    : "";
            })
        ),
    ];

    /// <summary>Null when the package may connect there; otherwise why not, as a public sentence.</summary>
    public string? Refusal(string host, int port)
    {
        if (!EgressHost.IsName(host))
            return "Only hosts by name can be reached, not addresses";
        if (!_granted.Any(each => each.Covers(host, port)))
            return $"{host}:{port} is not in the egress of this package's manifest";
        return _allowed.Any(each => each.Covers(host, port))
            ? null
            : $"{host}:{port} is not allowed by the operator of this server";
    }

    /// <summary>Null when every address that a name leads to may be reached; otherwise why not, as a public sentence.</summary>
    public string? Refusal(string host, IReadOnlyList<IPAddress> addresses) =>
        addresses.Count == 0 ? $"{host} has no address"
        : addresses.All(MayReach) ? null
        : $"{host} leads to an address that is not public";

    private bool MayReach(IPAddress address) =>
        PublicAddress.Is(address)
        || options.AllowNetworks.Any(network =>
            network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        );

    private static IEnumerable<EgressHost> Read(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
            if (EgressHost.TryParse(entry, out var host))
                yield return host;
    }
}
