using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Sluice.Server.Tests.Outbound;

/// <summary>A server over TLS on loopback that asks for a client certificate and goes on without.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>For each request the certificate that was shown, or an empty text.</summary>
    public ConcurrentQueue<string> Shown { get; } = [];

    public static async Task<TlsServer> Start(
        (string Certificate, string Key) files,
        RequestDelegate answer
    )
    {
        var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.AllowAnyClientCertificate();
                        https.ServerCertificateSelector = (_, _) => certificate;
                        // Offline: what the server fetches for itself is not what is tested.
                        https.OnAuthenticate = (_, handshake) =>
                        {
                            handshake.ServerCertificateSelectionCallback = null;
                            handshake.ServerCertificateContext = SslStreamCertificateContext.Create(
                                certificate,
                                null,
                                offline: true
                            );
                        };
                    })
            )
        );
        var app = builder.Build();
        var server = new TlsServer(app);
        app.Run(context =>
        {
            server.Shown.Enqueue(context.Connection.ClientCertificate?.Subject ?? "");
            return answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
