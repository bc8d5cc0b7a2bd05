using System.Security.Cryptography;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Keys;

/// <summary>
/// The operator's key. It comes from <c>SLUICE_ADMIN_API_KEY</c>, else one is made at the first start, printed once, and kept as its
/// SHA-256. The store is asked on every request: a key that was rotated, or found in public, is dead at once, on every server.
/// </summary>
internal sealed partial class AdminKey(
    Database database,
    TimeProvider clock,
    TextWriter terminal,
    ILogger<AdminKey> log
)
{
    private const string Setting = "admin_key_sha256";

    // With the SHA-256 of a key that was found in public, which is never taken again.
    private const string Leaked = "leaked_admin_key_sha256:";

    private byte[]? _configured;

    /// <summary>Whether the key is set outside, so that it cannot be rotated here.</summary>
    public bool IsSetOutside => _configured is not null;

    /// <summary>Settles which key is valid. Returns the text of a key that was made just now, to be printed once.</summary>
    public async Task<string?> Prepare(string? configured, CancellationToken stop)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            _configured = KeyText.Hash(configured.Trim());
            if (await database.Read(session => IsLeaked(session, Hex(_configured)), stop))
                LogLeaked(log);
            return null;
        }
        var made = Mint();
        var kept = await database.Write(
            async session =>
            {
                await session.House.Execute(
                    "INSERT INTO house_settings (name, value) VALUES (@Setting, @mine) ON CONFLICT (name) DO NOTHING",
                    new { Setting, mine = HashOf(made) }
                );
                // One that leaked opens nothing: a start is how the operator gets another.
                await session.House.Execute(
                    """
                    UPDATE house_settings SET value = @mine
                    WHERE name = @Setting AND EXISTS (SELECT 1 FROM house_settings o WHERE o.name = @Leaked || house_settings.value)
                    """,
                    new
                    {
                        Setting,
                        Leaked,
                        mine = HashOf(made),
                    }
                );
                return await Kept(session);
            },
            stop
        );
        return kept == HashOf(made) ? made : null;
    }

    /// <summary>Prepares, and prints a key that was made just now: on the terminal, once, never to a log.</summary>
    public async Task Announce(string? configured, CancellationToken stop)
    {
        if (await Prepare(configured, stop) is not { } made)
            return;
        await terminal.WriteLineAsync(
            $"The admin key of this house, shown this once:\n  {made}\nSet SLUICE_ADMIN_API_KEY to use one of your own."
        );
        LogMade(log);
    }

    /// <param name="hash">SHA-256 of what was presented.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be asked; nobody is let in.</exception>
    public async ValueTask<bool> IsValid(byte[] hash)
    {
        if (_configured is { } set && !CryptographicOperations.FixedTimeEquals(hash, set))
            return false;
        return await database.Read(async session =>
            (_configured is not null || IsKept(hash, await Kept(session)))
            && !await IsLeaked(session, Hex(hash))
        );
    }

    /// <summary>Puts another key in the place of the one that was made here.</summary>
    /// <returns>Its text.</returns>
    public static async Task<string> Replace(Session session)
    {
        var made = Mint();
        await session.House.Execute(
            "UPDATE house_settings SET value = @mine WHERE name = @Setting",
            new { Setting, mine = HashOf(made) }
        );
        return made;
    }

    /// <summary>Whether a text with this SHA-256 is the key, leaked or not.</summary>
    public async Task<bool> IsThis(Session session, byte[] hash) =>
        _configured is { } set
            ? CryptographicOperations.FixedTimeEquals(hash, set)
            : IsKept(hash, await Kept(session));

    /// <summary>Whether a text with this SHA-256 was the key when it was found in public.</summary>
    public static Task<bool> WasLeaked(Session session, byte[] hash) =>
        IsLeaked(session, Hex(hash));

    /// <summary>Ends a key that was found in public, for good; false when it is ended already.</summary>
    public async Task<bool> Burn(Session session, byte[] hash) =>
        await session.House.Execute(
            "INSERT INTO house_settings (name, value) VALUES (@name, @at) ON CONFLICT (name) DO NOTHING",
            new { name = Leaked + Hex(hash), at = LedgerTime.Write(clock.GetUtcNow()) }
        ) == 1;

    private static Task<string?> Kept(Session session) =>
        session.House.First<string>(
            "SELECT value FROM house_settings WHERE name = @Setting",
            new { Setting }
        );

    private static async Task<bool> IsLeaked(Session session, string hash) =>
        await session.House.First<string>(
            "SELECT value FROM house_settings WHERE name = @name",
            new { name = Leaked + hash }
        )
            is not null;

    // Compared with something in any case, so that it takes the same time.
    private static bool IsKept(byte[] hash, string? kept) =>
        CryptographicOperations.FixedTimeEquals(
            hash,
            kept is null
                ? RandomNumberGenerator.GetBytes(KeyText.HashLength)
                : Convert.FromHexString(kept)
        );

    private static string Mint() =>
        "slc_admin_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string HashOf(string text) => Hex(KeyText.Hash(text));

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    [LoggerMessage(1010, LogLevel.Information, "An admin key was made and printed once")]
    private static partial void LogMade(ILogger log);

    [LoggerMessage(
        1011,
        LogLevel.Error,
        "The key in SLUICE_ADMIN_API_KEY was found in public and opens nothing: set another"
    )]
    private static partial void LogLeaked(ILogger log);
}
