using System.Buffers.Text;

namespace Sluice.Language.Protos.Json;

/// <summary>Times as RFC 3339 text and durations as seconds with an <c>s</c>, both with up to nine decimals.</summary>
internal static class JsonTime
{
    /// <summary>0001-01-01T00:00:00Z.</summary>
    public const long FirstSecond = -62135596800;

    /// <summary>9999-12-31T23:59:59Z.</summary>
    public const long LastSecond = 253402300799;

    /// <summary>Ten thousand years, the longest duration.</summary>
    public const long LongestSeconds = 315576000000;

    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (
            text.Length < 20
            || text[4] != '-'
            || text[7] != '-'
            || text[10] != 'T'
            || text[13] != ':'
            || text[16] != ':'
            || !TryNumber(text[..4], out var year)
            || !TryNumber(text[5..7], out var month)
            || !TryNumber(text[8..10], out var day)
            || !TryNumber(text[11..13], out var hour)
            || !TryNumber(text[14..16], out var minute)
            || !TryNumber(text[17..19], out var second)
        )
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        if (!TryFraction(text[19..], out nanos, out var zone) || !TryZone(zone, out var offset))
            return false;
        var date = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        seconds = (date.Ticks / TimeSpan.TicksPerSecond) + FirstSecond - offset;
        return seconds is >= FirstSecond and <= LastSecond;
    }

    public static bool TryDuration(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        nanos = 0;
        seconds = 0;
        var negative = text is [(byte)'-', ..];
        text = negative ? text[1..] : text;
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end is < 1 or > 12 || !Utf8Parser.TryParse(text[..end], out seconds, out _))
            return false;
        if (
            seconds > LongestSeconds
            || !TryFraction(text[end..], out nanos, out var rest)
            || rest is not [(byte)'s']
        )
            return false;
        if (seconds == LongestSeconds && nanos > 0)
            return false;
        (seconds, nanos) = negative ? (-seconds, -nanos) : (seconds, nanos);
        return true;
    }

    /// <summary>Writes a time; 30 bytes are enough. Returns the length, or 0 when it is out of range.</summary>
    public static int WriteTimestamp(long seconds, int nanos, Span<byte> into)
    {
        if (seconds is < FirstSecond or > LastSecond || nanos is < 0 or > 999_999_999)
            return 0;
        var date = new DateTime(
            (seconds - FirstSecond) * TimeSpan.TicksPerSecond,
            DateTimeKind.Utc
        );
        date.TryFormat(into, out var length, "yyyy-MM-ddTHH:mm:ss");
        length += WriteFraction(nanos, into[length..]);
        into[length++] = (byte)'Z';
        return length;
    }

    /// <summary>Writes a duration; 25 bytes are enough. Returns the length, or 0 when it is out of range.</summary>
    public static int WriteDuration(long seconds, int nanos, Span<byte> into)
    {
        if (
            seconds is < -LongestSeconds or > LongestSeconds
            || nanos is < -999_999_999 or > 999_999_999
        )
            return 0;
        if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
            return 0;
        var length = 0;
        if (seconds < 0 || nanos < 0)
            into[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Math.Abs(seconds), into[length..], out var written);
        length += written;
        length += WriteFraction(Math.Abs(nanos), into[length..]);
        into[length++] = (byte)'s';
        return length;
    }

    /// <summary>Nothing, or a point and 3, 6 or 9 digits.</summary>
    private static int WriteFraction(int nanos, Span<byte> into)
    {
        if (nanos == 0)
            return 0;
        var digits =
            nanos % 1_000_000 == 0 ? 3
            : nanos % 1000 == 0 ? 6
            : 9;
        into[0] = (byte)'.';
        for (var (i, rest) = (9, nanos); i > 0; i--, rest /= 10)
        {
            if (i <= digits)
                into[i] = (byte)('0' + (rest % 10));
        }

        return digits + 1;
    }

    private static bool TryFraction(
        ReadOnlySpan<byte> text,
        out int nanos,
        out ReadOnlySpan<byte> rest
    )
    {
        nanos = 0;
        rest = text;
        if (text is not [(byte)'.', ..])
            return true;
        var end = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end is < 1 or > 9)
            return false;
        TryNumber(text.Slice(1, end), out nanos);
        for (var i = end; i < 9; i++)
            nanos *= 10;
        rest = text[(end + 1)..];
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text is [(byte)'Z'])
            return true;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        if (
            !TryNumber(text[1..3], out var hours)
            || !TryNumber(text[4..6], out var minutes)
            || hours > 23
            || minutes > 59
        )
            return false;
        seconds = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
