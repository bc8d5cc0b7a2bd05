namespace Sluice.Runner.Sandbox;

/// <summary>What one sandboxed process may use. Sizes in bytes.</summary>
public sealed record SandboxLimits
{
    /// <summary>Private writable memory (RLIMIT_DATA). Default 512 MiB.</summary>
    public long Data { get; init; } = 512L << 20;

    /// <summary>Size of /tmp, the only place that can be written. Default 64 MiB.</summary>
    public long Tmp { get; init; } = 64L << 20;

    /// <summary>Size of /dev/shm. Default 16 MiB.</summary>
    public long SharedMemory { get; init; } = 16L << 20;

    /// <summary>Largest single file. Default 64 MiB.</summary>
    public long File { get; init; } = 64L << 20;

    /// <summary>Open descriptors. Default 256.</summary>
    public int Descriptors { get; init; } = 256;

    /// <summary>Threads (and, in builds, processes). Default 128.</summary>
    public int Threads { get; init; } = 128;

    /// <summary>
    /// Processors' worth of time at most, such as 0.5; null for as much as is free, shared evenly between tenants. Held
    /// where control groups are used.
    /// </summary>
    public double? Processors { get; init; }
}
