using System.Runtime.InteropServices;

namespace Sluice.Language.Protos.Json;

internal enum NumberOutcome
{
    Good,
    NoNumber,
    NotWhole,
    TooLarge,
}

/// <summary>Exact integers from JSON's number grammar: <c>1e3</c> and <c>5.0</c> are whole numbers too.</summary>
internal static class JsonNumbers
{
    /// <summary>Longer numbers are refused unread.</summary>
    public const int MaxLength = 1000;

    /// <summary>Splits a number into sign and magnitude.</summary>
    public static NumberOutcome Integer(
        ReadOnlySpan<byte> text,
        out bool negative,
        out ulong magnitude
    )
    {
        magnitude = 0;
        negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > MaxLength)
            return digits.Length == 0 ? NumberOutcome.NoNumber : NumberOutcome.TooLarge;
        // The common case: few plain digits.
        if (digits.Length <= 19)
        {
            var i = 0;
            for (; i < digits.Length && (uint)(digits[i] - '0') <= 9; i++)
                magnitude = (magnitude * 10) + (uint)(digits[i] - '0');
            if (i == digits.Length && (digits[0] != '0' || i == 1))
                return NumberOutcome.Good;
        }

        return Grammar(digits, out var parts)
            ? Exact(digits, parts, out magnitude)
            : NumberOutcome.NoNumber;
    }

    /// <summary>Whether the text is a number as JSON writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= MaxLength && Grammar(text[0] == '-' ? text[1..] : text, out _);

    /// <summary>How many digits stand before and after the point, and the exponent.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Parts(int Whole, int Fraction, int Exponent);

    private static bool Grammar(ReadOnlySpan<byte> text, out Parts parts)
    {
        parts = default;
        var whole = Digits(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
            return false;
        var rest = text[whole..];
        var fraction = 0;
        if (rest is [(byte)'.', ..])
        {
            fraction = Digits(rest[1..]);
            if (fraction == 0)
                return false;
            rest = rest[(fraction + 1)..];
        }

        var exponent = 0;
        if (rest is [(byte)'e' or (byte)'E', ..])
        {
            rest = rest[1..];
            var minus = rest is [(byte)'-', ..];
            rest = rest is [(byte)'-' or (byte)'+', ..] ? rest[1..] : rest;
            var count = Digits(rest);
            if (count == 0)
                return false;
            foreach (var digit in rest[..count])
                exponent = Math.Min((exponent * 10) + (digit - '0'), 1_000_000);
            exponent = minus ? -exponent : exponent;
            rest = rest[count..];
        }

        parts = new(whole, fraction, exponent);
        return rest.IsEmpty;
    }

    private static NumberOutcome Exact(ReadOnlySpan<byte> text, Parts parts, out ulong magnitude)
    {
        magnitude = 0;
        var count = parts.Whole + parts.Fraction;
        // Digits that stay before the point once the exponent has moved it.
        var kept = (long)parts.Whole + parts.Exponent;
        UInt128 value = 0;
        for (var i = 0; i < Math.Max(count, kept); i++)
        {
            var digit = i >= count ? 0 : text[i < parts.Whole ? i : i + 1] - '0';
            if (i >= kept)
            {
                if (digit != 0)
                    return NumberOutcome.NotWhole;
                continue;
            }

            value = (value * 10) + (uint)digit;
            if (value > ulong.MaxValue)
                return NumberOutcome.TooLarge;
            if (value == 0 && i >= count)
                break;
        }

        magnitude = (ulong)value;
        return NumberOutcome.Good;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
