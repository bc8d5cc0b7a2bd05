using System.Runtime.InteropServices;

namespace Sluice.Runner.Sandbox;

/// <summary>What the host does to itself before it starts anyone else's code.</summary>
internal static unsafe class HostHardening
{
    private static readonly Lock s_once = new();
    private static bool s_done;

    /// <summary>
    /// No core file of this process, no reading of its memory by its own user, and no descriptor of ours in a child.
    /// Done once per process; repeating it changes nothing.
    /// </summary>
    /// <param name="keepDumpable">Leaves memory readable to the same user: for a test that scans it.</param>
    public static void Apply(bool keepDumpable = false)
    {
        lock (s_once)
        {
            if (s_done)
                return;
            s_done = true;
            var none = new Native.Rlimit();
            _ = Native.setrlimit(Native.RLIMIT_CORE, &none);
            if (!keepDumpable)
                _ = Native.prctl(Native.PR_SET_DUMPABLE, 0, 0, 0, 0);
            const long closeOnExec = 4;
            _ = Native.syscall(Native.SYS_close_range, 3, uint.MaxValue, closeOnExec, 0);
        }
    }

    /// <summary>Things about this host that weaken the secrecy of values in memory, each as a public sentence.</summary>
    public static IEnumerable<string> Warnings()
    {
        if (SwapIsOn())
            yield return "Swap is on: memory that held a secret may reach the disk.";
        if (Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") != "0")
            yield return "DOTNET_EnableDiagnostics is not 0: a process of the same user can dump this server's memory.";
    }

    private static bool SwapIsOn()
    {
        try
        {
            return File.ReadLines("/proc/swaps").Skip(1).Any();
        }
        catch (IOException)
        {
            return false;
        }
    }
}
