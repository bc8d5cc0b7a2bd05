#nullable enable

namespace Gen;

/// <summary>A span of time: seconds and nanoseconds of the same sign.</summary>
public sealed partial class Duration
{
    public global::System.TimeSpan ToTimeSpan() =>
        global::System.TimeSpan.FromTicks(
            (Seconds * global::System.TimeSpan.TicksPerSecond) + (Nanos / 100)
        );

    public static Duration FromTimeSpan(global::System.TimeSpan value) =>
        new()
        {
            Seconds = value.Ticks / global::System.TimeSpan.TicksPerSecond,
            Nanos = (int)(value.Ticks % global::System.TimeSpan.TicksPerSecond) * 100,
        };
}
