using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Language;

namespace Sluice.Runner.Restores;

/// <summary>
/// The package index as pip in the sandbox sees it: a page for each project, made anew from what the index says, on which
/// every wheel leads back here. A wheel whose hash the index tells may lie at any public host, since no host can change it.
/// </summary>
internal sealed partial class PyPiIndex(
    SourceClient client,
    RestoreRequest request,
    CancellationToken stop
)
{
    private const string Accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

    private readonly ConcurrentDictionary<string, Lazy<Task<GateAnswer>>> _pages = new();
    private readonly ConcurrentDictionary<string, Wheel> _wheels = new();
    private string? _trouble;

    private sealed record Wheel(string Name, Uri Address, string? Sha256, string? Python);

    /// <summary>The first thing that could not be had, as a public sentence; null when all went well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Everything that the package asks for and the index does not know, all at once.</summary>
    public async Task<IReadOnlyList<Mistake>> Unknown()
    {
        var asked = request.Asked.All;
        var found = await Task.WhenAll(asked.Select(each => Missing(each.Name)));
        return
        [
            .. asked
                .Zip(found)
                .Where(pair => pair.Second is not null)
                .Select(pair => RestoreRequest.Missing(pair.First, pair.First.Name, pair.Second!)),
        ];
    }

    public async Task<GateAnswer> Serve(string path, CancellationToken stopped)
    {
        if (_wheels.TryGetValue(path, out var wheel))
        {
            var fetched = await client.File(
                request.Source,
                wheel.Address,
                request.Budget,
                stopped,
                pinned: wheel.Sha256 is not null,
                sha256: wheel.Sha256
            );
            if (fetched.Why is { } why)
                Interlocked.CompareExchange(ref _trouble, $"{wheel.Name}: {why}", null);
            else
                request.Build.Log($"fetched {wheel.Name}");
            return GateAnswer.Of(fetched);
        }
        return ProjectPattern().Match(path) is { Success: true } match
            ? await Page(match.Groups["name"].Value)
            : new GateAnswer(404, "Not here");
    }

    private async Task<string?> Missing(string name)
    {
        var missing = request.NotThere;
        if (request.Source.IsFolder)
        {
            var start = Normal(name) + "-";
            return Directory
                .EnumerateFiles(request.Source.Address.LocalPath, "*.whl")
                .Select(file => Path.GetFileName(file))
                .Any(file =>
                    (Normal(file.Split('-')[0]) + "-").Equals(start, StringComparison.Ordinal)
                )
                ? null
                : missing;
        }
        var page = await Page(Normal(name));
        return page.Status switch
        {
            200 => null,
            404 => missing,
            _ => page.Reason,
        };
    }

    private Task<GateAnswer> Page(string name) =>
        _pages.GetOrAdd(name, _ => new(() => Fetch(name))).Value;

    private async Task<GateAnswer> Fetch(string name)
    {
        var address = request.Source.Below(name + "/");
        var fetched = await client.Document(request.Source, address, request.Budget, stop, Accept);
        if (fetched.Why is not null)
            return GateAnswer.Of(fetched);
        var page = new StringBuilder("<!DOCTYPE html><html><body>\n");
        foreach (
            var wheel in fetched.ContentType.EndsWith("json", StringComparison.Ordinal)
                ? FromJson(address, fetched.Body)
                : FromPage(address, fetched.Body)
        )
        {
            var path = $"pypi/-/{_wheels.Count}/{wheel.Name}";
            _wheels[path] = wheel;
            page.Append("<a href=\"/").Append(path);
            if (wheel.Sha256 is { } hash)
                page.Append("#sha256=").Append(hash);
            page.Append('"');
            if (wheel.Python is { } python)
                page.Append(" data-requires-python=\"")
                    .Append(WebUtility.HtmlEncode(python))
                    .Append('"');
            page.Append('>').Append(wheel.Name).Append("</a>\n");
        }
        return GateAnswer.Of(
            Encoding.UTF8.GetBytes(page.Append("</body></html>").ToString()),
            "text/html"
        );
    }

    private static List<Wheel> FromJson(Uri page, byte[] content)
    {
        List<Wheel> wheels = [];
        try
        {
            using var read = JsonDocument.Parse(content);
            foreach (var file in read.RootElement.GetProperty("files").EnumerateArray())
            {
                var isYanked =
                    file.TryGetProperty("yanked", out var yanked)
                    && yanked.ValueKind is JsonValueKind.True or JsonValueKind.String;
                var python = file.TryGetProperty("requires-python", out var asked)
                    ? asked.GetString()
                    : null;
                var hash =
                    file.TryGetProperty("hashes", out var hashes)
                    && hashes.TryGetProperty("sha256", out var sha)
                        ? sha.GetString()
                        : null;
                if (
                    !isYanked
                    && Read(page, file.GetProperty("url").GetString()!, hash, python) is { } wheel
                )
                    wheels.Add(wheel);
            }
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // An index that says nothing of use has no wheels.
        }
        return wheels;
    }

    private static IEnumerable<Wheel> FromPage(Uri page, byte[] content)
    {
        foreach (Match link in LinkPattern().Matches(Encoding.UTF8.GetString(content)))
        {
            var attributes = AttributePattern()
                .Matches(link.Value)
                .DistinctBy(each => each.Groups["name"].Value)
                .ToDictionary(
                    each => each.Groups["name"].Value,
                    each => WebUtility.HtmlDecode(each.Groups["value"].Value)
                );
            if (
                !attributes.TryGetValue("href", out var to) || attributes.ContainsKey("data-yanked")
            )
                continue;
            var hash = HashPattern().Match(to) is { Success: true } match
                ? match.Groups["hash"].Value
                : null;
            if (
                Read(page, to, hash, attributes.GetValueOrDefault("data-requires-python")) is
                { } wheel
            )
                yield return wheel;
        }
    }

    private static Wheel? Read(Uri page, string to, string? hash, string? python) =>
        Uri.TryCreate(page, to.Split('#')[0], out var address)
        && Uri.UnescapeDataString(address.Segments[^1]) is var name
        && WheelPattern().IsMatch(name)
            ? new Wheel(
                name,
                address,
                hash is { Length: 64 } ? hash.ToLowerInvariant() : null,
                python
            )
            : null;

    /// <summary>The one form that an index knows a name by.</summary>
    private static string Normal(string name) =>
        SeparatorPattern().Replace(name, "-").ToLowerInvariant();

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex("[-_.]+", Options)]
    private static partial Regex SeparatorPattern();

    [GeneratedRegex(@"^pypi/(?<name>[a-z0-9-]+)/\z", Options)]
    private static partial Regex ProjectPattern();

    [GeneratedRegex(@"^[A-Za-z0-9._+!-]+\.whl\z", Options)]
    private static partial Regex WheelPattern();

    [GeneratedRegex("<a\\s[^>]*>", Options | RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(
        "(?<name>[a-z-]+)(\\s*=\\s*(\"(?<value>[^\"]*)\"|'(?<value>[^']*)'))?",
        Options | RegexOptions.IgnoreCase
    )]
    private static partial Regex AttributePattern();

    [GeneratedRegex("#sha256=(?<hash>[0-9A-Fa-f]{64})", Options)]
    private static partial Regex HashPattern();
}
