using System.Security.Cryptography;
using System.Text;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Doors;

/// <summary>
/// The operator's door: <c>X-Admin-API-Key</c>. The key comes from <c>SLUICE_ADMIN_API_KEY</c>, else one is made at
/// the first start, printed once, and kept as its SHA-256.
/// </summary>
internal sealed partial class AdminDoor(Database database, ILogger<AdminDoor> log)
{
    public const string Header = "X-Admin-API-Key";
    private const string Setting = "admin_key_sha256";

    private byte[] _hash = [];

    /// <summary>Settles which key is valid. Returns the text of a key that was made just now, to be printed once.</summary>
    public async Task<string?> Prepare(string? configured, CancellationToken stop)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            _hash = KeyText.Hash(configured.Trim());
            return null;
        }
        var made = "slc_admin_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var mine = Convert.ToHexStringLower(KeyText.Hash(made));
        var kept = await database.Write(
            async session =>
            {
                await session.House.Execute(
                    "INSERT INTO house_settings (name, value) VALUES (@Setting, @mine) ON CONFLICT (name) DO NOTHING",
                    new { Setting, mine }
                );
                return await session.House.First<string>(
                    "SELECT value FROM house_settings WHERE name = @Setting",
                    new { Setting }
                );
            },
            stop
        );
        _hash = Convert.FromHexString(kept!);
        return kept == mine ? made : null;
    }

    /// <summary>Prepares, and prints a key that was made just now: on the terminal, once, never to a log.</summary>
    public async Task Announce(string? configured, CancellationToken stop)
    {
        if (await Prepare(configured, stop) is not { } made)
            return;
        await System.Console.Out.WriteLineAsync(
            $"The admin key of this house, shown this once:\n  {made}\nSet SLUICE_ADMIN_API_KEY to use one of your own."
        );
        LogMade(log);
    }

    /// <summary>Compares hashes in fixed time; nothing is valid before <see cref="Prepare"/>.</summary>
    public bool Opens(string presented) =>
        _hash.Length == SHA256.HashSizeInBytes
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(presented)),
            _hash
        );

    [LoggerMessage(1010, LogLevel.Information, "An admin key was made and printed once")]
    private static partial void LogMade(ILogger log);
}
