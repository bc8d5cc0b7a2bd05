using Sluice.Language;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Builds;
using Sluice.Runner.Languages;
using Sluice.Runner.Restores.NuGet;

namespace Sluice.Runner.Restores;

/// <summary>
/// NuGet packages: fetched and chosen here, for building a project may run what its packages bring. Their assemblies go
/// beside the program's; nothing else of them is used.
/// </summary>
internal sealed class NuGetRestore(SourceClient client, RestoreOptions options) : IRestore
{
    /// <summary>Packages without assemblies of their own, which once stood for the framework.</summary>
    private static readonly HashSet<string> s_empty = new(StringComparer.OrdinalIgnoreCase)
    {
        "NETStandard.Library",
        "Microsoft.NETCore.App",
        "Microsoft.NETCore.Platforms",
        "Microsoft.NETCore.Targets",
    };

    public string Kind => DependencyKinds.NuGet;

    public IReadOnlyList<string> Owns => [".deps/"];

    public IEnumerable<string> Question(RestoreRequest request) =>
        request
            .Asked.All.Select(each => $"{each.Name}:{each.Asked}")
            .Order(StringComparer.OrdinalIgnoreCase);

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        var source = new NuGetSource(client, request);
        if (await source.Open(stop) is { } why)
            return Restored.No(why);
        using var closure = new NuGetClosure(source, IsBuiltIn);
        var (all, wrong) = request.Lock is { } locked
            ? await Follow(closure, locked, stop)
            : await Choose(closure, source, request, stop);
        return wrong ?? await Take(all, request, stop);
    }

    private static bool IsBuiltIn(string id) => s_empty.Contains(id) || CSharp.HasAssembly(id);

    private static async Task<(IReadOnlyList<NuGetChoice>, Restored?)> Choose(
        NuGetClosure closure,
        NuGetSource source,
        RestoreRequest request,
        CancellationToken stop
    )
    {
        var asked = request.Asked.All;
        var found = await Task.WhenAll(asked.Select(each => source.Versions(each.Name, stop)));
        var unknown = asked
            .Zip(found)
            .Where(pair => !pair.Second.All.Contains(NuGetVersion.Parse(pair.First.Asked)))
            .Select(pair =>
                pair.Second.Why is { } why
                    ? RestoreRequest.Missing(pair.First, pair.First.Name, why)
                    : RestoreRequest.Unknown(
                        pair.First,
                        $"There is no version {pair.First.Asked} of `{pair.First.Name}` at {request.Source.Shown}; the newest there is {pair.Second.All[^1]}."
                    )
            )
            .ToList();
        if (unknown.Count > 0)
            return ([], request.Lacks(unknown));
        var (all, wrong) = await closure.Resolve(
            [.. asked.Select(each => (each.Name, NuGetVersion.Parse(each.Asked)!))],
            stop
        );
        foreach (var each in wrong)
            request.Build.Log(each);
        return (all, wrong.Count == 0 ? null : Restored.No(wrong[0]));
    }

    private static async Task<(IReadOnlyList<NuGetChoice>, Restored?)> Follow(
        NuGetClosure closure,
        DependencyLock locked,
        CancellationToken stop
    )
    {
        List<NuGetChoice> all = [];
        foreach (var package in locked.Packages)
        {
            if (
                NuGetVersion.Parse(package.Version) is not { } version
                || !package.Hash.StartsWith("sha256:", StringComparison.Ordinal)
            )
                return (
                    [],
                    Restored.No(
                        $"The lock of {package.Name} {package.Version} cannot be read: raise the version of your package to make another."
                    )
                );
            var (choice, why) = await closure.Fetch(
                package.Name,
                version,
                stop,
                package.Hash["sha256:".Length..]
            );
            if (choice is null)
                return ([], Restored.No(why!));
            all.Add(choice);
        }
        return (all, null);
    }

    private async Task<Restored> Take(
        IReadOnlyList<NuGetChoice> all,
        RestoreRequest request,
        CancellationToken stop
    )
    {
        var left = options.MaxSize;
        var files = new Dictionary<string, (string By, TarFile File)>(
            StringComparer.OrdinalIgnoreCase
        );
        List<LockedDependency> taken = [];
        foreach (var choice in all)
        {
            if (choice.Archive.Take(ref left) is not { } assets)
                return Restored.No(
                    $"The dependencies are larger than {options.MaxSize >> 20} MiB, the most that this server takes (Packages:MaxDependencySize), or {choice.Id} {choice.Version} is damaged."
                );
            foreach (
                var (folder, content) in (ReadOnlySpan<(string, Dictionary<string, byte[]>)>)
                    [("compile", assets.Compile), ("run", assets.Run)]
            )
            foreach (
                var (name, bytes) in content.Where(file =>
                    !CSharp.HasAssembly(Path.GetFileNameWithoutExtension(file.Key))
                )
            )
            {
                var path = $".deps/{folder}/{name}";
                if (!files.TryAdd(path, (choice.Id, new TarFile(path, bytes, false))))
                    return Restored.No(
                        $"{files[path].By} and {choice.Id} both bring {name}; one of them has to go from build.nuget_deps."
                    );
            }
            if (assets.Run.Count == 0)
                request.Build.Log(
                    $"{choice.Id} {choice.Version} has no assemblies for .NET 10 on Linux"
                );
            request.Build.Log($"fetched {choice.Id} {choice.Version}");
            taken.Add(
                new LockedDependency(
                    choice.Id,
                    choice.Version.ToString(),
                    "sha256:" + await DownloadCache.Hash(choice.File, stop)
                )
            );
        }
        return new Restored
        {
            Files = [.. files.Values.Select(file => file.File)],
            Lock = new DependencyLock
            {
                Kind = Kind,
                Asked = "",
                Packages = taken,
            },
            IsLeftOut = path => path.StartsWith(".deps/", StringComparison.Ordinal),
        };
    }
}
