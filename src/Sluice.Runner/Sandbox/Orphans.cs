namespace Sluice.Runner.Sandbox;

/// <summary>
/// Processes that left their build and fell to this one, which is their reaper where no process namespace does that
/// work. A child of ours that we did not start, under a system call filter, is such a one: it is ended and collected.
/// </summary>
internal static unsafe class Orphans
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<int> s_ours = [];

    private static int s_adopting;

    /// <summary>Orphans below this process become its children, not those of the init process, until nobody wants that.</summary>
    public static void Adopt(bool adopt)
    {
        lock (s_gate)
        {
            s_adopting += adopt ? 1 : -1;
            _ = Native.prctl(Native.PR_SET_CHILD_SUBREAPER, s_adopting > 0 ? 1UL : 0, 0, 0, 0);
        }
    }

    /// <summary>Starts a process that is ours to collect. A sweep never sees it half known.</summary>
    public static int Own(Func<int> start)
    {
        lock (s_gate)
        {
            var pid = start();
            s_ours.Add(pid);
            return pid;
        }
    }

    /// <summary>It has been collected.</summary>
    public static void Disown(int pid)
    {
        lock (s_gate)
            s_ours.Remove(pid);
    }

    public static void Sweep()
    {
        lock (s_gate)
        {
            // A child of an orphan falls to us when the orphan goes: as many rounds as there are generations.
            for (var found = true; found; )
            {
                found = false;
                foreach (
                    var pid in Children()
                        .Where(pid => !s_ours.Contains(pid) && IsFiltered(pid))
                        .ToList()
                )
                {
                    _ = Native.kill(pid, Native.SIGKILL);
                    int status;
                    found |= Native.waitpid(pid, &status, 0) == pid;
                }
            }
        }
    }

    private static IEnumerable<int> Children()
    {
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(task, "children"));
            }
            catch (IOException)
            {
                continue;
            }
            foreach (var pid in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return int.Parse(pid);
        }
    }

    private static bool IsFiltered(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/status").Any(line => line is "Seccomp:\t2");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
