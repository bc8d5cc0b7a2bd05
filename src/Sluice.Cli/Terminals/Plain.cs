using System.Globalization;
using System.Text;

namespace Sluice.Cli.Terminals;

/// <summary>Text from elsewhere, made harmless: what a server, a build or a file says must not steer the terminal.</summary>
internal static class Plain
{
    /// <summary>One line: control characters become a space, direction marks disappear.</summary>
    public static string Line(string? text) => Filter(text, keepLines: false);

    /// <summary>As <see cref="Line"/>, with line ends and tabs kept.</summary>
    public static string Text(string? text) => Filter(text, keepLines: true);

    /// <summary>JSON whose strings hold no character that a terminal would obey; what is escaped reads back the same.</summary>
    public static string Json(string json)
    {
        var escaped = new StringBuilder(json.Length);
        foreach (var c in json)
        {
            if (IsDirection(c) || (char.IsControl(c) && c is not '\n'))
                escaped.Append($"\\u{(int)c:x4}");
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    private static string Filter(string? text, bool keepLines)
    {
        if (text is null)
            return "";
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (keepLines && c is '\n' or '\t' || !char.IsControl(c) && !IsDirection(c))
                plain.Append(c);
            else if (!keepLines && c is '\n' or '\t')
                plain.Append(' ');
        }
        return plain.ToString();
    }

    // Bidirectional overrides and the like reorder what stands around them; line separators break a table.
    private static bool IsDirection(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
