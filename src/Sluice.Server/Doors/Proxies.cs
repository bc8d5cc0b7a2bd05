using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Sluice.Server.Doors;

/// <summary>
/// <c>X-Forwarded-For</c>, read from its end: each address that one of the operator's proxies wrote down is taken, up to the first that
/// is no proxy's. What a caller wrote itself stands before that, and counts for nothing.
/// </summary>
internal static class Proxies
{
    /// <summary>The first text that is neither address nor range; null when all are.</summary>
    public static string? Unread(IEnumerable<string> ranges) =>
        ranges.FirstOrDefault(range => Read(range) is null);

    /// <param name="app">The first of its layers.</param>
    /// <param name="ranges">Of the proxies; none: nobody's word is taken.</param>
    public static void Use(IApplicationBuilder app, IReadOnlyList<string> ranges)
    {
        if (ranges.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,
            ForwardLimit = null,
        };
        // The framework trusts this machine by itself; here the operator names it.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var range in ranges)
            options.KnownIPNetworks.Add(Read(range)!.Value);
        app.UseForwardedHeaders(options);
    }

    private static IPNetwork? Read(string text) =>
        IPNetwork.TryParse(text, out var range) ? range
        : IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
