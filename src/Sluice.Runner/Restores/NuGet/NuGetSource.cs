using System.Collections.Concurrent;
using System.Text.Json;

namespace Sluice.Runner.Restores.NuGet;

/// <summary>A NuGet source as one restore sees it: an address with a service index, or a folder of archives.</summary>
internal sealed class NuGetSource(SourceClient client, RestoreRequest request)
{
    private readonly ConcurrentDictionary<
        string,
        Lazy<Task<(IReadOnlyList<NuGetVersion> All, string? Why)>>
    > _versions = new(StringComparer.OrdinalIgnoreCase);
    private Uri? _base;

    /// <summary>Finds out where the source keeps its archives.</summary>
    /// <returns>Null, or why it cannot be asked as a public sentence.</returns>
    public async Task<string?> Open(CancellationToken stop)
    {
        if (request.Source.IsFolder)
            return null;
        var fetched = await client.Document(
            request.Source,
            request.Source.Address,
            request.Budget,
            stop
        );
        if (fetched.Why is { } why)
            return why;
        try
        {
            using var index = JsonDocument.Parse(fetched.Body);
            foreach (var resource in index.RootElement.GetProperty("resources").EnumerateArray())
                if (
                    resource.GetProperty("@type").GetString() == "PackageBaseAddress/3.0.0"
                    && Uri.TryCreate(
                        request.Source.Address,
                        resource.GetProperty("@id").GetString()!.TrimEnd('/') + "/",
                        out _base
                    )
                )
                    return null;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below.
        }
        return $"{request.Source.Shown} is no index of NuGet packages (v3): the operator corrects {request.Source.Setting}.";
    }

    /// <returns>From the lowest; empty with the reason when there are none.</returns>
    public Task<(IReadOnlyList<NuGetVersion> All, string? Why)> Versions(
        string id,
        CancellationToken stop
    ) => _versions.GetOrAdd(id, _ => new(() => Ask(id, stop))).Value;

    /// <param name="id">Of the package.</param>
    /// <param name="version">Exact.</param>
    /// <param name="sha256">What it must be; null for whatever there is.</param>
    /// <param name="stop">Ends it.</param>
    public Task<Fetched> Archive(
        string id,
        NuGetVersion version,
        string? sha256,
        CancellationToken stop
    )
    {
        var address = request.Source.IsFolder
            ? InFolder(id).FirstOrDefault(found => found.Version == version).Address
            : new Uri(
                _base!,
                $"{Word(id)}/{Word($"{version}")}/{Word(id)}.{Word($"{version}")}.nupkg"
            );
        return address is null
            ? Task.FromResult(
                new Fetched
                {
                    Unknown = true,
                    Why =
                        $"{request.Source.Shown} does not have {id} {version} ({request.Source.Setting}).",
                }
            )
            : client.File(request.Source, address, request.Budget, stop, sha256: sha256);
    }

    private async Task<(IReadOnlyList<NuGetVersion>, string?)> Ask(
        string id,
        CancellationToken stop
    )
    {
        var missing = $"{request.Source.Shown} does not have it ({request.Source.Setting}).";
        if (request.Source.IsFolder)
        {
            var found = InFolder(id)
                .Select(each => each.Version)
                .Order(NuGetVersion.Ascending)
                .ToList();
            return (found, found.Count == 0 ? missing : null);
        }
        var fetched = await client.Document(
            request.Source,
            new Uri(_base!, $"{Word(id)}/index.json"),
            request.Budget,
            stop
        );
        if (fetched.Why is { } why)
            return ([], fetched.Unknown ? missing : why);
        try
        {
            using var index = JsonDocument.Parse(fetched.Body);
            return (
                [
                    .. index
                        .RootElement.GetProperty("versions")
                        .EnumerateArray()
                        .Select(each => NuGetVersion.Parse(each.GetString() ?? ""))
                        .OfType<NuGetVersion>()
                        .Order(NuGetVersion.Ascending),
                ],
                null
            );
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (
                [],
                $"{request.Source.Shown} answers in a form that is not NuGet's ({request.Source.Setting})."
            );
        }
    }

    /// <summary>A flat folder, or one that has a folder for each package and in it one for each version.</summary>
    private IEnumerable<(NuGetVersion Version, Uri Address)> InFolder(string id)
    {
        var root = request.Source.Address.LocalPath;
        var start = id + ".";
        var own = Path.Combine(root, Word(id));
        var files = Directory
            .EnumerateFiles(root, "*.nupkg")
            .Concat(
                Directory.Exists(own)
                    ? Directory.EnumerateFiles(own, "*.nupkg", SearchOption.AllDirectories)
                    : []
            );
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (
                name.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                && NuGetVersion.Parse(name[start.Length..]) is { } version
            )
                yield return (version, new Uri(file));
        }
    }

    /// <summary>Addresses are in small letters.</summary>
    private static string Word(string word) =>
        Uri.EscapeDataString(word.ToLower(System.Globalization.CultureInfo.InvariantCulture));
}
