using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Language;
using Sluice.Language.Packages.Dependencies;

namespace Sluice.Runner.Restores;

/// <summary>
/// The registry as npm in the sandbox sees it: descriptions of packages, in which the address of every archive leads back
/// here, and the archives that a description named.
/// </summary>
internal sealed partial class NpmRegistry(
    SourceClient client,
    RestoreRequest request,
    CancellationToken stop
)
{
    private const string Accept =
        "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

    private readonly ConcurrentDictionary<
        string,
        Lazy<Task<(GateAnswer Answer, JsonObject? Read)>>
    > _known = new();
    private readonly ConcurrentDictionary<string, (Uri Address, string Shown)> _archives = new();
    private string? _trouble;

    /// <summary>The first thing that could not be had, as a public sentence; null when all went well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Everything that the package asks for and the registry does not know, all at once.</summary>
    public async Task<IReadOnlyList<Mistake>> Unknown(CancellationToken stopped)
    {
        var all = request.Asked.All.DistinctBy(each => (each.Name, each.Asked)).ToList();
        var found = new Mistake?[all.Count];
        await Parallel.ForAsync(
            0,
            all.Count,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = stopped },
            async (at, _) => found[at] = await Fault(all[at])
        );
        return [.. found.OfType<Mistake>()];
    }

    public async Task<GateAnswer> Serve(string path, CancellationToken stopped)
    {
        if (!path.StartsWith("npm/", StringComparison.Ordinal))
            return new GateAnswer(404, "Not here");
        if (_archives.TryGetValue(path, out var archive))
        {
            var fetched = await client.File(
                request.Source,
                archive.Address,
                request.Budget,
                stopped
            );
            if (fetched.Why is { } why)
                Interlocked.CompareExchange(ref _trouble, $"{archive.Shown}: {why}", null);
            else
                request.Build.Log($"fetched {archive.Shown}");
            return GateAnswer.Of(fetched);
        }
        var name = Uri.UnescapeDataString(path["npm/".Length..]);
        return NamePattern().IsMatch(name)
            ? (await Describe(name)).Answer
            : new GateAnswer(404, "No name of a package");
    }

    private async Task<Mistake?> Fault(Dependency asked)
    {
        var (name, version) = Target(asked);
        var (answer, read) = await Describe(name);
        if (answer.Status != 200)
            return RestoreRequest.Missing(asked, name, answer.Reason);
        if (
            ExactPattern().IsMatch(version)
            && read?["versions"] is JsonObject all
            && all[version.TrimStart('=', 'v')] is null
        )
            return RestoreRequest.Unknown(
                asked,
                $"There is no version {version} of `{name}` at {request.Source.Shown}; the newest there is {Newest(read)}."
            );
        return null;
    }

    private static string Newest(JsonObject read) =>
        read["dist-tags"]?["latest"] is JsonValue value && value.TryGetValue(out string? latest)
            ? latest
            : "not said";

    /// <summary><c>npm:other@1.0.0</c> asks for another name.</summary>
    private static (string Name, string Version) Target(Dependency asked)
    {
        if (!asked.Asked.StartsWith("npm:", StringComparison.Ordinal))
            return (asked.Name, asked.Asked);
        var other = asked.Asked["npm:".Length..];
        var at = other.LastIndexOf('@');
        return at > 0 ? (other[..at], other[(at + 1)..]) : (other, "");
    }

    private Task<(GateAnswer Answer, JsonObject? Read)> Describe(string name) =>
        _known.GetOrAdd(name, _ => new(() => Fetch(name))).Value;

    private async Task<(GateAnswer, JsonObject?)> Fetch(string name)
    {
        var address = request.Source.Below(name.Replace("/", "%2f", StringComparison.Ordinal));
        var fetched = await client.Document(request.Source, address, request.Budget, stop, Accept);
        if (fetched.Why is not null)
        {
            var why = request.WhyNot(fetched);
            Interlocked.CompareExchange(ref _trouble, $"{name}: {why}", null);
            return (new GateAnswer(fetched.Unknown ? 404 : 403, why), null);
        }
        try
        {
            if (JsonNode.Parse(fetched.Body) is JsonObject read)
            {
                LeadHere(name, read);
                return (
                    GateAnswer.Of(
                        JsonSerializer.SerializeToUtf8Bytes((JsonNode)read),
                        "application/json"
                    ),
                    read
                );
            }
        }
        catch (Exception e)
            when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Said below.
        }
        return (
            new GateAnswer(
                403,
                $"{request.Source.Shown} does not answer as a registry does ({request.Source.Setting})."
            ),
            null
        );
    }

    private void LeadHere(string name, JsonObject read)
    {
        foreach (var (version, entry) in read["versions"] as JsonObject ?? [])
        {
            if (
                entry?["dist"] is not JsonObject dist
                || dist["tarball"] is not JsonValue value
                || !value.TryGetValue(out string? text)
            )
                continue;
            var path = $"npm/-/{Uri.EscapeDataString(name)}/{Uri.EscapeDataString(version)}.tgz";
            if (Uri.TryCreate(request.Source.Address, text, out var address))
                _archives[path] = (address, $"{name} {version}");
            dist["tarball"] = SourceGate.Inside + path;
        }
    }

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex(
        @"^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]{0,213}\z",
        Options
    )]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[=v]?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?\z", Options)]
    private static partial Regex ExactPattern();
}
