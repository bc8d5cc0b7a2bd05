using System.Collections.Concurrent;
using Sluice.Runner.Workers;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// The default on Linux: a namespace of everything, a file system with /usr and the package in it and nothing else, no
/// capabilities, a system call filter, limits. Works without root where unprivileged user namespaces are allowed.
/// </summary>
/// <param name="scratch">Folder of the runner, to find out whether other users can reach it.</param>
/// <param name="groups">Null where there are none.</param>
internal sealed class BubblewrapTier(string scratch, ControlGroups? groups) : IsolationTier
{
    private const int FilterFd = 9;
    private readonly Spawner _spawner = new("sluice-spawner");
    private static readonly SandboxPaths s_paths = new("/app", "/src", "/tmp");

    private const string Proxy = "http://127.0.0.1:3128";
    private const string EgressSocket = "/run/sluice/egress";

    /// <summary>Filters by what they are to deny; a handful.</summary>
    private static readonly ConcurrentDictionary<SeccompVariant, byte[]> s_filters = [];

    public override string Name => "bubblewrap";

    public override IReadOnlyList<string> Gaps =>
        Native.geteuid() == 0 && !(TenantUsers.Available && TenantUsers.CanReach(scratch))
            ?
            [
                "This server runs as root, and other users cannot enter its data folder: nodes are root's own processes, without capabilities, and a build can change the modes of devices such as /dev/null. Run the server as a user of its own, or let other users pass (chmod o+x).",
            ]
            : [];

    public override bool HoldsEgress => true;

    public override string? Missing =>
        !File.Exists(Executable) ? $"bubblewrap is not installed ({Executable})."
        : !File.Exists("/usr/bin/prlimit")
            ? "prlimit of util-linux is not installed (/usr/bin/prlimit)."
        : null;

    public override async Task<ChildProcess> Spawn(
        SandboxTask task,
        int reads,
        int writes,
        int prints
    )
    {
        // The filter is smaller than a pipe's room, so it is written before anyone reads.
        var (filter, fill) = Native.Pipe();
        try
        {
            var own = TenantUsers.Available && TenantUsers.CanReach(task);
            WriteAll(fill, s_filters.GetOrAdd(Filter(task, own), SeccompFilter.Build));
            _ = Native.close(fill);
            List<string> become = own
                ? ["/usr/bin/setpriv", .. TenantUsers.Become(task, readsAll: false), "--"]
                : [];
            List<string> all = [.. become, .. Arguments(task)];
            var group = groups?.Create(task);
            var pid = await _spawner.Spawn(
                new SpawnPlan
                {
                    Command = all,
                    Group = group,
                    Environment = ["PATH=/usr/bin:/bin"],
                    Descriptors =
                    [
                        (prints, 1),
                        (prints, 2),
                        (reads, 3),
                        (writes, 4),
                        (filter, FilterFd),
                    ],
                }
            );
            return new ChildProcess(pid, group, task.Egress is { } way ? way.Dispose : null);
        }
        finally
        {
            _ = Native.close(filter);
        }
    }

    private static SeccompVariant Filter(SandboxTask task, bool own)
    {
        var filter = SeccompVariant.NoUncountedMemory;
        if (task.Egress is not null)
            filter |= SeccompVariant.Egress;
        if (!task.Processes)
        {
            filter |= SeccompVariant.NoProcesses;
            if (!own && Native.geteuid() == 0)
                filter |= SeccompVariant.SharedFileSystem | SeccompVariant.OwnsDevices;
        }
        return filter;
    }

    public override void Dispose() => _spawner.Dispose();

    private static string Executable => "/usr/bin/bwrap";

    private static List<string> Arguments(SandboxTask task)
    {
        List<string> all = [Executable, "--ro-bind", "/usr", "/usr"];
        foreach (var folder in (ReadOnlySpan<string>)["bin", "lib", "lib64", "sbin"])
            AddSystemFolder(all, folder);
        AddReadOnly(all, "/etc/ld.so.cache");
        AddReadOnly(all, "/etc/alternatives");
        foreach (var path in task.ReadOnly.Where(path => !IsTemporary(path)))
            AddReadOnly(all, path);
        if (task.Package is { } package)
            all.AddRange(["--ro-bind", package, s_paths.App]);
        else
            all.AddRange(["--size", $"{task.AppSize}", "--tmpfs", s_paths.App]);
        if (task.Source is { } source)
            all.AddRange(["--ro-bind", source, s_paths.Source]);
        if (task.Egress is { } egress)
        {
            all.AddRange(["--ro-bind", egress.Path, EgressSocket]);
            AddReadOnly(all, "/etc/ssl/certs");
        }
        // /dev/zero mapped as shared is memory that no limit counts, so it is not there.
        all.AddRange(["--proc", "/proc", "--dev", "/dev", "--ro-bind", "/dev/null", "/dev/zero"]);
        all.AddRange(["--size", $"{task.Limits.SharedMemory}", "--tmpfs", "/dev/shm"]);
        all.AddRange(["--size", $"{task.Limits.Tmp}", "--tmpfs", s_paths.Temp]);
        // The new /tmp would hide what lies in the host's.
        foreach (var path in task.ReadOnly.Where(IsTemporary))
            AddReadOnly(all, path);
        // Where the server runs as root, the sandbox's user is root to the kernel's settings under /proc/sys, so /proc is read-only too.
        all.AddRange(["--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/"]);
        // As process 1 it finds no other process in its /proc: bubblewrap's own would lead it to the host's file of it.
        all.AddRange([
            "--as-pid-1",
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--uid",
            "1000",
            "--gid",
            "1000",
        ]);
        all.AddRange([
            "--hostname",
            "node",
            "--cap-drop",
            "ALL",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ]);
        all.AddRange([
            "--setenv",
            "PATH",
            "/usr/bin",
            "--setenv",
            "HOME",
            s_paths.Temp,
            "--setenv",
            "LANG",
            "C.UTF-8",
        ]);
        foreach (var (name, value) in task.Environment)
            all.AddRange(["--setenv", name, value]);
        if (task.Egress is not null)
            all.AddRange(["--setenv", "SLUICE_EGRESS", EgressSocket]);
        if (task.Egress is { IsProxy: true })
            // The worker listens there, on the loopback of its own network, and leads to the socket.
            all.AddRange(["--setenv", "HTTPS_PROXY", Proxy, "--setenv", "https_proxy", Proxy]);
        all.AddRange(["--chdir", s_paths.Temp, "--seccomp", $"{FilterFd}"]);
        all.AddRange(Limits(task, task.Limits.Threads));
        all.AddRange(task.Command(s_paths));
        return all;
    }

    /// <summary>On a merged system these are links into /usr; on others they are folders of their own.</summary>
    private static void AddSystemFolder(List<string> arguments, string name)
    {
        var path = "/" + name;
        if (!Directory.Exists(path))
            return;
        if (new FileInfo(path).LinkTarget is { } target)
            arguments.AddRange(["--symlink", target, path]);
        else
            arguments.AddRange(["--ro-bind", path, path]);
    }

    private static bool IsTemporary(string path) =>
        path.StartsWith(s_paths.Temp + "/", StringComparison.Ordinal);

    private static void AddReadOnly(List<string> arguments, string path) =>
        arguments.AddRange(["--ro-bind-try", path, path]);

    private static unsafe void WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            if (Native.write(fd, at, bytes.Length) != bytes.Length)
                throw new IOException("The system call filter could not be handed over.");
        }
    }
}
