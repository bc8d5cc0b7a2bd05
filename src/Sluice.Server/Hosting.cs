using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sluice.Server.Doors;
using Sluice.Server.Operations;
using Sluice.Server.Vocabulary;

namespace Sluice.Server;

/// <summary>How the server listens.</summary>
internal static class Hosting
{
    public static void Configure(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body.ManagementLimit;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
        });
        if (options.Certificate is not null)
            UseTls(builder, options);
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(15)
        );
    }

    /// <summary>Whether it may listen like this.</summary>
    /// <exception cref="ListenerException">Why not.</exception>
    public static void Check(ServerOptions options)
    {
        if (options.Certificate is null != options.CertificateKey is null)
            throw new ListenerException("Tls:Certificate and Tls:Key belong together; set both.");
        if (options.PublicUrl is { } named && !PublicAddress.IsOrigin(named))
            throw new ListenerException(
                $"{named} is no address for people: --public-url is an origin such as https://sluice.example.com, with https unless it is this machine."
            );
        if (Proxies.Unread(options.Proxies) is { } unread)
            throw new ListenerException(
                $"{unread} is no address or range of a proxy: write Proxies as 10.0.0.7,192.0.2.0/28,2001:db8::/64."
            );
        foreach (var url in ListeningOn(options.Urls))
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme == "https" && options.Certificate is null)
                throw new ListenerException(
                    $"Refusing to listen on {url}: there is no certificate. Set Tls:Certificate and Tls:Key to PEM files."
                );
            if (IsLoopback(address))
                continue;
            if (options.Dev)
                throw new ListenerException(
                    $"Refusing to listen on {url}: --dev is for this machine alone. Listen on 127.0.0.1, or leave --dev out."
                );
            if (address.Scheme == "http" && !options.AllowPlainHttp)
                throw new ListenerException(
                    $"Refusing to listen on {url}: plain HTTP beyond loopback would show every key to the network. Set up TLS (Tls:Certificate, Tls:Key), put a proxy in front, or say --allow-plain-http."
                );
        }
    }

    private static IEnumerable<string> ListeningOn(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLoopback(BindingAddress address) =>
        address.IsUnixPipe
        || address.Host == "localhost"
        || (
            IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)
        );

    /// <summary>Takes the word of the operator's proxies, and of nobody else, on where a request comes from.</summary>
    public static void UseProxies(this WebApplication app) =>
        Proxies.Use(app, app.Services.GetRequiredService<ServerOptions>().Proxies);

    private static void UseTls(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton(provider => new ServerCertificate(
            options.Certificate!,
            options.CertificateKey!,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServerCertificate>>()
        ));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            kestrel.ConfigureHttpsDefaults(https => Show(https, certificate));
        });
    }

    private static void Show(HttpsConnectionAdapterOptions https, ServerCertificate certificate)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.ServerCertificateSelector = (_, _) => certificate.Leaf;
        // The selector alone would show the server's certificate without those that lead to its issuer.
        https.OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = certificate.Context;
        };
    }
}

/// <summary>The server may not listen as it was told to; the message is for the operator.</summary>
internal sealed class ListenerException(string message) : Exception(message);
