using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Builds;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Restores;

/// <summary>
/// Python packages: pip itself, in the sandbox, with no settings but ours, and wheels alone, for a source distribution
/// runs code of its own when it is installed.
/// </summary>
internal sealed class PipRestore(RestoreSandbox sandbox, SourceClient client) : IRestore
{
    private const string Python = "/usr/bin/python3";
    private const string Report = ".pip-report.json";
    private const string Requested = ".dist-info/REQUESTED";

    private static readonly FrozenDictionary<string, string> s_environment = new Dictionary<
        string,
        string
    >
    {
        ["PYTHONHASHSEED"] = "0",
        ["PIP_CONFIG_FILE"] = "/dev/null",
    }.ToFrozenDictionary();

    public string Kind => DependencyKinds.PyPi;

    public IReadOnlyList<string> Owns => [".deps/"];

    public IEnumerable<string> Question(RestoreRequest request) =>
        [request.Text("requirements.txt")!];

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        var isFolder = request.Source.IsFolder;
        if (!isFolder && sandbox.WhyNoNetwork is { } no)
            return Restored.No(no);
        if (!Directory.Exists("/usr/lib/python3/dist-packages/pip") && !HasPip())
            return Restored.No(
                "pip is not installed on this server (apt-get install python3-pip): packages with Python dependencies cannot be built here."
            );
        var index = new PyPiIndex(client, request, stop);
        if (await index.Unknown() is { Count: > 0 } unknown)
            return request.Lacks(unknown);
        var requirements = request.Lock is { } locked
            ? Exact(locked)
            : request.Text("requirements.txt")!;
        Dictionary<string, byte[]> files = new()
        {
            ["requirements.txt"] = Encoding.UTF8.GetBytes(requirements),
            [RestoreSandbox.BridgeFile] = RestoreSandbox.Bridge,
        };
        var folder = request.Source.Address.LocalPath.TrimEnd('/');
        var (found, why) = await sandbox.Run(
            request,
            files,
            $"{(isFolder ? "" : RestoreSandbox.BridgeCommand + " ")}{Python} -I -m pip --isolated install --quiet --no-input --disable-pip-version-check --no-cache-dir --no-compile"
                + $" --only-binary :all: --retries 0 --no-warn-script-location --root-user-action=ignore --progress-bar off --target .deps/python --report {Report}"
                + (request.Lock is null ? "" : " --require-hashes --no-deps")
                + (
                    isFolder
                        ? $" --no-index --find-links '{folder}'"
                        : $" --index-url {SourceGate.Inside}pypi/"
                )
                + " -r requirements.txt && mkdir -p .deps/python",
            $".deps {Report}",
            s_environment,
            isFolder ? [folder] : [],
            isFolder ? null : index.Serve,
            stop
        );
        if (why is not null)
            return Restored.No(
                why.Length > 0
                    ? why
                    : index.Trouble
                        ?? "pip could not install the dependencies; the log says why. Only wheels are taken: a release without one cannot be used."
            );
        return Take(found);
    }

    private static bool HasPip() =>
        Directory.Exists("/usr/lib")
        && Directory
            .EnumerateDirectories("/usr/lib", "python3.*")
            .Any(lib => Directory.Exists(Path.Combine(lib, "site-packages/pip")));

    private static Restored Take(IReadOnlyList<TarFile> found)
    {
        List<LockedDependency> taken = [];
        try
        {
            using var report = JsonDocument.Parse(found.First(file => file.Path == Report).Content);
            foreach (var each in report.RootElement.GetProperty("install").EnumerateArray())
            {
                var about = each.GetProperty("metadata");
                var archive = each.GetProperty("download_info").GetProperty("archive_info");
                taken.Add(
                    new LockedDependency(
                        about.GetProperty("name").GetString()!,
                        about.GetProperty("version").GetString()!,
                        archive.GetProperty("hash").GetString()!.Replace('=', ':')
                    )
                );
            }
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Restored.No(
                "pip left no report of what it installed: pip 22.2 or newer is needed on this server."
            );
        }
        return new Restored
        {
            Files =
            [
                .. found
                    .Where(file =>
                        file.Path != Report
                        && !file.Path.StartsWith(".deps/python/bin/", StringComparison.Ordinal)
                        && !file.Path.EndsWith(Requested, StringComparison.Ordinal)
                    )
                    .Select(WithoutRequest),
            ],
            Lock = new DependencyLock
            {
                Kind = DependencyKinds.PyPi,
                Asked = "",
                Packages = [.. taken.OrderBy(each => each.Name, StringComparer.OrdinalIgnoreCase)],
            },
        };
    }

    /// <summary>pip notes what was named and what only came along, which differs once a lock names all.</summary>
    private static TarFile WithoutRequest(TarFile file) =>
        file.Path.EndsWith(".dist-info/RECORD", StringComparison.Ordinal)
            ? file with
            {
                Content = Encoding.UTF8.GetBytes(
                    string.Concat(
                        Encoding
                            .UTF8.GetString(file.Content)
                            .Split('\n')
                            .Where(line =>
                                line.Length > 0
                                && !line.Contains(Requested + ",", StringComparison.Ordinal)
                            )
                            .Select(line => line + "\n")
                    )
                ),
            }
            : file;

    private static string Exact(DependencyLock locked) =>
        string.Concat(
            locked.Packages.Select(package =>
                $"{package.Name}=={package.Version} --hash={package.Hash}\n"
            )
        );
}
