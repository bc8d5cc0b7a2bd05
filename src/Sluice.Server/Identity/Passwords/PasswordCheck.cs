using Sluice.Seal;

namespace Sluice.Server.Identity.Passwords;

/// <summary>
/// Compares and stores passwords. Each costs a processor about a tenth of a second, by intent: no more of them run at once than
/// leave processors for others, and those that come meanwhile wait.
/// </summary>
/// <param name="iterations">Rounds of what is stored today; fewer for tests alone.</param>
internal sealed class PasswordCheck(int iterations = Password.Iterations) : IDisposable
{
    private readonly SemaphoreSlim _room = new(Math.Max(1, Environment.ProcessorCount / 2));
    private long _checks;

    /// <summary>Comparisons so far.</summary>
    internal long Checks => Interlocked.Read(ref _checks);

    /// <summary>Compares, with the same work whoever it is for.</summary>
    /// <param name="typed">What the caller gave.</param>
    /// <param name="stored">What is kept; null where there is no such person, or no password.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Whether it is right; and, where it was stored in a weaker way than today's, what to store instead.</returns>
    public Task<(bool Right, string? Today)> Verify(
        string typed,
        string? stored,
        CancellationToken stop
    )
    {
        Interlocked.Increment(ref _checks);
        return Work(
            () =>
                Password.Verify(typed, stored, iterations) switch
                {
                    PasswordVerdict.Right => (true, null),
                    PasswordVerdict.RightAndOutdated => (true, Password.Store(typed, iterations)),
                    _ => (false, (string?)null),
                },
            stop
        );
    }

    /// <summary>What to keep of a new password.</summary>
    public Task<string> Store(string password, CancellationToken stop) =>
        Work(() => Password.Store(password, iterations), stop);

    public void Dispose() => _room.Dispose();

    private async Task<T> Work<T>(Func<T> work, CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        try
        {
            return await Task.Run(work, stop);
        }
        finally
        {
            _room.Release();
        }
    }
}
