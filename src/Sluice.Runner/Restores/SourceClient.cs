using System.Net;
using System.Net.Sockets;
using Sluice.Runner.Egress;

namespace Sluice.Runner.Restores;

/// <summary>
/// Asks the sources that the operator has set, and nobody else: an address at another host is refused, however it came
/// about, and so is a redirection to one. Everything that comes back is bounded.
/// </summary>
internal sealed class SourceClient : IDisposable
{
    private const int MaxRedirections = 5;
    private const int Attempts = 3;
    private const long MaxDocument = 64L << 20;

    /// <summary>For an answer to begin, and between two pieces of it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly HttpRequestOptionsKey<bool> s_publicOnly = new("public only");

    private readonly HttpClient _http;
    private readonly DownloadCache _cache;

    public SourceClient(RestoreOptions options, DownloadCache cache)
    {
        _cache = cache;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = Connect,
        };
        if (options.Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("sluice");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A description that may change: an index, a list of versions. Never kept.</summary>
    public async Task<Fetched> Document(
        Source source,
        Uri address,
        RestoreBudget budget,
        CancellationToken stop,
        string? accept = null
    )
    {
        if (address.IsFile)
            return await FromFolder(source, address, content: true, stop);
        return await Attempt(
            source,
            address,
            async patience =>
            {
                var (answer, no) = await Open(
                    source,
                    address,
                    accept,
                    pinned: false,
                    patience.Token
                );
                if (answer is null)
                    return no!;
                using (answer)
                {
                    using var body = new MemoryStream();
                    return
                        await Copy(source, answer, body, MaxDocument, budget, patience) is { } why
                        ? Fetched.No(why)
                        : new Fetched
                        {
                            Body = body.ToArray(),
                            ContentType = answer.Content.Headers.ContentType?.MediaType ?? "",
                        };
                }
            },
            stop
        );
    }

    /// <summary>A file that never changes under its address: taken from the cache where it is there.</summary>
    /// <param name="pinned">
    /// The source has told the file's hash, which the caller checks: the file may then lie on any public host.
    /// </param>
    /// <param name="sha256">What it must be, lower-case hex, where a lock or an index says so.</param>
    public async Task<Fetched> File(
        Source source,
        Uri address,
        RestoreBudget budget,
        CancellationToken stop,
        bool pinned = false,
        string? sha256 = null
    )
    {
        var fetched = await Taken(source, address, budget, pinned, sha256, stop);
        if (
            fetched.File is null
            || sha256 is null
            || await DownloadCache.Hash(fetched.File, stop) == sha256
        )
            return fetched;
        return Fetched.No(
            $"{Last(address)} is not what it was: {source.Shown} gives another content than the one whose hash is on record ({source.Setting}). Ask its publisher why."
        );
    }

    private async Task<Fetched> Taken(
        Source source,
        Uri address,
        RestoreBudget budget,
        bool pinned,
        string? sha256,
        CancellationToken stop
    )
    {
        if (budget.TakePackage() is { } tooMany)
            return Fetched.No(tooMany);
        if (address.IsFile)
            return await FromFolder(source, address, content: false, stop);
        if (
            await _cache.Find(source, address, stop) is { } kept
            && (sha256 is null || Path.GetFileName(kept) == sha256)
        )
            return new Fetched { File = kept };
        return await Attempt(
            source,
            address,
            patience => Download(source, address, budget, pinned, patience),
            stop
        );
    }

    private async Task<Fetched> Download(
        Source source,
        Uri address,
        RestoreBudget budget,
        bool pinned,
        CancellationTokenSource patience
    )
    {
        var download = _cache.NewFile();
        try
        {
            var (answer, no) = await Open(source, address, null, pinned, patience.Token);
            if (answer is null)
                return no!;
            using (answer)
            {
                await using (var to = new FileStream(download, FileMode.CreateNew))
                {
                    if (await Copy(source, answer, to, long.MaxValue, budget, patience) is { } why)
                        return Fetched.No(why);
                }
                return new Fetched
                {
                    File = await _cache.Add(source, address, download, patience.Token),
                };
            }
        }
        finally
        {
            System.IO.File.Delete(download);
        }
    }

    /// <summary>Asks again when the line was cut or nothing came; a source that answers is believed the first time.</summary>
    private static async Task<Fetched> Attempt(
        Source source,
        Uri address,
        Func<CancellationTokenSource, Task<Fetched>> ask,
        CancellationToken stop
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(s_patience);
            try
            {
                return await ask(patience);
            }
            catch (Exception e) when (IsTrouble(e, stop))
            {
                if (attempt == Attempts)
                    return NoAnswer(source, address);
            }
        }
    }

    private static async Task<Fetched> FromFolder(
        Source source,
        Uri address,
        bool content,
        CancellationToken stop
    )
    {
        var path = address.LocalPath;
        if (!source.IsOwn(address))
            return Fetched.No($"{source.Shown} leads out of itself.");
        if (!System.IO.File.Exists(path))
            return Missing(source, address);
        return content
            ? new Fetched { Body = await System.IO.File.ReadAllBytesAsync(path, stop) }
            : new Fetched { File = path };
    }

    /// <summary>Follows redirections as far as they lead where the source may lead.</summary>
    private async Task<(HttpResponseMessage? Answer, Fetched? No)> Open(
        Source source,
        Uri address,
        string? accept,
        bool pinned,
        CancellationToken stop
    )
    {
        for (var hop = 0; hop <= MaxRedirections; hop++)
        {
            var listed = source.Allows(address);
            if (!listed && !(pinned && address.Scheme == "https"))
                return (null, Fetched.No(Elsewhere(source, address)));
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Options.Set(s_publicOnly, !listed);
            if (accept is not null)
                request.Headers.TryAddWithoutValidation("Accept", accept);
            if (source.Authorization is { } word && source.IsOwn(address))
                request.Headers.TryAddWithoutValidation("Authorization", word);
            var answer = await _http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                stop
            );
            if (answer.IsSuccessStatusCode)
                return (answer, null);
            using (answer)
            {
                if ((int)answer.StatusCode is 404 or 410)
                    return (null, Missing(source, address));
                if ((int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } to)
                    address = new Uri(address, to);
                else
                    return (
                        null,
                        Fetched.No(
                            $"{source.Shown} answers {(int)answer.StatusCode} for {Last(address)} ({source.Setting})."
                        )
                    );
            }
        }
        return (null, Fetched.No($"{source.Shown} redirects without end ({source.Setting})."));
    }

    private static string Elsewhere(Source source, Uri address) =>
        $"{source.Shown} leads to {address.Authority}, which is no host of this source: the operator lists it in {source.Setting}:Hosts, or sets a source that has the file itself.";

    private static Fetched Missing(Source source, Uri address) =>
        new()
        {
            Unknown = true,
            Why = $"{source.Shown} does not have {Last(address)} ({source.Setting}).",
        };

    private static Fetched NoAnswer(Source source, Uri address) =>
        Fetched.No(
            $"{source.Shown} does not answer when asked for {Last(address)} ({source.Setting}). Try again later; if it stays so, the operator sees to it."
        );

    private static string Last(Uri address) =>
        Uri.UnescapeDataString(address.Segments[^1].TrimEnd('/'));

    private static bool IsTrouble(Exception e, CancellationToken stop) =>
        e is HttpRequestException or IOException or InvalidDataException
        || e is OperationCanceledException && !stop.IsCancellationRequested;

    /// <returns>Null, or that it is too much as a public sentence.</returns>
    private static async Task<string?> Copy(
        Source source,
        HttpResponseMessage answer,
        Stream to,
        long most,
        RestoreBudget budget,
        CancellationTokenSource patience
    )
    {
        await using var from = await answer.Content.ReadAsStreamAsync(patience.Token);
        var buffer = new byte[1 << 16];
        long total = 0;
        int count;
        while ((count = await from.ReadAsync(buffer, patience.Token)) > 0)
        {
            patience.CancelAfter(s_patience);
            if ((total += count) > most)
                return $"{source.Shown} answers with more than {most >> 20} MiB ({source.Setting}).";
            if (budget.Take(count) is { } why)
                return why;
            await to.WriteAsync(buffer.AsMemory(0, count), patience.Token);
        }
        return null;
    }

    /// <summary>A host that only a link named must have public addresses alone.</summary>
    private static async ValueTask<Stream> Connect(
        SocketsHttpConnectionContext context,
        CancellationToken stop
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (
                context.InitialRequestMessage.Options.TryGetValue(s_publicOnly, out var only)
                && only
            )
            {
                var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);
                if (found.Length == 0 || !found.All(PublicAddress.Is))
                    throw new IOException("not a public address");
                await socket.ConnectAsync(found, context.DnsEndPoint.Port, stop);
            }
            else
                await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
