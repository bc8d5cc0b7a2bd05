using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Keys;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Settings of the section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>Addresses and CIDR ranges that the admin key may be used from; none: from anywhere.</summary>
    public IReadOnlyList<string> AllowedCidrs { get; set; } = [];
}

/// <summary>
/// The operator's door: <c>X-Admin-API-Key</c>, needed in every mode. The key comes from <c>SLUICE_ADMIN_API_KEY</c>, else one is made at
/// the first start, printed once, and kept as its SHA-256, of which the store is asked on every request: a rotated key is dead at once, on
/// every server.
/// </summary>
internal sealed partial class AdminDoor
{
    public const string Header = "X-Admin-API-Key";
    private const string Setting = "admin_key_sha256";

    private static readonly Caller Operator = new()
    {
        Door = Door.Admin,
        TenantId = "",
        Handle = "",
        Environment = EnvironmentNames.Live,
        Scopes = Scopes.None,
    };

    private readonly Database _database;
    private readonly ILogger<AdminDoor> _log;
    private readonly BadTexts _bad;
    private readonly string? _ranges;
    private byte[]? _configured;

    public AdminDoor(
        Database database,
        TimeProvider clock,
        IOptions<AdminOptions> options,
        IOptions<KeyOptions> keys,
        ILogger<AdminDoor> log
    )
    {
        (_database, _log) = (database, log);
        _bad = new BadTexts(clock, keys.Value.BadKeysPerMinute);
        var mistakes = new List<Sluice.Language.Mistake>();
        _ranges = AddressRanges.Read(options.Value.AllowedCidrs, mistakes);
        if (mistakes.Count > 0)
            throw new OptionsValidationException(
                "Admin",
                typeof(AdminOptions),
                mistakes.Select(mistake => $"Admin:AllowedCidrs: {mistake.Message}")
            );
    }

    /// <summary>Whether the key is set outside, so that it cannot be rotated here.</summary>
    public bool IsSetOutside => _configured is not null;

    /// <summary>Settles which key is valid. Returns the text of a key that was made just now, to be printed once.</summary>
    public async Task<string?> Prepare(string? configured, CancellationToken stop)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            _configured = KeyText.Hash(configured.Trim());
            return null;
        }
        var made = Mint();
        var kept = await _database.Write(
            async session =>
            {
                await session.House.Execute(
                    "INSERT INTO house_settings (name, value) VALUES (@Setting, @mine) ON CONFLICT (name) DO NOTHING",
                    new { Setting, mine = HashOf(made) }
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
        await System.Console.Out.WriteLineAsync(
            $"The admin key of this house, shown this once:\n  {made}\nSet SLUICE_ADMIN_API_KEY to use one of your own."
        );
        LogMade(_log);
    }

    /// <summary>The operator, or why not.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked; nobody is let in.</exception>
    public async ValueTask<Outcome<Caller>> Open(string presented, IPAddress? address)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        if (_bad.Bar(hash, address) is { } barred)
            return KeyRefusals.AddressBarred.With(barred);
        var valid =
            _configured
            ?? (
                await _database.Read(Kept) is { } kept
                    ? Convert.FromHexString(kept)
                    : RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)
            );
        if (!CryptographicOperations.FixedTimeEquals(hash, valid))
        {
            _bad.Note(address);
            return DoorRefusals.Unauthorized;
        }
        _bad.Trust(hash);
        return _ranges is not null && !AddressRanges.Contain(_ranges, address)
            ? KeyRefusals.AddressNotAllowed.With(
                "The admin key may not be used from this address; its ranges are the setting `Admin:AllowedCidrs`."
            )
            : Operator;
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

    private static Task<string?> Kept(Session session) =>
        session.House.First<string>(
            "SELECT value FROM house_settings WHERE name = @Setting",
            new { Setting }
        );

    private static string Mint() =>
        "slc_admin_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string HashOf(string text) => Convert.ToHexStringLower(KeyText.Hash(text));

    [LoggerMessage(1010, LogLevel.Information, "An admin key was made and printed once")]
    private static partial void LogMade(ILogger log);
}
