using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Restores;

/// <summary>
/// Go modules: <c>go mod vendor</c> in the sandbox, which reads sources and runs none of them. It takes what the package
/// imports, and go.sum holds each module to its hash.
/// </summary>
internal sealed partial class GoRestore(RestoreSandbox sandbox, SourceClient client) : IRestore
{
    public string Kind => DependencyKinds.Go;

    public IReadOnlyList<string> Owns => ["vendor/", "go.mod", "go.sum", "go.work"];

    public IEnumerable<string> Question(RestoreRequest request) => [request.Text("go.mod")!];

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        var isFolder = request.Source.IsFolder;
        if (!isFolder && (sandbox.WhyNoNetwork ?? RestoreSandbox.WhyNoBridge("go")) is { } no)
            return Restored.No(no);
        if (await Unknown(request, stop) is { Count: > 0 } unknown)
            return request.Lacks(unknown);
        var files = Sources(request);
        if (!files.ContainsKey("go.sum") && request.Lock?.File is { } sums)
            files["go.sum"] = Encoding.UTF8.GetBytes(sums);
        files[RestoreSandbox.BridgeFile] = RestoreSandbox.Bridge;
        string? trouble = null;
        var environment = new Dictionary<string, string>(new Go().BuildEnvironment)
        {
            ["GOPROXY"] = isFolder
                ? $"file://{request.Source.Address.LocalPath.TrimEnd('/')}"
                : SourceGate.Inside + "go",
            ["GOSUMDB"] = "off",
            ["GOVCS"] = "*:off",
            ["GOPATH"] = "/tmp/go",
            ["GOCACHE"] = "/tmp/go-build",
        };
        var (found, why) = await sandbox.Run(
            request,
            files,
            // The first fills go.sum, which the second does not.
            $"{(isFolder ? "" : RestoreSandbox.BridgeCommand + " ")}/bin/sh -c \"'{Go.Program}' list -deps -test ./... > /dev/null && '{Go.Program}' mod vendor\" && mkdir -p vendor && touch go.sum",
            "vendor go.mod go.sum",
            environment,
            isFolder ? [request.Source.Address.LocalPath.TrimEnd('/')] : [],
            isFolder ? null : Serve,
            stop
        );
        if (why is not null)
            return Restored.No(
                why.Length > 0 ? why : trouble ?? "go could not take the modules; the log says why."
            );
        var (sum, list) = (
            Encoding.UTF8.GetString(found.First(file => file.Path == "go.sum").Content),
            found.FirstOrDefault(file => file.Path == "vendor/modules.txt")
        );
        return new Restored
        {
            Files = found,
            Lock = new DependencyLock
            {
                Kind = Kind,
                Asked = "",
                Packages = Taken(list is null ? "" : Encoding.UTF8.GetString(list.Content), sum),
                File = sum,
            },
            IsLeftOut = path => path.StartsWith("vendor/", StringComparison.Ordinal),
        };

        async Task<GateAnswer> Serve(string path, CancellationToken stopped)
        {
            path = Uri.UnescapeDataString(path);
            if (!PathPattern().IsMatch(path))
                return new GateAnswer(404, "Not here");
            var address = request.Source.Below(path["go/".Length..]);
            var isFixed = path.EndsWith(".zip", StringComparison.Ordinal);
            var fetched = isFixed
                ? await client.File(request.Source, address, request.Budget, stopped)
                : await client.Document(request.Source, address, request.Budget, stopped);
            if (fetched.Why is { } no && !fetched.Unknown)
                Interlocked.CompareExchange(ref trouble, no, null);
            if (fetched.Why is null && isFixed)
                request.Build.Log($"fetched {path["go/".Length..]}");
            return GateAnswer.Of(fetched);
        }
    }

    private async Task<List<Mistake>> Unknown(RestoreRequest request, CancellationToken stop)
    {
        var asked = request.Asked.All;
        var found = await Task.WhenAll(
            asked.Select(each =>
                client.Document(
                    request.Source,
                    request.Source.Below($"{Escaped(each.Name)}/@v/{Escaped(each.Asked)}.mod"),
                    request.Budget,
                    stop
                )
            )
        );
        return
        [
            .. asked
                .Zip(found)
                .Where(pair => pair.Second.Why is not null)
                .Select(pair =>
                    RestoreRequest.Missing(
                        pair.First,
                        $"{pair.First.Name} {pair.First.Asked}",
                        request.WhyNot(pair.Second),
                        byVersion: true
                    )
                ),
        ];
    }

    /// <summary>The author's sources and what is generated beside them: imports are read from both.</summary>
    private static Dictionary<string, byte[]> Sources(RestoreRequest request)
    {
        var files = request
            .Build.Files.Where(file =>
                !file.Key.StartsWith("vendor/", StringComparison.Ordinal)
                && (
                    file.Key.EndsWith(".go", StringComparison.Ordinal)
                    || file.Key is "go.mod" or "go.sum"
                    || file.Key.EndsWith("/go.mod", StringComparison.Ordinal)
                )
            )
            .ToDictionary(file => file.Key, file => file.Value);
        foreach (
            var file in PackageGenerator.Generate(request.Build.Manifest, request.Build.Schema)
        )
            files[file.Path] = Encoding.UTF8.GetBytes(file.Content);
        return files;
    }

    /// <summary>What was taken for the vendor folder, with the hashes of go.sum.</summary>
    private static List<LockedDependency> Taken(string modules, string sums)
    {
        var hashes = sums.Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 3)
            .DistinctBy(words => (words[0], words[1]))
            .ToDictionary(words => (words[0], words[1]), words => words[2]);
        return
        [
            .. modules
                .Split('\n')
                .Select(line => line.Split(' '))
                .Where(words =>
                    words.Length >= 3 && words[0] == "#" && hashes.ContainsKey((words[1], words[2]))
                )
                .Select(words => new LockedDependency(
                    words[1],
                    words[2],
                    hashes[(words[1], words[2])]
                )),
        ];
    }

    /// <summary>A capital is <c>!</c> and its small letter, as files on some systems do not tell them apart.</summary>
    private static string Escaped(string text) =>
        CapitalPattern().Replace(text, match => "!" + match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CapitalPattern();

    // No part begins with a dot, so nothing climbs.
    [GeneratedRegex(
        @"^go(/[A-Za-z0-9~_!][A-Za-z0-9._~!+-]*)+/(@latest|@v/(list|[A-Za-z0-9][A-Za-z0-9._~!+-]*\.(info|mod|zip)))\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex PathPattern();
}
