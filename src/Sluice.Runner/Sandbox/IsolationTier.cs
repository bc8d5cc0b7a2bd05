using Sluice.Runner.Egress;
using Sluice.Runner.Workers;

namespace Sluice.Runner.Sandbox;

/// <summary>Where things are for the sandboxed process: real host paths in the weaker tiers.</summary>
/// <param name="App">The package; the working copy in a build.</param>
/// <param name="Source">What a build starts from.</param>
/// <param name="Temp">The folder that can be written.</param>
internal sealed record SandboxPaths(string App, string Source, string Temp);

/// <summary>What to run in a sandbox.</summary>
internal sealed record SandboxTask
{
    /// <summary>Whose code it is; empty in a trial.</summary>
    public string TenantId { get; init; } = "";

    /// <summary>Host folder shown read-only as the package; null in a build, which gets an empty writable one.</summary>
    public string? Package { get; init; }

    /// <summary>Host folder shown read-only as what a build starts from.</summary>
    public string? Source { get; init; }

    /// <summary>Bytes that a build may write to its working copy.</summary>
    public long AppSize { get; init; }

    /// <summary>Host folders and files shown read-only at their own place, beyond /usr.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    /// <summary>The program and its arguments, given where things are.</summary>
    public required Func<SandboxPaths, IReadOnlyList<string>> Command { get; init; }

    /// <summary>Variables beyond PATH, HOME and LANG.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = NodeLog.NoFields;

    public required SandboxLimits Limits { get; init; }

    /// <summary>The language's runtime does not start without /proc.</summary>
    public bool ReadsProc { get; init; }

    /// <summary>The way out for a package or a restore that may have one; belongs to the process and ends with it.</summary>
    public Gate? Egress { get; init; }

    /// <summary>Builds need compilers and so processes; workers get threads only.</summary>
    public bool Processes { get; init; }
}

/// <summary>One way to keep a node's process apart from everything else.</summary>
internal abstract class IsolationTier : IDisposable
{
    /// <summary>bubblewrap, process or none.</summary>
    public abstract string Name { get; }

    /// <summary>What this tier does not stop, each as a public sentence; empty for the full tier.</summary>
    public abstract IReadOnlyList<string> Gaps { get; }

    /// <summary>A worker can be given one way out and no other.</summary>
    public virtual bool HoldsEgress => false;

    /// <summary>Null when its programs are installed; otherwise one public sentence.</summary>
    public abstract string? Missing { get; }

    /// <summary>Starts a process whose descriptor 3 reads, 4 writes, and 1 and 2 print to the given pipe ends.</summary>
    /// <returns>The process to watch; ending it ends all of the sandbox.</returns>
    public abstract Task<ChildProcess> Spawn(SandboxTask task, int reads, int writes, int prints);

    /// <summary>The limits of a task as arguments of prlimit(1).</summary>
    /// <param name="task">What is to run.</param>
    /// <param name="threads">Threads that its user may have, wherever they are counted.</param>
    protected static IEnumerable<string> Limits(SandboxTask task, long threads) =>
        [
            "/usr/bin/prlimit",
            "--core=0",
            $"--nofile={task.Limits.Descriptors}",
            $"--nproc={threads}",
            $"--fsize={task.Limits.File}",
            $"--data={task.Limits.Data}",
            // Nor is the stack data: it ends where it ends by custom, and in a build a little later if asked.
            task.Processes
                ? "--stack=8388608:67108864"
                : "--stack=8388608",
            "--msgqueue=0",
            "--",
        ];

    public abstract void Dispose();
}
