namespace Sluice.Language.Packages.Languages;

/// <summary>
/// A source file beside a copy of equal length in which comments and the insides of strings are blanks: patterns are
/// looked for in the copy, so that nothing in a comment or a text is taken for code.
/// </summary>
/// <param name="Text">The file as it is.</param>
/// <param name="Code">The copy; quotes and line ends stay.</param>
internal sealed record MaskedSource(string Text, string Code)
{
    /// <summary>Blanks out a range, apart from line ends, and returns its end.</summary>
    public static int Blank(char[] code, int from, int to)
    {
        for (var i = from; i < to; i++)
            if (code[i] is not ('\n' or '\r'))
                code[i] = ' ';
        return to;
    }

    /// <summary>Line and column, from 1, of an index.</summary>
    public (int Line, int Column) At(int index)
    {
        var line = 1 + Text.AsSpan(0, index).Count('\n');
        var start = index == 0 ? 0 : Text.LastIndexOf('\n', index - 1) + 1;
        return (line, index - start + 1);
    }

    /// <summary>The text inside the quotes when a simple string literal starts at the index; else null.</summary>
    public string? Literal(int index)
    {
        if (index >= Code.Length || Code[index] is not ('"' or '\'' or '`'))
            return null;
        var end = Code.IndexOf(Code[index], index + 1);
        var inside = end > index + 1 ? Text[(index + 1)..end] : null;
        return inside is null || inside.Contains('\\') || inside.Contains('\n') ? null : inside;
    }

    /// <summary>The index of the bracket that closes the one at an index; -1 when there is none.</summary>
    public int Closing(int open)
    {
        var depth = 0;
        for (var i = open; i < Code.Length; i++)
            if (Code[i] is '(' or '[' or '{')
                depth++;
            else if (Code[i] is ')' or ']' or '}' && --depth == 0)
                return i;
        return -1;
    }

    /// <summary>The pieces of a range, cut at commas outside of brackets; positions stay those of the file.</summary>
    public IReadOnlyList<Range> Pieces(int start, int end)
    {
        var pieces = new List<Range>();
        var depth = 0;
        var from = start;
        for (var i = start; i <= end; i++)
        {
            var c = i == end ? ',' : Code[i];
            if (c is '(' or '[' or '{' or '<')
                depth++;
            else if (c is ')' or ']' or '}' or '>')
                depth--;
            else if (c == ',' && (depth == 0 || i == end))
            {
                if (!Code.AsSpan(from..i).IsWhiteSpace())
                    pieces.Add(from..i);
                from = i + 1;
            }
        }
        return pieces;
    }
}
