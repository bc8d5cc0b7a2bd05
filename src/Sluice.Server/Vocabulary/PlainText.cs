using System.Globalization;
using System.Text;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// Texts that people read beside others, such as names: one must look like what it is. Not plain is what shows as nothing or turns what
/// stands around it: control characters, ends of lines, marks of direction, blanks without a width. What joins the letters of a word
/// (U+200C and U+200D) belongs to names of people.
/// </summary>
internal static class PlainText
{
    public static bool Is(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsPlain(rune))
                return false;
        }
        return true;
    }

    /// <summary>What is plain of a text, and so much of it at most.</summary>
    public static string Of(string text, int most)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (plain.Length + rune.Utf16SequenceLength > most)
                break;
            if (IsPlain(rune))
                plain.Append(rune);
        }
        return plain.ToString();
    }

    private static bool IsPlain(Rune rune) =>
        rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
