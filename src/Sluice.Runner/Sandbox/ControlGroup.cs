using System.Globalization;

namespace Sluice.Runner.Sandbox;

/// <summary>The control group of one sandbox; under version 1 a folder for each controller.</summary>
/// <param name="isVersion2">One folder for all.</param>
/// <param name="folders">By controller.</param>
/// <param name="gate">Held while folders come and go.</param>
internal sealed class ControlGroup(
    bool isVersion2,
    IReadOnlyDictionary<string, string> folders,
    Lock gate
)
{
    /// <summary>For code, stacks and what the kernel holds, beyond what the task's own limits add up to.</summary>
    private const long Overhead = 64L << 20;

    /// <summary>Processes of the sandbox itself.</summary>
    private const int OwnTasks = 16;

    /// <summary>Each step of a command line joins by itself before it becomes the next, so nothing is ever outside.</summary>
    private const string JoinScript =
        "while [ \"$1\" != -- ]; do echo 0 >\"$1\" || exit 125; shift; done; shift; unset PWD OLDPWD; exec \"$@\"";

    /// <summary>Sets what its processes may use together.</summary>
    public void Limit(SandboxTask task)
    {
        var limits = task.Limits;
        var memory = limits.Data + limits.Tmp + limits.SharedMemory + task.AppSize + Overhead;
        if (folders.TryGetValue("memory", out var folder))
        {
            Set(folder, isVersion2 ? "memory.max" : "memory.limit_in_bytes", memory);
            // No swap beyond it, where the kernel counts that.
            if (isVersion2)
            {
                SetIfThere(folder, "memory.swap.max", 0);
                SetIfThere(folder, "memory.oom.group", 1);
            }
            else
                SetIfThere(folder, "memory.memsw.limit_in_bytes", memory);
        }
        if (folders.TryGetValue("pids", out folder))
            Set(folder, "pids.max", limits.Threads + OwnTasks);
        if (folders.TryGetValue("cpu", out folder))
        {
            // Builds get out of the way of calls.
            if (isVersion2)
                Set(folder, "cpu.weight", task.Processes ? 20 : 100);
            else
                Set(folder, "cpu.shares", task.Processes ? 205 : 1024);
            if (limits.Processors is { } processors)
                SetQuota(folder, processors);
        }
    }

    /// <summary>The command line that joins the group and then becomes the given one.</summary>
    public IReadOnlyList<string> Join(IReadOnlyList<string> command) =>
        [
            "/bin/sh",
            "-c",
            JoinScript,
            "sh",
            .. folders
                .Values.Distinct(StringComparer.Ordinal)
                .Select(folder => Path.Combine(folder, "cgroup.procs")),
            "--",
            .. command,
        ];

    /// <summary>The kernel has ended a process of it for want of memory.</summary>
    public bool RanOutOfMemory =>
        folders.TryGetValue("memory", out var folder)
        && CgroupFolder
            .Read(folder, isVersion2 ? "memory.events" : "memory.oom_control")
            .Split('\n')
            .Any(line =>
                line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0"
            );

    /// <summary>Bytes that its processes and their files in memory take; null where that is not known.</summary>
    public long? MemoryInUse =>
        folders.TryGetValue("memory", out var folder)
        && long.TryParse(
            CgroupFolder.Read(folder, isVersion2 ? "memory.current" : "memory.usage_in_bytes"),
            NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var bytes
        )
            ? bytes
            : null;

    /// <summary>Ends all of its processes.</summary>
    public void Kill()
    {
        foreach (var folder in folders.Values)
            CgroupFolder.Kill(folder);
    }

    /// <summary>Ends what is left, and takes it away; a tenant's last one takes the tenant's with it.</summary>
    public void Remove()
    {
        lock (gate)
        {
            foreach (var folder in folders.Values.Distinct(StringComparer.Ordinal))
            {
                CgroupFolder.Remove(folder);
                CgroupFolder.RemoveIfEmpty(Path.GetDirectoryName(folder)!);
            }
        }
    }

    private void SetQuota(string folder, double processors)
    {
        const int period = 100_000;
        var quota = (long)(processors * period);
        if (isVersion2)
            CgroupFolder.Write(folder, "cpu.max", $"{quota} {period}");
        else
        {
            Set(folder, "cpu.cfs_period_us", period);
            Set(folder, "cpu.cfs_quota_us", quota);
        }
    }

    private static void Set(string folder, string file, long value) =>
        CgroupFolder.Write(folder, file, value.ToString(CultureInfo.InvariantCulture));

    private static void SetIfThere(string folder, string file, long value)
    {
        if (File.Exists(Path.Combine(folder, file)))
            Set(folder, file, value);
    }
}
