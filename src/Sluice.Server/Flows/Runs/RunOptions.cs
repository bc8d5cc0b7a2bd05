namespace Sluice.Server.Flows.Runs;

/// <summary>Settings of the section <c>Runs</c>.</summary>
internal sealed class RunOptions
{
    /// <summary>Longest time, in seconds, that a call with <c>wait: true</c> is kept open before it is answered 202. 1 to 3600; default 120.</summary>
    public int WaitLimitSeconds { get; set; } = 120;

    /// <summary>Largest body of an invocation in bytes. 1 KiB to 16 MiB; default 16 MiB.</summary>
    public int LargestInput { get; set; } = 16 << 20;

    /// <summary>
    /// Whether inputs, outputs, errors and log lines are kept sealed with the tenant's data key. Default: on PostgreSQL,
    /// not on the embedded store, which lies in one folder with its keys.
    /// </summary>
    public bool? EncryptPayloads { get; set; }

    /// <summary>
    /// Whether a node that can reach nobody is called while the results before it are still on their way to the record;
    /// see docs/decisions/014-a-run-goes-ahead-of-its-record-unseen.md. False: each result is durable before the next
    /// step. Default true.
    /// </summary>
    public bool GoAhead { get; set; } = true;

    /// <summary>Runs that this server carries at once; more of them wait. 1 to 100000; default 1000.</summary>
    public int MaxActive { get; set; } = 1000;

    /// <summary>Of one tenant. 1 to 100000; default 500.</summary>
    public int MaxActivePerTenant { get; set; } = 500;

    /// <summary>Of those that nobody waits for; an eighth of it while callers wait for others. 1 to 100000; default 64.</summary>
    public int MaxBackground { get; set; } = 64;
}
