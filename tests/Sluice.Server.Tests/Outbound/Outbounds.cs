using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Server.Outbound;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Makes what the server calls others with, from settings as an operator writes them.</summary>
internal static class Outbounds
{
    /// <summary>An address that counts as public and that nobody has: of a network that was given back.</summary>
    public const string Nowhere = "3ffe::1";

    public static OutboundHttp Open(
        Dictionary<string, string?>? settings = null,
        ResolveHost? resolve = null,
        IWebProxy? proxy = null
    ) =>
        new(
            Settings(settings ?? []),
            proxy ?? new WebProxy(),
            resolve ?? Dns.GetHostAddressesAsync,
            NullLogger<OutboundHttp>.Instance
        );

    public static OutboundSettings Settings(
        Dictionary<string, string?> settings,
        TimeProvider? clock = null,
        ILogger? log = null
    ) =>
        OutboundSettings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    settings.Select(each => KeyValuePair.Create($"Outbound:{each.Key}", each.Value))
                )
                .Build(),
            clock ?? TimeProvider.System,
            log ?? NullLogger.Instance
        );

    /// <summary>A resolver that gives these answers in turn, and the last one for ever.</summary>
    public static ResolveHost Answers(params string[] answers)
    {
        var asked = 0;
        return (_, _) =>
            Task.FromResult<IPAddress[]>([
                .. answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1]
                    .Split(' ')
                    .Select(IPAddress.Parse),
            ]);
    }

    public static async Task<TenantAnswer?> Get(
        this OutboundHttp http,
        string url,
        Purpose purpose = Purpose.AuditWebhook,
        int most = 0
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await http.Send(purpose, request, most, TestContext.Current.CancellationToken);
    }
}
