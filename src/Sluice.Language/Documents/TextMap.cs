namespace Sluice.Language.Documents;

/// <summary>Finds where a character of a value stands in the document, whatever notation the author chose for the value.</summary>
internal static class TextMap
{
    /// <param name="document">The whole text.</param>
    /// <param name="line">Where the value begins, with its quote or block sign; from 1.</param>
    /// <param name="column">From 1.</param>
    /// <param name="valueLine">The line within the value, from 1.</param>
    /// <param name="valueColumn">The column in that line, from 1.</param>
    /// <param name="value">The value as it was read.</param>
    public static (int Line, int Column) Find(
        string document,
        int line,
        int column,
        string value,
        int valueLine,
        int valueColumn
    )
    {
        var at = IndexOf(document, line, column);
        if (at >= document.Length)
            return (line, column);
        var offset = IndexOf(value, valueLine, valueColumn);
        var found = document[at] switch
        {
            '|' or '>' => Block(document, at, offset),
            '"' => Flow(document, at + 1, offset, Double),
            '\'' => Flow(document, at + 1, offset, Single),
            _ => Flow(document, at, offset, Plain),
        };
        return PositionOf(document, Math.Min(found, document.Length));
    }

    private static int IndexOf(string text, int line, int column)
    {
        var at = 0;
        for (var i = 1; i < line; i++)
        {
            at = text.IndexOf('\n', at) + 1;
            if (at == 0)
                return text.Length;
        }
        return Math.Min(at + column - 1, text.Length);
    }

    private static (int Line, int Column) PositionOf(string text, int at)
    {
        var before = text.AsSpan(0, at);
        return (before.Count('\n') + 1, at - (before.LastIndexOf('\n') + 1) + 1);
    }

    /// <summary>Walks a value that lies in one line or is folded over several.</summary>
    /// <param name="step">How many characters of the document the next character of the value takes, and how many it stands for.</param>
    private static int Flow(
        string document,
        int at,
        int offset,
        Func<string, int, (int Taken, int Given)> step
    )
    {
        while (offset > 0 && at < document.Length)
        {
            var (taken, given) = Fold(document, at) ?? step(document, at);
            if (given > offset)
                break;
            at += taken;
            offset -= given;
        }
        return at;
    }

    /// <summary>Line ends within a value: one stands for a space, more for one line end less; the spaces around them for nothing.</summary>
    private static (int Taken, int Given)? Fold(string document, int at)
    {
        var end = at;
        var lines = 0;
        while (end < document.Length && char.IsWhiteSpace(document[end]))
            lines += document[end++] == '\n' ? 1 : 0;
        return lines == 0 ? null : (end - at, Math.Max(1, lines - 1));
    }

    private static (int, int) Plain(string document, int at) => (1, 1);

    private static (int, int) Single(string document, int at) =>
        document[at] == '\'' ? (2, 1) : (1, 1);

    private static (int, int) Double(string document, int at)
    {
        if (document[at] != '\\' || at + 1 == document.Length)
            return (1, 1);
        return document[at + 1] switch
        {
            'x' => (4, 1),
            'u' => (6, 1),
            'U' => (10, 2),
            '\n' => (2 + Indent(document, at + 2), 0),
            _ => (2, 1),
        };
    }

    private static int Indent(string document, int at)
    {
        var end = at;
        while (end < document.Length && document[end] is ' ' or '\t')
            end++;
        return end - at;
    }

    private static int Block(string document, int at, int offset)
    {
        var folded = document[at] == '>';
        var start = document.IndexOf('\n', at) + 1;
        if (start == 0)
            return document.Length;
        var first = start;
        while (first < document.Length && char.IsWhiteSpace(document[first]))
            first++;
        var indent = first - (document.LastIndexOf('\n', Math.Max(0, first - 1)) + 1);
        if (folded)
            return Flow(document, first, offset, Plain);
        var line = start;
        while (line < document.Length)
        {
            var end = document.IndexOf('\n', line);
            end = end < 0 ? document.Length : end;
            var content = Math.Min(line + indent, end);
            if (offset <= end - content)
                return content + offset;
            offset -= end - content + 1;
            line = end + 1;
        }
        return document.Length;
    }
}
