namespace Sluice.Server.Outbound;

/// <summary>
/// Reads a document of the operator's settings: a file, or an https address (plain http on this machine alone).
/// </summary>
internal sealed class SettingsDocument(OutboundHttp outbound) : IDisposable
{
    /// <summary>Most bytes of a document.</summary>
    public const int Longest = 256 << 10;

    private readonly HttpClient _http = Client(outbound);

    /// <summary>Whether a text names a place that is read here.</summary>
    public static bool IsPlace(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out var url) && !url.IsFile
            ? url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)
            : Path.IsPathFullyQualified(place);

    /// <summary>The document; or why it could not be had, for the operator.</summary>
    public async Task<(byte[]? Bytes, string? Trouble)> Read(string place, CancellationToken stop)
    {
        try
        {
            if (Path.IsPathFullyQualified(place))
                return new FileInfo(place).Length <= Longest
                    ? (await File.ReadAllBytesAsync(place, stop), null)
                    : (null, $"{place} is longer than {Longest} bytes.");
            using var answer = await _http.GetAsync(new Uri(place), stop);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadAsByteArrayAsync(stop), null)
                : (null, $"{place} answered {(int)answer.StatusCode}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"{place} cannot be read.");
        }
        catch (Exception error)
            when (error is HttpRequestException
                || (error is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            return (null, $"{place} does not answer.");
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Client(OutboundHttp outbound)
    {
        var client = outbound.ForOperator(Longest);
        // GitHub answers nobody who has no name.
        client.DefaultRequestHeaders.Add("User-Agent", "sluice");
        return client;
    }
}
