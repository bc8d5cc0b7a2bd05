#nullable enable

namespace Gen;

/// <summary>A point in time: seconds since 1970 in UTC, and nanoseconds that count forward.</summary>
public sealed partial class Timestamp
{
    public global::System.DateTimeOffset ToDateTimeOffset() =>
        global::System.DateTimeOffset.UnixEpoch.AddSeconds(Seconds).AddTicks(Nanos / 100);

    public global::System.DateTime ToDateTime() => ToDateTimeOffset().UtcDateTime;

    public static Timestamp FromDateTimeOffset(global::System.DateTimeOffset value)
    {
        var ticks = value.UtcTicks - global::System.DateTimeOffset.UnixEpoch.Ticks;
        var rest = ticks % global::System.TimeSpan.TicksPerSecond;
        rest += rest < 0 ? global::System.TimeSpan.TicksPerSecond : 0;
        return new()
        {
            Seconds = (ticks - rest) / global::System.TimeSpan.TicksPerSecond,
            Nanos = (int)rest * 100,
        };
    }

    /// <summary>From a time in UTC.</summary>
    public static Timestamp FromDateTime(global::System.DateTime value) =>
        FromDateTimeOffset(
            new(global::System.DateTime.SpecifyKind(value, global::System.DateTimeKind.Utc))
        );
}
