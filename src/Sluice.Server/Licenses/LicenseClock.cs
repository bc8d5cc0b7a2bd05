using System.Globalization;
using Sluice.Server.Store;

namespace Sluice.Server.Licenses;

/// <summary>
/// The time that licenses go by: never earlier than the latest that was on record, so that a clock which is turned back brings no license
/// back to life. The record is kept in the store, and all servers of one go by it.
/// </summary>
internal sealed partial class LicenseClock(TimeProvider clock, ILogger<LicenseClock> log)
{
    private const string Setting = "license_clock";

    /// <summary>How far clocks may lie apart before somebody is told, in milliseconds: ten minutes.</summary>
    private const long Tolerance = 600_000;

    private long _latest;
    private volatile bool _told;

    public DateTimeOffset Now =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Max(Volatile.Read(ref _latest), clock.GetUtcNow().ToUnixTimeMilliseconds())
        );

    /// <summary>Until when time had come when the clock was turned back; null: it runs as it should.</summary>
    public DateTimeOffset? SetBackFrom =>
        Volatile.Read(ref _latest) is var latest
        && latest - clock.GetUtcNow().ToUnixTimeMilliseconds() > Tolerance
            ? DateTimeOffset.FromUnixTimeMilliseconds(latest)
            : null;

    /// <summary>Puts on record how late it is, and learns what others have put there.</summary>
    public async Task Note(Session session)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var latest = Math.Max(now, await Kept(session));
        await session.House.Execute(
            """
            INSERT INTO house_settings (name, value) VALUES (@Setting, @text)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            new { Setting, text = latest.ToString(CultureInfo.InvariantCulture) }
        );
        Volatile.Write(ref _latest, latest);
        if (SetBackFrom is { } from && !_told)
            LogSetBack(log, from);
        _told = SetBackFrom is not null;
    }

    /// <summary>Begins anew: the operator says that the clock is right now, and had been wrong.</summary>
    public async Task Reset(Session session)
    {
        await session.House.Execute(
            "DELETE FROM house_settings WHERE name = @Setting",
            new { Setting }
        );
        Volatile.Write(ref _latest, 0);
        await Note(session);
    }

    private static async Task<long> Kept(Session session) =>
        long.TryParse(
            await session.House.First<string>(
                "SELECT value FROM house_settings WHERE name = @Setting",
                new { Setting }
            ),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var kept
        )
            ? kept
            : 0;

    [LoggerMessage(
        1801,
        LogLevel.Warning,
        "The clock was turned back: it had been {Latest:O}, and licenses go by that until the clock has caught up"
    )]
    private static partial void LogSetBack(ILogger log, DateTimeOffset latest);
}
