using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Language;

namespace Sluice.Runner.Restores;

/// <summary>
/// The sparse index of a registry as cargo in the sandbox sees it: the lists of versions as they are, and the archives of
/// versions that such a list has named, held to the checksum that stands there.
/// </summary>
internal sealed partial class CargoIndex(SourceClient client, RestoreRequest request)
{
    /// <summary>What cargo is told to ask.</summary>
    public const string Inside = "sparse+" + SourceGate.Inside + IndexRoot;

    private const string IndexRoot = "cargo/";
    private const string ArchiveRoot = "crates/";

    private static readonly byte[] s_config = Encoding.UTF8.GetBytes(
        $$"""{"dl":"{{SourceGate.Inside}}{{ArchiveRoot}}{crate}/{version}"}"""
    );

    /// <summary>Checksums by <c>name/version</c>, of all that a list has named.</summary>
    private readonly ConcurrentDictionary<string, string> _checksums = new();
    private string _template = "";
    private string? _trouble;

    /// <summary>The first thing that could not be had, as a public sentence; null when all went well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Reads how the registry names its archives.</summary>
    /// <returns>Null, or why it is no registry as a public sentence.</returns>
    public async Task<string?> Open(CancellationToken stop)
    {
        var config = await client.Document(
            request.Source,
            request.Source.Below("config.json"),
            request.Budget,
            stop
        );
        if (config.Why is { } why && !config.Unknown)
            return why;
        if (config.Why is not null || Downloads(config.Body) is not { } template)
            return $"{request.Source.Shown} is no sparse index of crates: it has no config.json that names downloads ({request.Source.Setting}).";
        _template = template;
        return null;
    }

    /// <summary>Every crate that the package asks for and the registry does not know, all at once.</summary>
    public async Task<IReadOnlyList<Mistake>> Unknown(CancellationToken stop)
    {
        var lines = request.Text("Cargo.toml")!.Split('\n');
        // Under a name of the author's own the crate's name stands elsewhere; cargo itself finds that one missing.
        var asked = request
            .Asked.All.Where(each => !ElsewherePattern().IsMatch(lines[each.Line - 1]))
            .ToList();
        var found = await Task.WhenAll(asked.Select(each => Versions(each.Name, stop)));
        return
        [
            .. asked
                .Zip(found)
                .Where(pair => pair.Second.Why is not null)
                .Select(pair =>
                    RestoreRequest.Missing(pair.First, pair.First.Name, request.WhyNot(pair.Second))
                ),
        ];
    }

    public async Task<GateAnswer> Serve(string path, CancellationToken stop)
    {
        if (path == IndexRoot + "config.json")
            return GateAnswer.Of(s_config, "application/json");
        if (IndexPattern().Match(path) is { Success: true } list)
        {
            var versions = await Versions(list.Groups["name"].Value, stop);
            if (versions.Why is { } no && !versions.Unknown)
                Interlocked.CompareExchange(ref _trouble, no, null);
            return GateAnswer.Of(versions);
        }
        var crate = path.StartsWith(ArchiveRoot, StringComparison.Ordinal)
            ? Uri.UnescapeDataString(path[ArchiveRoot.Length..])
            : "";
        return _checksums.TryGetValue(crate, out var checksum)
            ? await Archive(crate, checksum, stop)
            : new GateAnswer(404, "Not here");
    }

    private async Task<GateAnswer> Archive(string crate, string checksum, CancellationToken stop)
    {
        var slash = crate.IndexOf('/', StringComparison.Ordinal);
        // The registry has told the checksum, so that the archive may lie where it says.
        var fetched = await client.File(
            request.Source,
            Address(crate[..slash], crate[(slash + 1)..], checksum),
            request.Budget,
            stop,
            pinned: true,
            sha256: checksum
        );
        if (fetched.Why is { } why)
            Interlocked.CompareExchange(ref _trouble, $"{crate}: {why}", null);
        else
            request.Build.Log($"fetched {crate.Replace('/', '-')}.crate");
        return GateAnswer.Of(fetched);
    }

    private async Task<Fetched> Versions(string name, CancellationToken stop)
    {
        var fetched = await client.Document(
            request.Source,
            request.Source.Below(PathOf(name)),
            request.Budget,
            stop
        );
        if (fetched.Why is null)
            foreach (var (crate, checksum) in Entries(fetched.Body))
                _checksums[crate] = checksum;
        return fetched;
    }

    /// <summary>Where archives are, with its markers; without any they stand below it in the usual way.</summary>
    private Uri Address(string name, string version, string checksum)
    {
        var template = MarkerPattern().IsMatch(_template)
            ? _template
            : _template + "/{crate}/{version}/download";
        return new Uri(
            request.Source.Address,
            template
                .Replace("{crate}", name, StringComparison.Ordinal)
                .Replace("{version}", Uri.EscapeDataString(version), StringComparison.Ordinal)
                .Replace("{prefix}", Prefix(name), StringComparison.Ordinal)
                .Replace("{lowerprefix}", Prefix(Lower(name)), StringComparison.Ordinal)
                .Replace("{sha256-checksum}", checksum, StringComparison.Ordinal)
        );
    }

    private static string PathOf(string name) => $"{Prefix(Lower(name))}/{Lower(name)}";

    private static string Lower(string name) => name.ToLowerInvariant();

    private static string Prefix(string name) =>
        name.Length switch
        {
            1 or 2 => $"{name.Length}",
            3 => $"3/{name[0]}",
            _ => $"{name[..2]}/{name[2..4]}",
        };

    private static string? Downloads(byte[] config) =>
        Objects(config).Select(config => Text(config, "dl")).FirstOrDefault();

    /// <summary>One line of JSON for each version; what is none is left to cargo, and has no archive.</summary>
    private static IEnumerable<(string Crate, string Checksum)> Entries(byte[] list) =>
        Encoding
            .UTF8.GetString(list)
            .Split('\n')
            .SelectMany(line => Objects(Encoding.UTF8.GetBytes(line)))
            .Select(entry => (Text(entry, "name"), Text(entry, "vers"), Text(entry, "cksum")))
            .Where(entry => entry is ({ }, { }, { }))
            .Select(entry => ($"{entry.Item1}/{entry.Item2}", entry.Item3!));

    /// <summary>The object that a text is; none when it is something else.</summary>
    private static IEnumerable<JsonElement> Objects(byte[] text)
    {
        JsonDocument read;
        try
        {
            read = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            yield break;
        }
        using (read)
            if (read.RootElement.ValueKind == JsonValueKind.Object)
                yield return read.RootElement;
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    [GeneratedRegex(
        @"^cargo/([12]|3/[a-z0-9_-]|[a-z0-9_-]{2}/[a-z0-9_-]{2})/(?<name>[a-z0-9_-]{1,64})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex IndexPattern();

    [GeneratedRegex(
        @"\{(crate|version|prefix|lowerprefix|sha256-checksum)\}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex MarkerPattern();

    /// <summary>The head of a table of its own, or a crate under a name that the author gives it.</summary>
    [GeneratedRegex(
        @"^\s*\[|\bpackage\s*=",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex ElsewherePattern();
}
