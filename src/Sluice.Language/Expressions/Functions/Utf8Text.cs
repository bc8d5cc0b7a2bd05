using System.Buffers;
using System.Text;

namespace Sluice.Language.Expressions.Functions;

/// <summary>Strings are UTF-8; positions in them count characters (code points).</summary>
internal static class Utf8Text
{
    /// <summary>From here on a search may not go back over what it has read.</summary>
    private const int ShortNeedle = 16;

    /// <summary>How many characters.</summary>
    public static long Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var b in text)
            count += (sbyte)b > -0x41 ? 1 : 0;
        return count;
    }

    /// <summary>Offset in bytes of the character at a place; the length for the place behind the last; -1 beyond.</summary>
    public static int Offset(ReadOnlySpan<byte> text, long place)
    {
        if (place < 0)
            return -1;
        var at = 0;
        for (; place > 0 && at < text.Length; place--)
        {
            at++;
            while (at < text.Length && (text[at] & 0xC0) == 0x80)
                at++;
        }

        return place > 0 ? -1 : at;
    }

    /// <summary>Offset in bytes of the first occurrence, or -1; the time is linear whatever the two hold.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> needle)
    {
        if (needle.Length <= ShortNeedle)
            return text.IndexOf(needle);
        if (needle.Length > text.Length)
            return -1;
        // Knuth, Morris, Pratt: `back[i]` is the longest proper prefix of the needle that ends at i.
        var back = new int[needle.Length];
        for (int i = 1, length = 0; i < needle.Length; i++)
        {
            while (length > 0 && needle[i] != needle[length])
                length = back[length - 1];
            length += needle[i] == needle[length] ? 1 : 0;
            back[i] = length;
        }

        for (int i = 0, length = 0; i < text.Length; i++)
        {
            while (length > 0 && text[i] != needle[length])
                length = back[length - 1];
            length += text[i] == needle[length] ? 1 : 0;
            if (length == needle.Length)
                return i - length + 1;
        }

        return -1;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text, out int start)
    {
        start = 0;
        while (
            Rune.DecodeFromUtf8(text[start..], out var rune, out var length) == OperationStatus.Done
            && Rune.IsWhiteSpace(rune)
        )
            start += length;
        var end = text.Length;
        while (
            end > start
            && Rune.DecodeLastFromUtf8(text[start..end], out var rune, out var length)
                == OperationStatus.Done
            && Rune.IsWhiteSpace(rune)
        )
            end -= length;
        return text[start..end];
    }
}
