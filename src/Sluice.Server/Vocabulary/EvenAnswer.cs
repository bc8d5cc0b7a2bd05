namespace Sluice.Server.Vocabulary;

/// <summary>
/// Lets an answer leave at a time that depends on when its call came, and on nothing that was found: a row that is read
/// takes longer than one that is not there.
/// </summary>
/// <param name="came">When the call came, by the ticks that timers go by.</param>
internal sealed class EvenAnswer(long came)
{
    /// <summary>Longer than the store takes, short enough for whoever mistyped a key.</summary>
    public static readonly TimeSpan After = TimeSpan.FromMilliseconds(10);

    /// <summary>For a call that comes now.</summary>
    public static EvenAnswer Now => new(Environment.TickCount64);

    /// <summary>Waits until <see cref="After"/> has gone by since the call came; the clock is the machine's, not the settings'.</summary>
    public async Task Wait(CancellationToken gone)
    {
        // By the same ticks: the end falls on the same one however much of the time has passed already.
        while (
            came + (long)After.TotalMilliseconds - Environment.TickCount64 is var left and > 0
            && !gone.IsCancellationRequested
        )
            await Task.Delay((int)left, gone)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
