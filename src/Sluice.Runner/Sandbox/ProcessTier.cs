using Sluice.Runner.Workers;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// For containers, where no namespaces can be made: Landlock, a system call filter and limits on an ordinary process.
/// <list type="number">
/// <item>setpriv: the process dies with us; started by root it becomes a user of its tenant's own, without capabilities
/// (but the one to read, where its folders cannot be reached by other users: Landlock decides anyway).</item>
/// <item>Our launcher: Landlock rules for exactly its package and a temporary folder of its own, then the filter.</item>
/// <item>prlimit, then the command.</item>
/// <item>After its end: what is left of its group, what had left the group and fell to us, and its folder.</item>
/// </list>
/// </summary>
internal sealed class ProcessTier : IsolationTier
{
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

    private readonly ControlGroups? _groups;

    public ProcessTier(string scratch, ControlGroups? groups)
    {
        _groups = groups;
        _scratch = scratch;
        _workerLauncher = WriteLauncher(
            "launch-worker",
            SeccompVariant.NoProcesses
                | SeccompVariant.NoUncountedMemory
                | SeccompVariant.SharedFileSystem
        );
        _buildLauncher = WriteLauncher("launch-build", SeccompVariant.NoUncountedMemory);
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
                "Nodes run in the weaker 'process' tier: they can see which other processes and files exist, and can fill the disk that holds the data folder.",
            ];
            if (Landlock.Version < 6)
                gaps.Add(
                    "This kernel's Landlock is older than version 6: a node can send signals to processes of the same user."
                );
            if (!TenantUsers.Available)
                gaps.Add(
                    "All nodes run as the user of this server, and a build can change the modes and times of that user's files. Started by root, it would give each tenant a user of its own."
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
        if (TenantUsers.Available)
            TaskFolders.Own(folder, TenantUsers.Of(task.TenantId));
        using var rules = Rules(task, paths, folder);
        var group = _groups?.Create(task);
        var pid = await _spawner.Spawn(
            new SpawnPlan
            {
                Command = Arguments(task, paths),
                Group = group,
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
            group,
            () =>
            {
                Orphans.Sweep();
                Leftovers.Delete(folder);
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
        List<string> all = ["/usr/bin/setpriv", "--pdeathsig", "KILL"];
        if (TenantUsers.Available)
            // Where the paths cannot be reached by others, Landlock alone decides what is read.
            all.AddRange(
                TenantUsers.Become(
                    task,
                    readsAll: !TenantUsers.CanReach(_scratch) || !TenantUsers.CanReach(task)
                )
            );
        all.AddRange(["--", task.Processes ? _buildLauncher : _workerLauncher]);
        // Threads are counted per user: the tenant's other workers, or this server's own among them.
        var user = TenantUsers.Available ? TenantUsers.Of(task.TenantId) : Native.geteuid();
        all.AddRange(Limits(task, task.Limits.Threads + UserThreads.Count(user)));
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
}
