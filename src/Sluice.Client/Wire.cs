using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Client;

/// <summary>One HTTP exchange: sends, turns refusals into <see cref="SluiceException"/>, reads typed answers.</summary>
internal sealed class Wire : IDisposable
{
    private const int LongestProblem = 4 * 1024 * 1024;
    private readonly HttpClient _http;
    private readonly SluiceClientOptions _options;

    public Wire(SluiceClientOptions options, HttpMessageHandler? handler)
    {
        _options = options;
        // A redirect would carry the request to a place that nobody named: it is reported, not followed.
        handler ??= new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = { ClientCertificateContext = options.ClientCertificate },
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = WithSlash(options.Url),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 64 * 1024 * 1024,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.Add(
            new MediaTypeWithQualityHeaderValue("application/json")
        );
    }

    public Task<T> Get<T>(string path, JsonTypeInfo<T> answer, CancellationToken stop) =>
        Send(new HttpRequestMessage(HttpMethod.Get, path), answer, _options.Timeout, stop);

    public Task<T> Send<T, TBody>(
        HttpMethod method,
        string path,
        TBody body,
        JsonTypeInfo<TBody> shape,
        JsonTypeInfo<T> answer,
        CancellationToken stop
    ) =>
        Send(
            new HttpRequestMessage(method, path) { Content = Json(body, shape) },
            answer,
            _options.Timeout,
            stop
        );

    public async Task<T> Send<T>(
        HttpRequestMessage request,
        JsonTypeInfo<T> answer,
        TimeSpan limit,
        CancellationToken stop
    )
    {
        using var deadline = Deadline(limit, stop);
        using var response = await Exchange(
            request,
            HttpCompletionOption.ResponseContentRead,
            deadline.Token,
            stop
        );
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await JsonSerializer.DeserializeAsync(body, answer, deadline.Token)
                ?? throw Unexpected(response, "an empty answer");
        }
        catch (JsonException error)
        {
            throw Unexpected(response, "an answer of another shape than the API's", error);
        }
    }

    public async Task Delete(string path, CancellationToken stop)
    {
        using var deadline = Deadline(_options.Timeout, stop);
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await Exchange(
            request,
            HttpCompletionOption.ResponseContentRead,
            deadline.Token,
            stop
        );
    }

    /// <summary>The response with its body still to be read; the caller disposes it. Refusals have been thrown.</summary>
    public Task<HttpResponseMessage> Open(HttpRequestMessage request, CancellationToken stop) =>
        Exchange(request, HttpCompletionOption.ResponseHeadersRead, stop, stop);

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> shape)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, shape));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary><c>demo/hello</c> → <c>demo/hello</c> with each part escaped, so that a name cannot leave its place.</summary>
    public static string Path(string name) => string.Join('/', name.Split('/').Select(Segment));

    /// <summary>One escaped segment. Nothing, <c>.</c> and <c>..</c> are no names: addresses take them as a way, escaped or not.</summary>
    /// <exception cref="SluiceException">With <see cref="SluiceException.BadName"/>.</exception>
    public static string Segment(string text) =>
        text is "" or "." or ".."
            ? throw new SluiceException(SluiceException.BadName, $"`{text}` cannot be a name.")
            : Uri.EscapeDataString(text);

    public static string Query(
        string path,
        params ReadOnlySpan<(string Name, string? Value)> parameters
    )
    {
        var query = new System.Text.StringBuilder(path);
        var mark = '?';
        foreach (var (name, value) in parameters)
        {
            if (value is null)
                continue;
            query.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            mark = '&';
        }
        return query.ToString();
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Exchange(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken deadline,
        CancellationToken stop
    )
    {
        Sign(request);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, deadline);
        }
        catch (HttpRequestException error)
        {
            throw new SluiceException(SluiceException.Unreachable, Reason(error), error);
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new SluiceException(
                SluiceException.Unreachable,
                $"{_http.BaseAddress} gave no answer within {_options.Timeout.TotalSeconds:0} s.",
                error
            );
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Refusal(response, deadline);
    }

    private void Sign(HttpRequestMessage request)
    {
        var admin =
            request.RequestUri?.OriginalString.StartsWith("api/v1/admin/", StringComparison.Ordinal)
            == true;
        if (admin && _options.AdminKey is { } adminKey)
            request.Headers.TryAddWithoutValidation("X-Admin-API-Key", adminKey);
        else if (!admin && _options.ApiKey is { } key)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        else if (!admin && _options.LicenseKey is { } license)
            request.Headers.TryAddWithoutValidation("X-License-Key", license);
    }

    private string Reason(HttpRequestException error) =>
        error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError =>
                $"The name {_http.BaseAddress!.Host} could not be resolved.",
            HttpRequestError.ConnectionError => $"Nothing answers at {_http.BaseAddress}.",
            HttpRequestError.SecureConnectionError =>
                $"No trusted TLS connection to {_http.BaseAddress}: {error.InnerException?.Message ?? error.Message}",
            HttpRequestError.ProxyTunnelError => $"The proxy gave no way to {_http.BaseAddress}.",
            _ => $"The connection to {_http.BaseAddress} broke: {error.Message}",
        };

    private static async Task<SluiceException> Refusal(
        HttpResponseMessage response,
        CancellationToken stop
    )
    {
        var status = (int)response.StatusCode;
        var requestId = RequestId(response);
        if (await ReadProblem(response, stop) is not { } problem)
            return Unexpected(response, $"status {status}");
        var code = problem.Code ?? problem.Error?.Code ?? problem.Word ?? $"http_{status}";
        var detail =
            problem.Detail
            ?? problem.Error?.Message
            ?? problem.Title
            ?? (
                status == 401
                    ? "The server does not accept this key."
                    : $"The server answered {status}."
            );
        return new SluiceException(code, detail)
        {
            Status = status,
            RequestId = problem.RequestId ?? requestId,
            MissingScope = problem.MissingScope,
            Mistakes = problem.Mistakes ?? [],
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    private static async Task<Problem?> ReadProblem(
        HttpResponseMessage response,
        CancellationToken stop
    )
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestProblem, stop);
            return Problem.Read(await response.Content.ReadAsByteArrayAsync(stop));
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    private static SluiceException Unexpected(
        HttpResponseMessage response,
        string what,
        Exception? inner = null
    ) =>
        new(
            SluiceException.UnexpectedAnswer,
            $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} gave {what}. Is this a Sluice server?",
            inner
        )
        {
            Status = (int)response.StatusCode,
            RequestId = RequestId(response),
        };

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Request-Id", out var values)
            ? values.FirstOrDefault()
            : null;

    private static CancellationTokenSource Deadline(TimeSpan limit, CancellationToken stop)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit != Timeout.InfiniteTimeSpan)
            source.CancelAfter(limit);
        return source;
    }

    private static Uri WithSlash(Uri url) =>
        url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/", UriKind.Absolute);
}
