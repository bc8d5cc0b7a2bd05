using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// Limits of the kernel on all processes of a sandbox together, where this server may make control groups: below a
/// group of its own under systemd with <c>Delegate=yes</c>, as root on most machines, in few containers.
/// <code>
/// the server's own group
/// ├─ sluice-host                      version 2: the server and what it has started, since a group with children holds no process
/// └─ sluice-{pid}-{its start}-{n}     a runner of this server
///    └─ t-{hash}                      a tenant: processors are shared by tenant first
///       └─ {n}                         a worker or a build
/// </code>
/// </summary>
internal sealed class ControlGroups : IDisposable
{
    private const string HostLeaf = "sluice-host";
    private static readonly string[] s_wanted = ["memory", "pids", "cpu"];
    private static int s_runners;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _folders;
    private readonly bool _isVersion2;
    private long _next;

    private ControlGroups(bool isVersion2, Dictionary<string, string> folders) =>
        (_isVersion2, _folders) = (isVersion2, folders);

    /// <summary>What is limited for a whole sandbox: of memory, pids, cpu.</summary>
    public IReadOnlyList<string> Limits => [.. s_wanted.Where(_folders.ContainsKey)];

    /// <summary>The groups of this machine that can be used; null when there are none. Ends what dead servers left.</summary>
    public static ControlGroups? Find()
    {
        try
        {
            var mounts = CgroupMount.All();
            return FindVersion2(mounts) ?? FindVersion1(mounts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A group for one sandbox, with its limits set.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public ControlGroup Create(SandboxTask task)
    {
        var tenant = NameOf(task.TenantId);
        lock (_gate)
        {
            var name = $"{++_next}";
            Dictionary<string, string> folders = [];
            foreach (var (controller, top) in _folders)
            {
                var shared = Directory.CreateDirectory(Path.Combine(top, tenant)).FullName;
                if (_isVersion2)
                    Enable(shared, Limits);
                folders[controller] = Directory
                    .CreateDirectory(Path.Combine(shared, name))
                    .FullName;
            }
            var group = new ControlGroup(_isVersion2, folders, _gate);
            group.Limit(task);
            return group;
        }
    }

    /// <summary>The folder of a tenant.</summary>
    public static string NameOf(string tenantId) =>
        "t-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tenantId)))[..16];

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var folder in _folders.Values.Distinct())
                CgroupFolder.Remove(folder);
        }
    }

    private static ControlGroups? FindVersion2(IReadOnlyList<CgroupMount> mounts)
    {
        var mount = mounts.FirstOrDefault(mount => mount.IsVersion2);
        if (mount?.Own is not { } own || !CgroupFolder.IsWritable(own))
            return null;
        if (Path.GetFileName(own) == HostLeaf)
            own = Path.GetDirectoryName(own)!;
        var there = CgroupFolder.Read(own, "cgroup.controllers").Split(' ', '\n');
        string[] usable = [.. s_wanted.Where(there.Contains)];
        if (usable.Length == 0)
            return null;
        CgroupFolder.RemoveStale(own);
        // The machine's root group alone may hold processes beside its children; that of a container looks like it and may not.
        var host = CgroupFolder.IsRootOfMachine(own) ? null : Path.Combine(own, HostLeaf);
        if (host is not null)
        {
            Directory.CreateDirectory(host);
            CgroupFolder.Move(own, host, onlyOurs: own != mount.At);
        }
        var top = Directory.CreateDirectory(Path.Combine(own, NewName())).FullName;
        try
        {
            Enable(own, usable);
            Enable(top, usable);
            return Tried(new ControlGroups(true, usable.ToDictionary(each => each, _ => top)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Others live in our group: it is not ours to divide.
            CgroupFolder.Remove(top);
            if (host is not null)
            {
                CgroupFolder.Move(host, own, onlyOurs: false);
                CgroupFolder.RemoveIfEmpty(host);
            }
            return null;
        }
    }

    private static ControlGroups? FindVersion1(IReadOnlyList<CgroupMount> mounts)
    {
        Dictionary<string, string> folders = [];
        var name = NewName();
        foreach (var controller in s_wanted)
        {
            if (
                mounts.FirstOrDefault(mount => mount.Controllers.Contains(controller))?.Own
                    is not { } own
                || !CgroupFolder.IsWritable(own)
            )
                continue;
            CgroupFolder.RemoveStale(own);
            folders[controller] = Directory.CreateDirectory(Path.Combine(own, name)).FullName;
        }
        return folders.Count == 0 ? null : Tried(new ControlGroups(false, folders));
    }

    /// <summary>Runs a program in a group: that a folder can be made does not prove that limits can be had.</summary>
    private static ControlGroups? Tried(ControlGroups groups)
    {
        try
        {
            var group = groups.Create(
                new SandboxTask { Command = _ => [], Limits = new SandboxLimits() }
            );
            var trial = new ProcessStartInfo("/bin/sh")
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            foreach (var argument in group.Join(["/bin/true"]).Skip(1))
                trial.ArgumentList.Add(argument);
            using var process = Process.Start(trial)!;
            process.WaitForExit();
            group.Remove();
            if (process.ExitCode == 0)
                return groups;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said by the answer.
        }
        groups.Dispose();
        return null;
    }

    private static void Enable(string folder, IEnumerable<string> controllers)
    {
        foreach (var controller in controllers)
            CgroupFolder.Write(folder, "cgroup.subtree_control", "+" + controller);
    }

    private static string NewName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"sluice-{Environment.ProcessId}-{CgroupFolder.StartOf(Environment.ProcessId)}-{Interlocked.Increment(ref s_runners)}"
        );
}
