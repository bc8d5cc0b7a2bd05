namespace Sluice.Server.Flows.Runs;

/// <summary>Settings of the section <c>Runs</c>.</summary>
internal sealed class RunOptions
{
    /// <summary>Longest time, in seconds, that a call with <c>wait: true</c> is kept open before it is answered 202. 1 to 3600; default 120.</summary>
    public int WaitLimitSeconds { get; set; } = 120;

    /// <summary>Largest body of an invocation in bytes. 1 KiB to 16 MiB; default 16 MiB.</summary>
    public int LargestInput { get; set; } = 16 << 20;
}
