using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Language.Expressions.Syntax;

/// <summary>How a literal begins: its prefix letters and its quotes.</summary>
/// <param name="Length">Characters before the content.</param>
/// <param name="Quote">One or three quote characters.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StringPrefix(int Length, string Quote, bool IsRaw, bool IsBytes);

/// <summary>Reads literals of strings and bytes, with their escapes.</summary>
internal static class StringLiteral
{
    /// <summary>What begins here, or null when it is no such literal.</summary>
    public static StringPrefix? Prefix(string text, int at)
    {
        var start = at;
        bool raw = false,
            bytes = false;
        for (; at < text.Length && at - start < 2; at++)
        {
            if (text[at] is 'r' or 'R' && !raw)
                raw = true;
            else if (text[at] is 'b' or 'B' && !bytes && !raw)
                bytes = true;
            else
                break;
        }

        if (at == text.Length || text[at] is not ('"' or '\''))
            return null;
        var quote = text[at].ToString();
        if (string.CompareOrdinal(text, at, new string(text[at], 3), 0, 3) == 0)
            quote = new(text[at], 3);
        return new(at - start + quote.Length, quote, raw, bytes);
    }

    /// <summary>The content as bytes (of UTF-8 for a string) and the offset behind the closing quote; null after a mistake.</summary>
    public static (byte[] Data, int End)? Read(
        string text,
        int start,
        StringPrefix prefix,
        ExpressionMistakes mistakes
    )
    {
        var data = new List<byte>();
        var at = start + prefix.Length;
        while (true)
        {
            if (at >= text.Length || (prefix.Quote.Length == 1 && text[at] is '\n' or '\r'))
            {
                mistakes.Add(
                    ExpressionMistakes.Syntax,
                    $"The text that begins here has no closing `{prefix.Quote}`.",
                    start
                );
                return null;
            }
            if (string.CompareOrdinal(text, at, prefix.Quote, 0, prefix.Quote.Length) == 0)
                return ([.. data], at + prefix.Quote.Length);
            if (text[at] == '\\' && !prefix.IsRaw)
            {
                if (Escape(text, ref at, prefix.IsBytes, data) is not { } fault)
                    continue;
                mistakes.Add(ExpressionMistakes.Syntax, fault, at);
                return null;
            }
            if (
                Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length)
                != OperationStatus.Done
            )
            {
                mistakes.Add(
                    ExpressionMistakes.Syntax,
                    "Half a surrogate pair is no character.",
                    at
                );
                return null;
            }
            Add(rune, data);
            at += length;
        }
    }

    /// <summary>Reads one escape and moves behind it; the text of the mistake if it is none.</summary>
    private static string? Escape(string text, ref int at, bool bytes, List<byte> data)
    {
        var c = at + 1 < text.Length ? text[at + 1] : '\0';
        if (Simple(c) is { } simple)
        {
            data.Add(simple);
            at += 2;
            return null;
        }

        var (digits, radix, skip) = c switch
        {
            'x' or 'X' => (2, 16, 2),
            'u' when !bytes => (4, 16, 2),
            'U' when !bytes => (8, 16, 2),
            >= '0' and <= '3' => (3, 8, 1),
            _ => (0, 0, 0),
        };
        if (digits == 0)
            return c is 'u' or 'U'
                ? "`\\u` stands for a character; bytes are written `\\x`."
                : $"`\\{Documents.Shown.Text(c == '\0' ? "" : c.ToString())}` is no escape; a backslash itself is written `\\\\`.";
        if (Code(text, at + skip, digits, radix) is not { } code)
            return $"The escape `\\{c}` needs {digits} {(radix == 8 ? "octal" : "hexadecimal")} digits.";
        if (bytes)
            data.Add((byte)code);
        else if (Rune.IsValid(code))
            Add(new Rune(code), data);
        else
            return "The escape names no Unicode character.";
        at += skip + digits;
        return null;
    }

    private static byte? Simple(char c) =>
        c switch
        {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' or '?' or '"' or '\'' or '`' => (byte)c,
            _ => null,
        };

    private static uint? Code(string text, int at, int digits, int radix)
    {
        if (at + digits > text.Length)
            return null;
        var code = 0u;
        foreach (var c in text.AsSpan(at, digits))
        {
            if (!char.IsAsciiHexDigit(c) || (radix == 8 && c is < '0' or > '7'))
                return null;
            code =
                (code * (uint)radix)
                + uint.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return code;
    }

    private static void Add(Rune rune, List<byte> data)
    {
        Span<byte> utf8 = stackalloc byte[4];
        data.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
    }
}
