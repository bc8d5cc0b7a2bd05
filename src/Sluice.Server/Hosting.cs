using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Server.Doors;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Operations;
using Sluice.Server.Vocabulary;

namespace Sluice.Server;

/// <summary>How the server listens.</summary>
internal static class Hosting
{
    public static void Configure(
        WebApplicationBuilder builder,
        ServerOptions options,
        ListenerDoors doors
    )
    {
        builder.Services.AddSingleton(doors);
        builder.Services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<OpenListeners>(provider, options.Listeners)
        );
        builder.Services.AddSingleton<IStartupFilter, ListenersAlone>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body.ManagementLimit;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.ApplicationServices.GetRequiredService<OpenListeners>().Open(kestrel);
        });
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(15)
        );
    }

    /// <summary>The framework has read <c>--urls</c> as well, and would warn that listeners are opened instead.</summary>
    private sealed class ListenersAlone(IServer server) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
        {
            server.Features.Get<IServerAddressesFeature>()?.Addresses.Clear();
            return next;
        }
    }

    /// <summary>Whether it may listen like this.</summary>
    /// <returns>On which listeners each family of routes is served.</returns>
    /// <exception cref="ListenerException">Why not: every mistake, a line each.</exception>
    public static ListenerDoors Check(ServerOptions options)
    {
        var mistakes = new List<string>();
        if (options.PublicUrl is { } named && !PublicAddress.IsOrigin(named))
            mistakes.Add(
                $"{named} is no address for people: --public-url is an origin such as https://sluice.example.com, with https unless it is this machine."
            );
        if (Proxies.Unread(options.Proxies) is { } unread)
            mistakes.Add(
                $"{unread} is no address or range of a proxy: write Proxies as 10.0.0.7,192.0.2.0/28,2001:db8::/64."
            );
        mistakes.AddRange(
            ListenerChecks.Mistakes(options.Listeners, options.AllowPlainHttp, options.Dev)
        );
        foreach (
            var listener in options
                .Listeners.Where(each => each is { Certificate: not null, Key: not null })
                .DistinctBy(each => (each.Certificate, each.Key))
        )
            ListenerChecks.Try(
                () => new ServerCertificate(listener, TimeProvider.System, NullLogger.Instance),
                mistakes
            );
        var doors = ListenerDoors.Read(
            options.Doors,
            [.. options.Listeners.Select(listener => listener.Name)],
            mistakes
        );
        return mistakes.Count == 0
            ? doors
            : throw new ListenerException(string.Join('\n', mistakes));
    }

    /// <summary>Takes the word of the operator's proxies, and of nobody else, on where a request comes from.</summary>
    public static void UseProxies(this WebApplication app) =>
        Proxies.Use(app, app.Services.GetRequiredService<ServerOptions>().Proxies);
}

/// <summary>The server may not listen as it was told to; the message is for the operator.</summary>
internal sealed class ListenerException(string message) : Exception(message);
