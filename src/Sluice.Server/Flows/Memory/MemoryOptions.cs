namespace Sluice.Server.Flows.Memory;

/// <summary>Settings of the section <c>Memory</c>. Numbers of a flow are those of one environment.</summary>
internal sealed class MemoryOptions
{
    /// <summary>Most bytes of UTF-8 of a turn.</summary>
    public const int LongestTurn = 64 << 10;

    /// <summary>Most bytes of UTF-8 of an entry.</summary>
    public const int LongestEntry = 16 << 10;

    /// <summary>Most bytes of UTF-8 of the name of a session, and of a tool's name or call id.</summary>
    public const int LongestName = 256;

    /// <summary>Most bytes of UTF-8 of what is looked for.</summary>
    public const int LongestQuery = 1024;

    /// <summary>Most turns that are given at once.</summary>
    public const int MostTurnsRead = 200;

    /// <summary>Most bytes of turns that are given at once: the newest that fit.</summary>
    public const int MostBytesRead = 2 << 20;

    /// <summary>Most entries that are found at once.</summary>
    public const int MostFound = 50;

    /// <summary>Sessions of a flow. Default 100000.</summary>
    public long MaxSessions { get; set; } = 100_000;

    /// <summary>Turns of a session. Default 10000.</summary>
    public long MaxTurns { get; set; } = 10_000;

    /// <summary>Entries of a flow. Default 50000.</summary>
    public long MaxEntries { get; set; } = 50_000;

    /// <summary>Bytes of all turns and entries of a flow. Default 256 MiB.</summary>
    public long MaxBytes { get; set; } = 256L << 20;

    /// <summary>Questions of one call of a node. Default 1000.</summary>
    public int MaxPerCall { get; set; } = 1000;

    /// <summary>Questions of a tenant's nodes in a second, on all servers together; twice as many at once. Default 500.</summary>
    public double MaxPerSecond { get; set; } = 500;
}
