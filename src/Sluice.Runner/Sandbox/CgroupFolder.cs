using System.Globalization;

namespace Sluice.Runner.Sandbox;

/// <summary>Folders of the kernel's control groups: their files are its settings, their removal its own affair.</summary>
internal static class CgroupFolder
{
    private const int Rounds = 50;

    public static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Write(string folder, string file, string value)
    {
        // Not created, not truncated, and in one write: the kernel reads a write as a whole.
        using var to = new FileStream(
            Path.Combine(folder, file),
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        to.Write(System.Text.Encoding.ASCII.GetBytes(value));
    }

    /// <summary>Whether a group can be made in it.</summary>
    public static bool IsWritable(string folder)
    {
        var trial = Path.Combine(folder, $"sluice-trial-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(trial);
            Directory.Delete(trial);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Version 2: the group above all others, which has no state of its own to tell.</summary>
    public static bool IsRootOfMachine(string folder) =>
        !File.Exists(Path.Combine(folder, "cgroup.type"));

    /// <summary>Moves processes from one group to another, those that come meanwhile included.</summary>
    /// <param name="from">Folder of the one.</param>
    /// <param name="to">Folder of the other.</param>
    /// <param name="onlyOurs">This process and those that descend from it; the others stay.</param>
    /// <exception cref="IOException">The kernel refused for this process itself.</exception>
    public static void Move(string from, string to, bool onlyOurs)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var moved = 0;
            foreach (var line in Read(from, "cgroup.procs").Split('\n'))
            {
                // 0: a process of another namespace, which cannot be named.
                if (
                    !int.TryParse(line, CultureInfo.InvariantCulture, out var pid)
                    || pid == 0
                    || (onlyOurs && !Descends(pid))
                )
                    continue;
                try
                {
                    Write(to, "cgroup.procs", line);
                    moved++;
                }
                catch (IOException) when (pid != Environment.ProcessId)
                {
                    // It has ended.
                }
            }
            if (moved == 0)
                return;
        }
    }

    private static bool Descends(int pid)
    {
        while (pid > 1 && pid != Environment.ProcessId)
        {
            // The parent is the second field after the name, see below.
            var fields = FieldsOf(pid);
            if (
                fields.Length < 3
                || !int.TryParse(fields[2], CultureInfo.InvariantCulture, out pid)
            )
                return false;
        }
        return pid == Environment.ProcessId;
    }

    /// <summary>Ends every process in it, those that are being started included.</summary>
    public static void Kill(string folder)
    {
        if (File.Exists(Path.Combine(folder, "cgroup.kill")))
        {
            try
            {
                Write(folder, "cgroup.kill", "1");
            }
            catch (IOException)
            {
                // It is gone.
            }
            return;
        }
        for (var round = 0; round < Rounds; round++)
        {
            var pids = Read(folder, "cgroup.procs")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (pids.Length == 0)
                return;
            foreach (var pid in pids)
                _ = Native.kill(int.Parse(pid, CultureInfo.InvariantCulture), Native.SIGKILL);
            Thread.Yield();
        }
    }

    /// <summary>Ends what is in it and below it, and removes it.</summary>
    public static void Remove(string folder)
    {
        foreach (var child in Children(folder))
            Remove(child);
        Kill(folder);
        // The dead count until they have been collected.
        SpinWait.SpinUntil(() => RemoveIfEmpty(folder), TimeSpan.FromSeconds(1));
    }

    /// <summary>None where there is no such folder any more: runners that start together take away the same.</summary>
    private static List<string> Children(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <returns>It is gone.</returns>
    public static bool RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes away the groups of servers that are gone.</summary>
    public static void RemoveStale(string folder)
    {
        foreach (var each in Directory.EnumerateDirectories(folder, "sluice-*").ToList())
        {
            var parts = Path.GetFileName(each).Split('-');
            if (
                parts.Length == 4
                && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid)
                && parts[2] != StartOf(pid)
            )
                Remove(each);
        }
    }

    /// <summary>When a process began, in the kernel's ticks; empty when there is none of that number.</summary>
    public static string StartOf(int pid) =>
        // The twentieth field after the name.
        FieldsOf(pid) is { Length: > 20 } fields
            ? fields[20]
            : "";

    /// <summary>What the kernel tells of a process after its name, which may hold anything; an empty field first.</summary>
    private static string[] FieldsOf(int pid)
    {
        var stat = Read($"/proc/{pid}", "stat");
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ');
    }
}
