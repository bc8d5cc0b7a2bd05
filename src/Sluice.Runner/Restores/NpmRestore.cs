using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Builds;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Restores;

/// <summary>
/// npm packages: npm itself, in the sandbox, with no scripts and no settings but ours. A lock of the author's or of an
/// earlier build is followed to the letter.
/// </summary>
internal sealed class NpmRestore(RestoreSandbox sandbox, SourceClient client) : IRestore
{
    private const string LockFile = "package-lock.json";

    private static readonly FrozenDictionary<string, string> s_environment = new Dictionary<
        string,
        string
    >
    {
        ["OPENSSL_CONF"] = "/dev/null",
        ["NO_UPDATE_NOTIFIER"] = "1",
        ["npm_config_userconfig"] = "/tmp/no-user-settings",
        ["npm_config_globalconfig"] = "/tmp/no-settings",
        ["npm_config_cache"] = "/tmp/npm",
        ["npm_config_registry"] = SourceGate.Inside + "npm/",
        ["npm_config_audit"] = "false",
        ["npm_config_fund"] = "false",
        ["npm_config_update_notifier"] = "false",
        ["npm_config_fetch_retries"] = "0",
        ["npm_config_loglevel"] = "error",
        ["npm_config_logs_max"] = "0",
    }.ToFrozenDictionary();

    public string Kind => DependencyKinds.Npm;

    public IReadOnlyList<string> Owns =>
        ["node_modules/", ".npmrc", LockFile, "npm-shrinkwrap.json"];

    public IEnumerable<string> Question(RestoreRequest request) => [request.Text("package.json")!];

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        if (sandbox.WhyNoNetwork is { } no)
            return Restored.No(no);
        if (request.Source.IsFolder)
            return Restored.No(
                $"The source of npm packages of this server is a folder, which npm cannot install from: its operator sets {request.Source.Setting} to a registry."
            );
        if (TypeScript.Find("node") is not { } node || TypeScript.Find("npm") is not { } npm)
            return Restored.No(
                "npm is not installed on this server (/usr/bin/npm): packages with npm dependencies cannot be built here."
            );
        var registry = new NpmRegistry(client, request, stop);
        if (await registry.Unknown(stop) is { Count: > 0 } unknown)
            return request.Lacks(unknown);
        var (locked, wrong) = NpmLock.Prepare(request.Text(LockFile) ?? request.Lock?.File);
        if (wrong is not null)
            return Restored.No(wrong);
        Dictionary<string, byte[]> files = new()
        {
            ["package.json"] = request.Build.Files["package.json"],
            [".bridge.cjs"] = Runtimes.File("typescript/bridge.cjs"),
        };
        if (locked is not null)
            files[LockFile] = Encoding.UTF8.GetBytes(locked);
        var (found, why) = await sandbox.Run(
            request,
            files,
            $"'{node}' .bridge.cjs '{node}' '{npm}' {(locked is null ? "install" : "ci")} --ignore-scripts --no-bin-links --include=dev --include=optional",
            $"node_modules {LockFile}",
            s_environment,
            [],
            registry.Serve,
            stop
        );
        if (why is not null)
            return Restored.No(
                why.Length > 0
                    ? why
                    : registry.Trouble
                        ?? "npm could not install the dependencies; the log says why."
            );
        return Take(found);
    }

    private static Restored Take(IReadOnlyList<TarFile> found)
    {
        var lockFile = found.FirstOrDefault(file => file.Path == LockFile);
        if (lockFile is null || NpmLock.Read(lockFile.Content) is not { } made)
            return Restored.No("npm left no lock of what it installed.");
        var left = made.Packages.Where(p => p.Development).Select(p => p.Name + "/").ToHashSet();
        return new Restored
        {
            Files =
            [
                .. found.Where(file =>
                    file.Path is not (LockFile or "node_modules/.package-lock.json")
                ),
            ],
            Lock = made,
            IsLeftOut = path => NpmLock.Folders(path).Any(left.Contains),
        };
    }
}
