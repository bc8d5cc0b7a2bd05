using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sluice.Server;

/// <summary>How the server listens and logs.</summary>
internal static class Hosting
{
    /// <summary>The largest body that any route takes: a package.</summary>
    public const long LargestBody = 64 << 20;

    public static void Configure(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddJsonConsole(json => json.UseUtcTimestamp = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(15)
        );
    }

    /// <summary>The sentence that stops a start on plain HTTP beyond loopback; null when all is well.</summary>
    public static string? RefusesPlainHttp(ServerOptions options)
    {
        if (options.AllowPlainHttp)
            return null;
        foreach (
            var url in options.Urls.Split(
                ';',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            var address = BindingAddress.Parse(url);
            var loopback =
                address.IsUnixPipe
                || address.Host == "localhost"
                || (
                    IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
                    && IPAddress.IsLoopback(ip)
                );
            if (address.Scheme == "http" && !loopback)
                return $"Refusing to listen on {url}: plain HTTP beyond loopback would show every key to the network. Set up TLS (Tls:Certificate, Tls:Key), put a proxy in front, or say --allow-plain-http.";
        }
        return null;
    }
}
