using System.Security.Cryptography;
using System.Text;
using Sluice.Language;
using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Packages.Dependencies.Maven;
using Sluice.Runner.Builds;

namespace Sluice.Runner.Restores;

/// <summary>Maven artifacts: chosen and fetched here, from a repository in Maven's layout. Nothing of Maven runs.</summary>
internal sealed class MavenRestore(SourceClient client, RestoreOptions options) : IRestore
{
    public string Kind => DependencyKinds.Maven;

    public IReadOnlyList<string> Owns => [".deps/"];

    public IEnumerable<string> Question(RestoreRequest request) =>
        request.Asked.All.Select(each => $"{each.Name}:{each.Asked}").Order(StringComparer.Ordinal);

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        IReadOnlyList<MavenArtifact> all;
        if (request.Lock is { } locked)
            all = [.. locked.Packages.Select(package => Artifact(package.Name, package.Version))];
        else
        {
            if (await Unknown(request, stop) is { Count: > 0 } unknown)
                return request.Lacks(unknown);
            var resolver = new MavenResolver(path => Ask(request, path, stop), options.MaxPackages);
            (all, var wrong) = await resolver.Resolve([
                .. request.Asked.All.Select(each => Artifact(each.Name, each.Asked)),
            ]);
            foreach (var each in wrong)
                request.Build.Log(each);
            if (wrong.Count > 0)
                return Restored.No(wrong[0]);
        }
        return await Take(all, request, stop);
    }

    private async Task<List<Mistake>> Unknown(RestoreRequest request, CancellationToken stop)
    {
        var asked = request.Asked.All;
        var found = await Task.WhenAll(
            asked.Select(each => Ask(request, Artifact(each.Name, each.Asked).Path("pom"), stop))
        );
        return
        [
            .. asked
                .Zip(found)
                .Where(pair => pair.Second.Content is null)
                .Select(pair =>
                    RestoreRequest.Missing(
                        pair.First,
                        $"{pair.First.Name}:{pair.First.Asked}",
                        pair.Second.Why!,
                        byVersion: true
                    )
                ),
        ];
    }

    private async Task<MavenAnswer> Ask(RestoreRequest request, string path, CancellationToken stop)
    {
        var fetched = await client.Document(
            request.Source,
            request.Source.Below(path),
            request.Budget,
            stop
        );
        return new MavenAnswer(fetched.Why is null ? fetched.Body : null, fetched.Why);
    }

    private async Task<Restored> Take(
        IReadOnlyList<MavenArtifact> all,
        RestoreRequest request,
        CancellationToken stop
    )
    {
        var left = options.MaxSize;
        List<TarFile> files = [];
        List<LockedDependency> taken = [];
        foreach (var artifact in all)
        {
            var hash = request
                .Lock?.Packages.FirstOrDefault(each => each.Name == artifact.Key)
                ?.Hash;
            var address = request.Source.Below(artifact.Path("jar"));
            var fetched = await client.File(
                request.Source,
                address,
                request.Budget,
                stop,
                sha256: hash?.Replace("sha256:", "", StringComparison.Ordinal)
            );
            if (fetched.File is null)
                return Restored.No($"{artifact}: {fetched.Why}");
            if ((left -= new FileInfo(fetched.File).Length) < 0)
                return Restored.No(
                    $"The dependencies are larger than {options.MaxSize >> 20} MiB, the most that this server takes (Packages:MaxDependencySize)."
                );
            var content = await File.ReadAllBytesAsync(fetched.File, stop);
            if (request.Lock is null && await Damaged(request, artifact, content, stop))
                return Restored.No(
                    $"{artifact}: its file is not the one that {request.Source.Shown} tells the checksum of ({request.Source.Setting})."
                );
            files.Add(
                new TarFile(
                    $".deps/run/{artifact.Group}.{Path.GetFileName(artifact.Path("jar"))}",
                    content,
                    false
                )
            );
            taken.Add(
                new LockedDependency(
                    artifact.Key,
                    artifact.Version,
                    "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content))
                )
            );
            request.Build.Log($"fetched {artifact}");
        }
        return new Restored
        {
            Files = files,
            Lock = new DependencyLock
            {
                Kind = Kind,
                Asked = "",
                Packages = taken,
            },
        };
    }

    /// <summary>A repository tells checksums beside its files; one made by hand may not.</summary>
    private async Task<bool> Damaged(
        RestoreRequest request,
        MavenArtifact artifact,
        byte[] content,
        CancellationToken stop
    )
    {
        var told = await client.Document(
            request.Source,
            request.Source.Below(artifact.Path("jar") + ".sha1"),
            request.Budget,
            stop
        );
        // Some repositories write the file's name behind it.
        var word = Encoding.ASCII.GetString(told.Body).Trim().Split(' ')[0];
        // SHA-1 finds damage; what holds against attacks is the lock's SHA-256.
#pragma warning disable CA5350
        return word.Length == 40
            && !word.Equals(
                Convert.ToHexString(SHA1.HashData(content)),
                StringComparison.OrdinalIgnoreCase
            );
#pragma warning restore CA5350
    }

    /// <summary><c>group:name</c> or <c>group:name:classifier</c>.</summary>
    private static MavenArtifact Artifact(string key, string version)
    {
        var parts = key.Split(':');
        return new MavenArtifact(parts[0], parts[1], version, parts.Length > 2 ? parts[2] : "");
    }
}
