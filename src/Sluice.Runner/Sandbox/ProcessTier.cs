using Sluice.Runner.Workers;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// For containers, where no namespaces can be made: Landlock, a system call filter and limits on an ordinary process.
/// <list type="number">
/// <item>setpriv: the process dies with us; started by root it gives up all capabilities, and becomes a user of its
/// tenant's own where the data folder can be entered by one.</item>
/// <item>Our launcher: Landlock rules for exactly its package and a temporary folder of its own, then the filter.</item>
/// <item>prlimit, then the command.</item>
/// <item>After its end: what is left of its group, what had left the group and fell to us, and its folder.</item>
/// </list>
/// </summary>
internal sealed class ProcessTier : IsolationTier
{
    private const uint FirstUser = 200_000;
    private const uint Users = 60_000;
    private const UnixFileMode OwnerAndRun =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly Spawner _spawner = new("sluice-spawner");
    private readonly string _scratch;
    private readonly string _workerLauncher;
    private readonly string _buildLauncher;
    private readonly bool _isRoot = Native.geteuid() == 0;
    private readonly bool _switchesUser;

    public ProcessTier(string scratch)
    {
        _scratch = scratch;
        _switchesUser = _isRoot && CanBeEntered(scratch);
        _workerLauncher = WriteLauncher(
            "launch-worker",
            SeccompVariant.NoProcesses | SeccompVariant.NoSharedMemory
        );
        _buildLauncher = WriteLauncher("launch-build", SeccompVariant.NoSharedMemory);
        Orphans.Adopt(true);
    }

    public override string Name => "process";

    public override string? Missing =>
        Landlock.Version < 1 ? "The kernel has no Landlock."
        : !File.Exists("/usr/bin/prlimit") || !File.Exists("/usr/bin/setpriv")
            ? "prlimit and setpriv of util-linux are not installed (/usr/bin)."
        : null;

    public override IReadOnlyList<string> Gaps
    {
        get
        {
            List<string> gaps =
            [
                "Nodes run in the weaker 'process' tier: they can see which other processes exist, and can fill the disk that holds the data folder.",
            ];
            if (Landlock.Version < 6)
                gaps.Add(
                    "This kernel's Landlock is older than version 6: a node can send signals to processes of the same user."
                );
            if (!_switchesUser)
                gaps.Add(
                    "All nodes run as the user of this server. Started by root, with a data folder that other users can enter, it would give each tenant a user of its own."
                );
            return gaps;
        }
    }

    public override async Task<ChildProcess> Spawn(
        SandboxTask task,
        int reads,
        int writes,
        int prints
    )
    {
        var folder = Path.Combine(_scratch, Path.GetRandomFileName());
        var paths = TaskFolders.Make(task, folder);
        if (_switchesUser)
            TaskFolders.Own(folder, User(task));
        using var rules = Rules(task, paths, folder);
        var pid = await _spawner.Spawn(
            new SpawnPlan
            {
                Program = "/usr/bin/setpriv",
                Arguments = Arguments(task, paths),
                Environment =
                [
                    "PATH=/usr/bin:/bin",
                    $"HOME={paths.Temp}",
                    $"TMPDIR={paths.Temp}",
                    "LANG=C.UTF-8",
                    .. task.Environment.Select(entry => $"{entry.Key}={entry.Value}"),
                ],
                Descriptors =
                [
                    (prints, 1),
                    (prints, 2),
                    (reads, 3),
                    (writes, 4),
                    (rules.Descriptor, Launcher.RulesFd),
                ],
                Folder = paths.Temp,
            }
        );
        return new ChildProcess(
            pid,
            () =>
            {
                Orphans.Sweep();
                TaskFolders.Delete(folder);
            }
        );
    }

    public override void Dispose()
    {
        Orphans.Adopt(false);
        _spawner.Dispose();
    }

    private List<string> Arguments(SandboxTask task, SandboxPaths paths)
    {
        List<string> all = ["setpriv", "--pdeathsig", "KILL"];
        if (_switchesUser)
            all.AddRange([
                "--reuid",
                $"{User(task)}",
                "--regid",
                $"{User(task)}",
                "--clear-groups",
            ]);
        if (_isRoot)
            all.AddRange(["--bounding-set", "-all", "--inh-caps", "-all"]);
        all.AddRange(["--", task.Processes ? _buildLauncher : _workerLauncher]);
        // Threads are counted per user, this server's own among them where the user is the same.
        all.AddRange(Limits(task, task.Limits.Threads + (_switchesUser ? 0 : UserThreads.Count())));
        all.AddRange(task.Command(paths));
        return all;
    }

    private static Landlock Rules(SandboxTask task, SandboxPaths paths, string folder)
    {
        var rules = new Landlock();
        foreach (
            var path in (string[])
                [
                    "/usr",
                    "/bin",
                    "/lib",
                    "/lib64",
                    "/etc/ld.so.cache",
                    "/etc/alternatives",
                    .. task.ReadOnly,
                ]
        )
            rules.AllowReading(path);
        foreach (var device in (string[])["/dev/null", "/dev/urandom", "/dev/random"])
            rules.AllowWriting(device);
        if (task.ReadsProc)
            rules.AllowReading("/proc");
        if (task.Source is { } source)
            rules.AllowReading(source);
        if (task.Package is { } package)
            rules.AllowReading(package);
        rules.AllowAll(folder);
        return rules;
    }

    private string WriteLauncher(string name, SeccompVariant variant)
    {
        var path = Path.Combine(_scratch, name);
        File.WriteAllBytes(path, Launcher.Build(SeccompFilter.Build(variant)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerAndRun);
        return path;
    }

    /// <summary>Any spread will do: two tenants on one number are still kept apart by Landlock.</summary>
    private static uint User(SandboxTask task)
    {
        var hash = 17u;
        foreach (var letter in task.TenantId)
            hash = hash * 31 + letter;
        return FirstUser + hash % Users;
    }

    private static bool CanBeEntered(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (!OperatingSystem.IsWindows() && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        }
        return true;
    }
}
