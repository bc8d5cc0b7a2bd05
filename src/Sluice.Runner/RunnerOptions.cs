namespace Sluice.Runner;

/// <summary>What the host decides about the runner.</summary>
public sealed record RunnerOptions
{
    /// <summary>Folder for unpacked packages and scratch files. It belongs to the runner alone.</summary>
    public required string DataPath { get; init; }

    /// <summary>
    /// <c>auto</c> (the strongest tier that works), <c>bubblewrap</c>, <c>process</c> or <c>none</c>.
    /// <c>none</c> is never picked by <c>auto</c>. Default auto.
    /// </summary>
    public string Isolation { get; init; } = "auto";

    /// <summary>Lets a tier weaker than bubblewrap serve more than one tenant. Default false.</summary>
    public bool AllowWeakIsolation { get; init; }

    /// <summary>Uses control groups of the kernel where this server may make them. Default true.</summary>
    public bool ControlGroups { get; init; } = true;

    /// <summary>What packages may reach that ask for egress. Default: nothing.</summary>
    public Egress.EgressOptions Egress { get; init; } = new();

    /// <summary>Where the dependencies of packages come from, and how much of them is taken.</summary>
    public Restores.RestoreOptions Restore { get; init; } = new();

    /// <summary>Workers alive at once, of all tenants. Default 64.</summary>
    public int MaxWorkers { get; init; } = 64;

    /// <summary>Workers alive at once of one tenant. Default 16.</summary>
    public int MaxWorkersPerTenant { get; init; } = 16;

    /// <summary>Calls of one tenant that may wait for a worker; one more is answered Unavailable. Default 1000.</summary>
    public int MaxWaitingPerTenant { get; init; } = 1000;

    /// <summary>A worker without a call for this long is ended. Default 60 s.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After every so many calls a worker is looked at, and replaced when it is older than <see cref="RecycleAfter"/> or
    /// holds more than half of its memory. Default 1000.
    /// </summary>
    public int RecycleAfterCalls { get; init; } = 1000;

    /// <summary>
    /// How long a worker is kept that holds little memory, however many calls it gets: a new one costs more than a
    /// thousand calls, and compiles itself anew. Default 60 s.
    /// </summary>
    public TimeSpan RecycleAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A worker that has not said hello by then is ended. Default 10 s.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between the request to stop at a deadline and the kill. Default 250 ms.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Log text kept of one call, in bytes; the rest is dropped with a note. Default 1 MiB.</summary>
    public int MaxLogPerCall { get; init; } = 1 << 20;

    /// <summary>Wall time of one build with its tests. Default 15 minutes.</summary>
    public TimeSpan BuildDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Largest unpacked build result in bytes. Default 256 MiB.</summary>
    public long MaxBuildSize { get; init; } = 256L << 20;

    /// <summary>Builds running at once. Default 2.</summary>
    public int MaxBuilds { get; init; } = 2;
}
