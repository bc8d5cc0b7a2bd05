using Sluice.Runner.Builds;
using Sluice.Runner.Egress;
using Sluice.Runner.Languages;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Restores;

/// <summary>
/// Runs a tool that fetches packages, in the sandbox of a build: it sees the files that say what is asked for and nothing
/// else of the author's, and reaches its source and nothing else.
/// </summary>
internal sealed class RestoreSandbox(IsolationTier tier, RunnerOptions options, TimeProvider clock)
{
    private const int PackFailed = 92;
    private const string Python = "/usr/bin/python3";

    /// <summary>The script that leads a tool which speaks HTTP to the socket of its source, to be among the files.</summary>
    public const string BridgeFile = ".bridge.py";

    /// <summary>Put before a tool's command.</summary>
    public const string BridgeCommand = $"{Python} -I {BridgeFile}";

    public static byte[] Bridge => Runtimes.File("python/bridge.py");

    /// <summary>Null where the script can run; otherwise one public sentence.</summary>
    public static string? WhyNoBridge(string tool) =>
        File.Exists(Python)
            ? null
            : $"Python is not installed on this server ({Python}), which leads {tool} to its source.";

    private static readonly SandboxLimits s_limits = new()
    {
        Data = 2L << 30,
        Tmp = 512L << 20,
        File = 256L << 20,
        Descriptors = 1024,
        Threads = 512,
    };

    /// <summary>Null where a tool can be held to its source; otherwise one public sentence.</summary>
    public string? WhyNoNetwork =>
        tier.HoldsEgress
            ? null
            : $"The isolation of this server ({tier.Name}) cannot hold the tools that fetch packages to their source; bubblewrap can.";

    /// <param name="request">Whose restore it is.</param>
    /// <param name="files">What the tool is shown, by path.</param>
    /// <param name="command">Shell commands, run among copies of these.</param>
    /// <param name="results">What to bring out, words for a shell.</param>
    /// <param name="environment">Variables that the tool needs.</param>
    /// <param name="folders">Folders of this machine that it may read.</param>
    /// <param name="serve">Answers what the tool asks its source; null for a tool that needs none.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The files that came out, or why there are none as a public sentence; empty when the tool itself failed.</returns>
    public async Task<(IReadOnlyList<TarFile> Files, string? Why)> Run(
        RestoreRequest request,
        IReadOnlyDictionary<string, byte[]> files,
        string command,
        string results,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> folders,
        Func<string, CancellationToken, Task<GateAnswer>>? serve,
        CancellationToken stop
    )
    {
        var source = Path.Combine(request.Scratch, "restore");
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(source, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllBytesAsync(full, content, stop);
        }
        var owner = new EgressOwner(
            request.Build.TenantId,
            $"{request.Build.Manifest.Name}@{request.Build.Manifest.Version}"
        );
        var restore = options.Restore;
        var task = new SandboxTask
        {
            TenantId = request.Build.TenantId,
            Source = source,
            AppSize = restore.MaxSize,
            ReadOnly = folders,
            Command = paths =>
                [
                    "/bin/sh",
                    "-c",
                    $"""
                        cp -R "$1/." "$2" && cd "$2" || exit {PackFailed}
                        ( {command} ) 3<&- 4>&- || exit 91
                        tar --format=gnu -cf - {results} >&4 || exit {PackFailed}
                        """,
                    "restore",
                    paths.Source,
                    paths.App,
                ],
            Environment = environment,
            Limits = s_limits,
            Processes = true,
            Egress = serve is null
                ? null
                : SourceGate.Open(owner, Path.GetDirectoryName(request.Scratch)!, clock, serve),
        };
        var result = Path.Combine(request.Scratch, "restored.tar");
        var isFull = false;
        var end = await BuildProcess.Run(
            tier,
            task,
            result,
            options with
            {
                BuildDeadline = restore.Deadline,
                MaxBuildSize = restore.MaxSize,
            },
            clock,
            line =>
            {
                isFull |=
                    line.Contains("ENOSPC", StringComparison.Ordinal)
                    || line.Contains("No space left on device", StringComparison.Ordinal);
                request.Build.Log(line);
            },
            stop,
            "The restore of dependencies"
        );
        if (end.WhyStopped is { } stopped)
            return ([], stopped);
        if (end.ExitCode == PackFailed || isFull)
            return (
                [],
                $"The dependencies are larger than {restore.MaxSize >> 20} MiB, the most that this server takes (Packages:MaxDependencySize)."
            );
        if (end.ExitCode != 0)
            return ([], "");
        await using var tar = File.OpenRead(result);
        var (read, wrong) = Tar.Read(tar, restore.MaxSize);
        return wrong is null ? (read, null) : ([], $"The dependencies cannot be used: {wrong}.");
    }
}
