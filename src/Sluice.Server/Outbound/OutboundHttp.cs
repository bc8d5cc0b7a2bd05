using System.Net;

namespace Sluice.Server.Outbound;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken stop);

/// <summary>
/// The one place where clients for calls over HTTP are made. All take the operator's proxy, issuers and client certificate, and follow no
/// redirect. Calls to addresses that a tenant names go to the public internet, and to what the operator lists for their purpose.
/// </summary>
internal sealed partial class OutboundHttp(
    OutboundSettings settings,
    IWebProxy proxy,
    ResolveHost resolve,
    ILogger<OutboundHttp> log
) : IDisposable
{
    /// <summary>Most characters of an address that a tenant names.</summary>
    public const int LongestAddress = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Purpose, bool Named), HttpClient> _clients = [];

    /// <summary>A client for addresses that the operator's settings name; whoever asks for it disposes of it.</summary>
    /// <param name="mostBytes">Of an answer.</param>
    /// <param name="timeout">For a whole answer; that of the settings when absent.</param>
    public HttpClient ForOperator(int mostBytes, TimeSpan? timeout = null) =>
        new(
            Trusting(trust => new SocketsHttpHandler
            {
                // A redirect would carry the request to a place that nobody named.
                AllowAutoRedirect = false,
                UseCookies = false,
                Proxy = proxy,
                ConnectTimeout = settings.ConnectTimeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                SslOptions = trust.Options(shown: true),
            })
        )
        {
            Timeout = timeout ?? settings.Timeout,
            MaxResponseContentBufferSize = mostBytes,
        };

    /// <summary>
    /// The address that a tenant's text names, when one may be named for that purpose: https, a host, no user information, no fragment; plain
    /// http and addresses that are not public where the operator lists them. Where a name leads is looked at when it is called.
    /// </summary>
    public Uri? Read(Purpose purpose, string text)
    {
        if (
            text.Length > LongestAddress
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url is not { UserInfo: "", Fragment: "", Host.Length: > 0 }
            || url.IsUnc
            // An empty user is one, too, and some read what comes before the @ as the host.
            || Authority(text).Contains('@')
        )
            return null;
        if (settings.Allowed(purpose).Names(url.IdnHost))
            return url.Scheme is "https" or "http" ? url : null;
        return
            url.Scheme == "https"
            && (
                !IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address)
                || Runner.Egress.PublicAddress.Is(address)
            )
            ? url
            : null;
    }

    /// <summary>
    /// Sends a request to an address that a tenant named, and reads so much of the answer. Null when there was none: refused here, not found,
    /// not reached, not trusted or too late, which whoever named it cannot tell apart.
    /// </summary>
    /// <param name="purpose">Whose list of allowed places counts.</param>
    /// <param name="request">Its address is one that <see cref="Read"/> gave.</param>
    /// <param name="mostBytes">Of the body; more is not read.</param>
    /// <param name="stop">Ends the call.</param>
    public async Task<TenantAnswer?> Send(
        Purpose purpose,
        HttpRequestMessage request,
        int mostBytes,
        CancellationToken stop
    )
    {
        var host = request.RequestUri!.IdnHost;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(settings.Timeout);
        try
        {
            using var answer = await Client(purpose, settings.Allowed(purpose).Names(host))
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var body = mostBytes > 0 ? await Some(answer, mostBytes, patience.Token) : [];
            return new TenantAnswer((int)answer.StatusCode, body);
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or NotSupportedException
                || (error is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            LogNone(log, purpose, host, Reason(error));
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private HttpClient Client(Purpose purpose, bool named)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue((purpose, named), out var client))
                _clients[(purpose, named)] = client = Make(purpose, named);
            return client;
        }
    }

    private HttpClient Make(Purpose purpose, bool named)
    {
        var dial = new TenantDial(settings, purpose, proxy, resolve);
        return new HttpClient(
            Trusting(trust => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                // The dial finds the way through a proxy itself.
                UseProxy = false,
                ConnectCallback = dial.Connect,
                ConnectTimeout = settings.ConnectTimeout,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = 0,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                // Who the operator is, only those learn whom the operator has named.
                SslOptions = trust.Options(shown: named),
                // Trace ids are of the house.
                ActivityHeadersPropagator = null,
            })
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private TrustedHandler Trusting(Func<OutboundTrust, SocketsHttpHandler> make) =>
        new(() => settings.Trust, make);

    private static async Task<byte[]> Some(
        HttpResponseMessage answer,
        int most,
        CancellationToken stop
    )
    {
        await using var from = await answer.Content.ReadAsStreamAsync(stop);
        var body = new byte[most];
        var length = await from.ReadAtLeastAsync(body, most, throwOnEndOfStream: false, stop);
        return body[..length];
    }

    private static string Authority(string text)
    {
        var from = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = text.AsSpan(from).IndexOfAny('/', '?', '\\');
        return end < 0 ? text[from..] : text.Substring(from, end);
    }

    /// <summary>For the operator: kinds, and nothing that the other side has written.</summary>
    private static string Reason(Exception error) =>
        error switch
        {
            HttpRequestException { InnerException: NoWayException none } => none.Message,
            HttpRequestException http => http.HttpRequestError.ToString(),
            OperationCanceledException => "too late",
            _ => error.GetType().Name,
        };

    [LoggerMessage(
        1062,
        LogLevel.Information,
        "No answer for {Purpose} from {Host}, which a tenant named: {Reason}"
    )]
    private static partial void LogNone(ILogger log, Purpose purpose, string host, string reason);
}

/// <summary>What an address that a tenant named has answered.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Body">As much of it as was asked for.</param>
internal sealed record TenantAnswer(int Status, byte[] Body);
