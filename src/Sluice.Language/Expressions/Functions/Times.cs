using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos.Json;

namespace Sluice.Language.Expressions.Functions;

/// <summary>Points in time and spans of it.</summary>
internal static class Times
{
    private delegate long Part(DateTime time);

    public static readonly Function[] Functions =
    [
        new(
            Timestamp,
            "timestamp(timestamp) -> timestamp",
            "timestamp(string) -> timestamp",
            "timestamp(int) -> timestamp"
        ),
        new(Duration, "duration(duration) -> duration", "duration(string) -> duration"),
        Accessor("getFullYear", t => t.Year),
        Accessor("getMonth", t => t.Month - 1),
        Accessor("getDate", t => t.Day),
        Accessor("getDayOfMonth", t => t.Day - 1),
        Accessor("getDayOfWeek", t => (long)t.DayOfWeek),
        Accessor("getDayOfYear", t => t.DayOfYear - 1),
        Accessor("getHours", t => t.Hour, perUnit: 3_600_000),
        Accessor("getMinutes", t => t.Minute, perUnit: 60_000),
        Accessor("getSeconds", t => t.Second, perUnit: 1000),
        Accessor("getMilliseconds", t => t.Millisecond, perUnit: 1),
    ];

    /// <summary>The JSON form; 40 bytes are enough. Its length, or 0 when the time is outside of its range.</summary>
    public static int Write(Value value, Span<byte> into) =>
        value.Kind == ValueKind.Timestamp
            ? JsonTime.WriteTimestamp(value.Seconds, value.Nanos, into)
            : JsonTime.WriteDuration(value.Seconds, value.Nanos, into);

    /// <param name="perUnit">Milliseconds in one unit of the answer for a duration; 0: durations have no such part.</param>
    private static Function Accessor(string name, Part part, int perUnit = 0)
    {
        string[] signatures =
        [
            $"timestamp.{name}() -> int",
            $"timestamp.{name}(string) -> int",
            .. perUnit > 0 ? [$"duration.{name}() -> int"] : Array.Empty<string>(),
        ];
        return new(Read, signatures);

        Value Read(ref Evaluation evaluation, in Arguments arguments)
        {
            var time = arguments.A;
            if (time.Kind == ValueKind.Duration && arguments.Count == 1 && perUnit > 0)
            {
                var milliseconds = ((Int128)time.Seconds * 1000) + (time.Nanos / 1_000_000);
                return (long)(perUnit == 1 ? milliseconds % 1000 : milliseconds / perUnit);
            }
            if (
                time.Kind != ValueKind.Timestamp
                || (arguments.Count == 2 && arguments.B.Kind != ValueKind.String)
            )
                return Faults.Overload(name, in arguments);
            var offset = 0;
            if (arguments.Count == 2 && !TryZone(arguments.B.Span, out offset))
                return new ExpressionFault(
                    "A time zone is `UTC` or an offset such as `+02:00`; names of places are not known."
                );
            var seconds = time.Seconds - JsonTime.FirstSecond + offset;
            if (seconds < 0 || seconds > JsonTime.LastSecond - JsonTime.FirstSecond)
                return new ExpressionFault("The time is outside of the years 1 to 9999.");
            return part(new DateTime((seconds * TimeSpan.TicksPerSecond) + (time.Nanos / 100)));
        }
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.SequenceEqual("UTC"u8))
            return true;
        var sign = 1;
        if (text is [(byte)'+' or (byte)'-', ..])
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        if (
            text.Length != 5
            || text[2] != ':'
            || Number(text[..2]) is not (>= 0 and <= 23 and var hours)
            || Number(text[3..]) is not (>= 0 and <= 59 and var minutes)
        )
            return false;
        seconds = sign * ((hours * 3600) + (minutes * 60));
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits) =>
        char.IsAsciiDigit((char)digits[0]) && char.IsAsciiDigit((char)digits[1])
            ? ((digits[0] - '0') * 10) + digits[1] - '0'
            : -1;

    private static Value Timestamp(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        switch (value.Kind)
        {
            case ValueKind.Timestamp:
                return value;
            case ValueKind.Int:
                return Arithmetic.Timestamp(value.AsInt, 0);
            case ValueKind.String:
                return JsonTime.TryTimestamp(value.Span, out var seconds, out var nanos)
                    ? Value.Timestamp(seconds, nanos)
                    : new ExpressionFault(
                        "The string is no time such as `2026-01-31T12:00:00Z` of the years 1 to 9999."
                    );
            default:
                return Faults.Overload("timestamp", in arguments);
        }
    }

    private static Value Duration(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        if (value.Kind == ValueKind.Duration)
            return value;
        if (value.Kind != ValueKind.String)
            return Faults.Overload("duration", in arguments);
        return TryNanos(value.Span, out var nanos)
            ? Arithmetic.Duration(nanos)
            : new ExpressionFault("The string is no duration such as `1h30m` or `1.5s`.");
    }

    /// <summary>Numbers with units in a row, an optional sign before them; <c>0</c> needs no unit.</summary>
    private static bool TryNanos(ReadOnlySpan<byte> text, out Int128 nanos)
    {
        nanos = 0;
        var negative = text is [(byte)'-', ..];
        if (text is [(byte)'+' or (byte)'-', ..])
            text = text[1..];
        if (text.SequenceEqual("0"u8))
            return true;
        if (text.IsEmpty)
            return false;
        while (!text.IsEmpty)
        {
            if (!TryNumber(ref text, out var whole, out var fraction, out var scale))
                return false;
            var unit = Unit(ref text);
            if (unit == 0)
                return false;
            nanos += (whole * unit) + (fraction * unit / scale);
            if (nanos > ulong.MaxValue)
                return false;
        }

        nanos = negative ? -nanos : nanos;
        return true;
    }

    /// <summary>Digits, with a fraction or only that; up to 18 digits of each count.</summary>
    private static bool TryNumber(
        ref ReadOnlySpan<byte> text,
        out Int128 whole,
        out Int128 fraction,
        out Int128 scale
    )
    {
        (whole, fraction, scale) = (0, 0, 1);
        var digits = 0;
        while (text is [>= (byte)'0' and <= (byte)'9' and var digit, ..])
        {
            if (++digits > 18)
                return false;
            whole = (whole * 10) + (digit - '0');
            text = text[1..];
        }

        if (text is not [(byte)'.', ..])
            return digits > 0;
        text = text[1..];
        while (text is [>= (byte)'0' and <= (byte)'9' and var digit, ..])
        {
            digits++;
            if (scale < 1_000_000_000_000_000_000)
                (fraction, scale) = ((fraction * 10) + (digit - '0'), scale * 10);
            text = text[1..];
        }

        return digits > 0;
    }

    /// <summary>Nanoseconds of a unit; 0 when it is none.</summary>
    private static long Unit(ref ReadOnlySpan<byte> text)
    {
        var (nanos, length) = text switch
        {
            [(byte)'n', (byte)'s', ..] => (1L, 2),
            [(byte)'u', (byte)'s', ..] => (1000, 2),
            // Both signs that are used for micro.
            [0xC2, 0xB5, (byte)'s', ..] or [0xCE, 0xBC, (byte)'s', ..] => (1000, 3),
            [(byte)'m', (byte)'s', ..] => (1_000_000, 2),
            [(byte)'s', ..] => (1_000_000_000, 1),
            [(byte)'m', ..] => (60_000_000_000, 1),
            [(byte)'h', ..] => (3_600_000_000_000, 1),
            _ => (0, 0),
        };
        text = text[length..];
        return nanos;
    }
}
