using System.Globalization;
using Sluice.Server.Identity.Profiles;

namespace Sluice.Server.Console;

/// <summary>
/// The time zone of a page: of the member's profile, or UTC where it names none. Times are shown in it, and days that are typed into a
/// form are its days.
/// </summary>
public sealed class Zone
{
    /// <summary>Of pages on which nobody has signed in.</summary>
    internal static readonly Zone OfNobody = new(null);

    // Nothing of this house is older, and no calendar that a browser shows goes further.
    private static readonly DateOnly s_first = new(1970, 1, 1);
    private static readonly DateOnly s_last = new(9990, 1, 1);

    private readonly TimeZoneInfo _zone;

    /// <param name="chosen">The name in the profile; null where it has none.</param>
    internal Zone(string? chosen)
    {
        Chosen = chosen;
        var found = TimeZones.Find(chosen);
        IsLost = chosen is not null && found is null;
        _zone = found ?? TimeZoneInfo.Utc;
    }

    /// <summary>The name in the profile; null: none, and a script shows times as the browser has them.</summary>
    internal string? Chosen { get; }

    /// <summary>Whether this server has no data of the zone that was chosen, and so shows UTC in its place.</summary>
    internal bool IsLost { get; }

    /// <summary>Whether times are as the profile wants them, or a script is to put them into their zone.</summary>
    internal bool IsSettled => Chosen is not null && !IsLost;

    /// <summary>Of the zone in which times are shown, such as <c>Europe/Berlin</c>, or <c>UTC</c>.</summary>
    internal string Name => IsSettled ? _zone.Id : TimeZones.Utc;

    /// <summary><c>22 Nov 2026, 12:14 UTC+1</c>.</summary>
    internal string Moment(DateTimeOffset at) => Text(at, "d MMM yyyy, HH:mm") + " " + Offset(at);

    /// <summary>The day that it is there: <c>22 Nov 2026</c>.</summary>
    internal string Day(DateTimeOffset at) => Text(at, "d MMM yyyy");

    /// <summary>The time of day, to the millisecond.</summary>
    internal string Clock(DateTimeOffset at) => Text(at, "HH:mm:ss.fff");

    /// <summary>The moment to the second, and in which zone.</summary>
    internal string Full(DateTimeOffset at) =>
        $"{Text(at, "d MMM yyyy, HH:mm:ss")} {Offset(at)}"
        + (
            IsLost ? $", for the server knows no {Chosen}"
            : Name == TimeZones.Utc ? ""
            : $", {Name}"
        );

    /// <summary>How far it is from UTC at a moment: <c>UTC</c>, <c>UTC+0</c>, <c>UTC+5:30</c>, <c>UTC-3</c>.</summary>
    internal string Offset(DateTimeOffset at)
    {
        if (Name == TimeZones.Utc)
            return TimeZones.Utc;
        var offset = _zone.GetUtcOffset(at);
        var sign = offset < TimeSpan.Zero ? "-" : "+";
        return offset.Minutes == 0
            ? $"UTC{sign}{Math.Abs(offset.Hours)}"
            : $"UTC{sign}{Math.Abs(offset.Hours)}:{Math.Abs(offset.Minutes):00}";
    }

    /// <summary>
    /// When a day begins there: its first moment. Where clocks are put forward at midnight, that is when they have been; where midnight
    /// comes twice, the first.
    /// </summary>
    internal DateTimeOffset Begin(DateOnly day)
    {
        day =
            day < s_first ? s_first
            : day > s_last ? s_last
            : day;
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        // No zone is further from UTC than this; between the two lies the first second at which a clock there shows the day.
        var (before, after) = (midnight.AddHours(-26), midnight.AddHours(26));
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds(Math.Floor((after - before).TotalSeconds / 2));
            if (middle + _zone.GetUtcOffset(middle) < midnight)
                before = middle;
            else
                after = middle;
        }
        return new DateTimeOffset(after);
    }

    /// <summary>When a day is over there: when the next begins.</summary>
    internal DateTimeOffset End(DateOnly day) => Begin(day < s_last ? day.AddDays(1) : s_last);

    private string Text(DateTimeOffset at, string form) =>
        TimeZoneInfo.ConvertTime(at, _zone).ToString(form, CultureInfo.InvariantCulture);
}
