using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sluice.Server.Doors;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations;

/// <summary>The listeners as they were opened: each marks its connections, so that the doors know where a request came in.</summary>
internal sealed class OpenListeners(
    IReadOnlyList<Listener> listeners,
    ListenerDoors doors,
    TimeProvider clock,
    ILoggerFactory logs
) : IDisposable
{
    private readonly List<Place> _places = [];

    /// <param name="Entrance">The listener, and what it leads to.</param>
    /// <param name="Bound">With the port that the system gave, where 0 was asked for.</param>
    /// <param name="Certificate">What it shows; null over plain HTTP.</param>
    /// <param name="Clients">Whom it takes; null when it asks for no certificate.</param>
    private sealed record Place(
        Entrance Entrance,
        ListenOptions Bound,
        ServerCertificate? Certificate,
        ClientCertificates? Clients
    );

    /// <summary>Addresses by listener; what they are is known once the server has started.</summary>
    public ILookup<string, string> Addresses =>
        _places.ToLookup(place => place.Entrance.Listener.Name, place => place.Bound.ToString()!);

    /// <summary>Addresses that people may be led to: where the pages of links are served and no certificate is asked for, if there are such.</summary>
    public IEnumerable<string> ForPeople
    {
        get
        {
            var pages = DoorTable.Find(HttpMethods.Get, "/invitation")!;
            var open = _places
                .Where(place => place.Clients is null && place.Entrance.LeadsTo(pages))
                .ToList();
            return (open.Count > 0 ? open : _places).Select(place => place.Bound.ToString()!);
        }
    }

    public void Open(KestrelServerOptions kestrel)
    {
        foreach (var listener in listeners)
        {
            var entrance = new Entrance(listener, doors.ClosedAt(listener.Name));
            var addresses = listener.Addresses.Select(BindingAddress.Parse).ToList();
            var certificate = addresses.Exists(address => address.Scheme == "https")
                ? new ServerCertificate(listener, clock, logs.CreateLogger<ServerCertificate>())
                : null;
            var clients = listener.AsksForCertificates
                ? new ClientCertificates(listener, clock, logs.CreateLogger<ClientCertificates>())
                : null;
            foreach (var address in addresses)
                Listen(
                    kestrel,
                    address,
                    bound =>
                    {
                        bound.Use(next =>
                            connection =>
                            {
                                connection.Features.Set(entrance);
                                return next(connection);
                            }
                        );
                        if (address.Scheme == "https")
                            bound.UseHttps(https => Show(https, certificate!, clients));
                        _places.Add(new Place(entrance, bound, certificate, clients));
                    }
                );
        }
    }

    /// <summary>What listens where, for the operator.</summary>
    public IReadOnlyList<ReadListeners.Shown> Show() =>
        [
            .. _places.Select(place => new ReadListeners.Shown
            {
                Name = place.Entrance.Listener.Name,
                Url = place.Bound.ToString()!,
                ClientCertificates = place.Entrance.Listener.ClientCertificates,
                ClientNames = place.Entrance.Listener.ClientNames,
                CertificateExpiresAt = place.Certificate?.Leaf.NotAfter.ToUniversalTime(),
                Doors = [.. DoorTable.Rows.Where(place.Entrance.LeadsTo).Select(row => row.Family)],
                ClosedDoors = [.. place.Entrance.Closed.Select(row => row.Family)],
            }),
        ];

    /// <summary>What listens where, a line each, when more is to be said than addresses.</summary>
    public IEnumerable<string> Describe()
    {
        if (!doors.Any && _places.TrueForAll(place => place.Clients is null))
            yield break;
        foreach (var place in _places)
        {
            var closed = place.Entrance.Closed.Select(row => row.Family).ToList();
            var open = DoorTable.Rows.Select(row => row.Family).Except(closed).ToList();
            var leads =
                closed.Count == 0 ? "every door"
                : open.Count == 0 ? "no door"
                : closed.Count <= open.Count ? $"every door but {string.Join(", ", closed)}"
                : string.Join(", ", open);
            var asks = place.Clients is { } clients
                ? $"; asks for a client certificate (authorities: {clients.Authorities}{Names(place)})"
                : "";
            yield return $"  {place.Entrance.Listener.Name}: {place.Bound} leads to {leads}{asks}";
        }
    }

    private static string Names(Place place) =>
        place.Entrance.Listener.ClientNames is { Count: > 0 } names
            ? $"; names: {string.Join(" or ", names)}"
            : "";

    public void Dispose()
    {
        foreach (var place in _places)
            place.Certificate?.Dispose();
    }

    // As the framework reads addresses: a name that is none of this machine's stands for all of them.
    private static void Listen(
        KestrelServerOptions kestrel,
        BindingAddress address,
        Action<ListenOptions> configure
    )
    {
        if (address.IsUnixPipe)
            kestrel.ListenUnixSocket(address.UnixPipePath, configure);
        else if (address.Host == "localhost")
            kestrel.ListenLocalhost(address.Port, configure);
        else if (System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            kestrel.Listen(ip, address.Port, configure);
        else
            kestrel.ListenAnyIP(address.Port, configure);
    }

    private static void Show(
        HttpsConnectionAdapterOptions https,
        ServerCertificate certificate,
        ClientCertificates? clients
    )
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.ServerCertificateSelector = (_, _) => certificate.Leaf;
        https.OnAuthenticate = (_, handshake) =>
        {
            // The selector alone would show the server's certificate without those that lead to its issuer.
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = certificate.Context;
            clients?.Guard(handshake);
        };
    }
}
