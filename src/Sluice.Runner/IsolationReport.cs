namespace Sluice.Runner;

/// <summary>One tier tried at start.</summary>
/// <param name="Tier">bubblewrap, process or none.</param>
/// <param name="Works">A program ran in it.</param>
/// <param name="WhyNot">One public sentence when it does not work.</param>
public sealed record TierProbe(string Tier, bool Works, string? WhyNot);

/// <summary>How nodes are kept apart on this machine; shown in /health and the console.</summary>
public sealed record IsolationReport
{
    /// <summary>The tier in use; empty when none could be had, and then no node runs.</summary>
    public required string Tier { get; init; }

    public required IReadOnlyList<TierProbe> Probes { get; init; }

    /// <summary>What the tier in use does not stop, and what weakens this host; public sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What control groups bound for all processes of a sandbox together: of memory, pids, cpu; empty without groups.</summary>
    public required IReadOnlyList<string> GroupLimits { get; init; }

    /// <summary>May this tier serve several tenants?</summary>
    public required bool SeveralTenants { get; init; }
}

/// <summary>What the runner is doing, for /metrics.</summary>
public sealed record RunnerStats
{
    /// <summary>Workers alive, and how many of them have a call.</summary>
    public required int Workers { get; init; }
    public required int Busy { get; init; }

    /// <summary>Calls that wait for a worker.</summary>
    public required int Waiting { get; init; }

    /// <summary>Since the start of the runner.</summary>
    public required long Calls { get; init; }
    public required long Started { get; init; }
    public required long Failed { get; init; }
}
