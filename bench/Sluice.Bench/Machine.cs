using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Sluice.Bench;

/// <summary>What the numbers were made on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(": ")[^1];
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        return $"{Environment.ProcessorCount} cores ({model ?? "unknown"}), {memory} GiB, Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>The load average of the last minute: what else ran on these cores.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>Processor time that a process has used, in user and kernel mode.</summary>
    public static TimeSpan CpuTime(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>The same of a process with all that it started, those that have ended too.</summary>
    public static TimeSpan FamilyCpuTime(int pid)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var other))
                continue;
            try
            {
                // After the name, which may hold anything: state, parent … 11: user, system, and both of ended children.
                var stat = File.ReadAllText($"{folder}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (other == pid)
                    ticks += fields[11..15].Sum(long.Parse);
                else if (int.Parse(fields[1]) == pid)
                    ticks += fields[11..13].Sum(long.Parse);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }
        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    /// <summary>Resident memory of a process, in MiB.</summary>
    public static double ResidentMiB(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status")
            .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1])
            / 1024;
    }
}
