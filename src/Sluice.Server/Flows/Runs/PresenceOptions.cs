namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Settings of the section <c>Presence</c>, for servers that share a PostgreSQL store. All have the same ones;
/// <see cref="RenewMs"/> &lt; <see cref="StopMs"/> &lt; <see cref="LeaseMs"/>.
/// </summary>
internal sealed class PresenceOptions
{
    /// <summary>How often a server says that it lives, in milliseconds; default 5,000.</summary>
    public int RenewMs { get; set; } = 5_000;

    /// <summary>A server that could not say so for this long stops working on its runs; default 10,000.</summary>
    public int StopMs { get; set; } = 10_000;

    /// <summary>One that has not said so for this long may lose its runs to another, though its connection stands; default 15,000.</summary>
    public int LeaseMs { get; set; } = 15_000;

    /// <summary>
    /// When a server's connection has ended, how long another waits for it to come back before it takes its runs; it
    /// stops working on them after half of that. Default 300.
    /// </summary>
    public int GraceMs { get; set; } = 300;
}

/// <summary>The clock of leases: real time, whatever clock the runs go by.</summary>
internal sealed record PresenceClock(TimeProvider Time);
