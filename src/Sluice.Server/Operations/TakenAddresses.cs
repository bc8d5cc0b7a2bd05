using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sluice.Server.Doors.Listeners;

namespace Sluice.Server.Operations;

/// <summary>
/// Tries every address before anything else is touched: a server that cannot listen shall not migrate a store, make keys and print
/// the admin key first. One that is taken in the moment between is told by the listener itself.
/// </summary>
internal static class TakenAddresses
{
    /// <returns>Where it cannot listen, and what to do: a sentence for each address.</returns>
    public static IReadOnlyList<string> Mistakes(IEnumerable<Listener> listeners) =>
        [
            .. listeners.SelectMany(listener =>
                listener
                    .Addresses.Select(url => Mistake(listener, url, BindingAddress.Parse(url)))
                    .OfType<string>()
            ),
        ];

    private static string? Mistake(Listener listener, string url, BindingAddress address)
    {
        if (address.IsUnixPipe || address.Port == 0)
            return null;
        var faults = Places(address)
            .Select(place => Try(new IPEndPoint(place, address.Port)))
            .ToList();
        var setting = listener.Setting(nameof(Listener.Urls));
        return faults.Contains(SocketError.AddressAlreadyInUse)
                ? $"Cannot listen on {url}: address already in use. End what listens there, or name another address: {setting} {address.Scheme}://127.0.0.1:PORT."
            : faults.Contains(SocketError.AccessDenied)
                ? $"Cannot listen on {url}: permission denied. Name a port above 1023, or give the program the right to the low ones (CAP_NET_BIND_SERVICE): {setting} {address.Scheme}://127.0.0.1:PORT."
            // Of the places that a name stands for, one that exists is enough.
            : faults.TrueForAll(fault => fault == SocketError.AddressNotAvailable)
                ? $"Cannot listen on {url}: it is no address of this machine. Name one that is: {setting} {address.Scheme}://127.0.0.1:PORT."
            : null;
    }

    // As OpenListeners opens them.
    private static IEnumerable<IPAddress> Places(BindingAddress address) =>
        address.Host == "localhost" ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? [ip]
        : [IPAddress.IPv6Any, IPAddress.Any];

    private static SocketError Try(IPEndPoint place)
    {
        try
        {
            SocketTransportOptions.CreateDefaultBoundListenSocket(place).Dispose();
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }
}
