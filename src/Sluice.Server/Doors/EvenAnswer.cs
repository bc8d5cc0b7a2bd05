namespace Sluice.Server.Doors;

/// <summary>
/// Lets an answer leave at a time that depends on when its call came, and on nothing that was found: a row that is read
/// takes longer than one that is not there.
/// </summary>
internal static class EvenAnswer
{
    /// <summary>Longer than the store takes, short enough for whoever mistyped a key.</summary>
    public static readonly TimeSpan After = TimeSpan.FromMilliseconds(10);

    /// <summary>When a call came, for <see cref="Wait"/>.</summary>
    public static long Now => Environment.TickCount64;

    /// <summary>Waits until <see cref="After"/> has gone by since a call came; the clock is the machine's, not the settings'.</summary>
    public static async Task Wait(long came, CancellationToken gone)
    {
        // By the ticks that timers go by: the end falls on the same tick however much of the time has passed already.
        while (
            came + (long)After.TotalMilliseconds - Now is var left and > 0
            && !gone.IsCancellationRequested
        )
            await Task.Delay((int)left, gone)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
