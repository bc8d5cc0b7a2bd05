using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>Versioned bundles of node code.</summary>
public sealed class PackagesApi
{
    private const int LongestLine = 8 * 1024 * 1024;
    private readonly Wire _wire;

    internal PackagesApi(Wire wire) => _wire = wire;

    /// <summary>Uploads a package and yields what its build says, line by line, as it is said. The last event is the
    /// outcome; what is refused before a build starts is thrown.</summary>
    /// <param name="archive">The package as tar.gz.</param>
    public async IAsyncEnumerable<PushEvent> Push(
        Stream archive,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/packages")
        {
            Content = new StreamContent(archive),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        // A package that is too large is then refused before it travels.
        request.Headers.ExpectContinue = true;
        using var response = await _wire.Open(request, stop);
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        using var lines = new StreamReader(body, Encoding.UTF8);
        var done = false;
        while (!done && await Next(lines, stop) is { } line)
        {
            if (line.Length == 0)
                continue;
            var said = Read(line);
            done = said.IsOutcome;
            yield return said;
        }
        if (!done)
            throw Cut();
    }

    public Task<Page<Package>> List(string? cursor = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/packages", ("cursor", cursor)),
            SluiceJson.Default.PagePackage,
            stop
        );

    /// <param name="name"><c>handle/package</c>.</param>
    public Task<Package> Get(string name, string version, CancellationToken stop = default) =>
        _wire.Get(
            $"api/v1/packages/{Wire.Path(name)}/{Wire.Segment(version)}",
            SluiceJson.Default.Package,
            stop
        );

    public Task Delete(string name, string version, CancellationToken stop = default) =>
        _wire.Delete($"api/v1/packages/{Wire.Path(name)}/{Wire.Segment(version)}", stop);

    private static async Task<string?> Next(StreamReader lines, CancellationToken stop)
    {
        try
        {
            var line = await lines.ReadLineAsync(stop);
            return line is { Length: > LongestLine } ? throw Cut() : line;
        }
        catch (IOException)
        {
            throw Cut();
        }
    }

    private static PushEvent Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SluiceJson.Default.PushEvent) ?? throw Cut();
        }
        catch (JsonException error)
        {
            throw new SluiceException(
                SluiceException.UnexpectedAnswer,
                "The build's stream held a line that is no event.",
                error
            );
        }
    }

    private static SluiceException Cut() =>
        new(
            SluiceException.UnexpectedAnswer,
            "The connection ended before the build did. The outcome is unknown: list the packages, or push again."
        );
}

/// <summary>A line of a build's stream: a log line, or the outcome.</summary>
public sealed record PushEvent
{
    public required string Event { get; init; }
    public string? Text { get; init; }
    public bool Success { get; init; }
    public string? Name { get; init; }
    public string? Version { get; init; }
    public string? Digest { get; init; }
    public IReadOnlyList<PackageNode>? Nodes { get; init; }
    public PushError? Error { get; init; }

    public bool IsOutcome => Event == "done";
}

public sealed record PushError
{
    public string? Code { get; init; }
    public string? Detail { get; init; }
    public IReadOnlyList<RefusedMistake>? Mistakes { get; init; }
}

public sealed record Package
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public string? Language { get; init; }
    public string? Digest { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public IReadOnlyList<PackageNode>? Nodes { get; init; }

    /// <summary>The package's proto files, text by path; only when one package is asked for.</summary>
    public IReadOnlyDictionary<string, string>? Messages { get; init; }
    public string? BuildLog { get; init; }

    /// <summary>What was taken as dependencies; only when one package is asked for.</summary>
    public IReadOnlyList<PackageDependency>? Dependencies { get; init; }
}

/// <summary>A dependency as it was taken: exact, with its hash.</summary>
public sealed record PackageDependency
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required string Hash { get; init; }

    /// <summary>For compiling and testing alone; not part of the built package.</summary>
    public bool Development { get; init; }
}

public sealed record PackageNode
{
    public required string Name { get; init; }
    public string? Input { get; init; }
    public string? Output { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? RequiredSecrets { get; init; }
}
