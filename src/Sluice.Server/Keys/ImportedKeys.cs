using Sluice.Server.Store;

namespace Sluice.Server.Keys;

/// <summary>
/// Whether the house holds any imported key. Their texts have no checksum of ours, so that nothing tells them from garbage; while there is
/// none, the store is not asked for a text that has none of our shapes. Correct on several servers without a message between them: no
/// server trusts a "none" for longer than <see cref="Trusted"/>, and whoever imports is answered when that time is over.
/// </summary>
internal sealed class ImportedKeys(Database database)
{
    /// <summary>Shorter texts could be guessed, and are not looked up, whatever was imported.</summary>
    public const int Shortest = 20;

    public const int Longest = 1024;

    /// <summary>The shape of an imported key in its row.</summary>
    public const string Shape = "imported";

    /// <summary>How long what was seen is believed where there was none: garbage costs two short questions a second at most.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(500);

    /// <summary>Where there was one; to see it later than it could be only costs look-ups.</summary>
    private static readonly TimeSpan TrustedSome = TimeSpan.FromSeconds(60);

    // Real time and no other: it is compared between processes.
    private readonly TimeProvider _clock = TimeProvider.System;
    private Look? _look;

    private sealed record Look(long Began, TaskCompletionSource<bool> Any);

    /// <summary>Whether a text that has none of our shapes may be an imported key, so that the store is worth asking.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be known; nobody is let in.</exception>
    public async ValueTask<bool> MayBe(string text) => CanBe(text) && await Any();

    /// <summary>Whether a text can come in a header as a bearer credential and is long enough to be no guess.</summary>
    public static bool CanBe(ReadOnlySpan<char> text) =>
        text.Length is >= Shortest and <= Longest && !text.ContainsAnyExceptInRange('!', '~');

    /// <summary>Called when an import is kept, before it is answered: after this no server takes its keys for garbage.</summary>
    public async Task Announce()
    {
        var some = new Look(_clock.GetTimestamp(), new TaskCompletionSource<bool>());
        some.Any.SetResult(true);
        _look = some;
        if (database.Dialect == Dialect.Postgres)
            await Task.Delay(Trusted + TimeSpan.FromMilliseconds(50), _clock);
    }

    private async ValueTask<bool> Any()
    {
        var seen = Volatile.Read(ref _look);
        if (seen is not null && IsTrusted(seen))
            return await seen.Any.Task;
        // What it will say was true after this moment.
        var fresh = new Look(
            _clock.GetTimestamp(),
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        var before = Interlocked.CompareExchange(ref _look, fresh, seen);
        if (before != seen)
            return await before!.Any.Task;
        try
        {
            fresh.Any.SetResult(await Ask());
        }
        catch (Exception error)
        {
            fresh.Any.SetException(error);
        }
        return await fresh.Any.Task;
    }

    private bool IsTrusted(Look look) =>
        !look.Any.Task.IsFaulted
        && _clock.GetElapsedTime(look.Began)
            <= (
                look.Any.Task is { IsCompletedSuccessfully: true, Result: true }
                    ? TrustedSome
                    : Trusted
            );

    private Task<bool> Ask() =>
        database.Read(async session =>
            await session
                .Across("any tenant's imported key makes texts of other shapes worth asking for")
                .First<long>(
                    "SELECT COUNT(*) FROM (SELECT 1 FROM keys WHERE shape = 'imported' AND revoked_at IS NULL LIMIT 1) AS kept"
                ) > 0
        );
}
