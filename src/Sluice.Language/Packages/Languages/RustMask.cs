namespace Sluice.Language.Packages.Languages;

/// <summary>Blanks out the comments, texts and characters of Rust source.</summary>
internal static class RustMask
{
    public static MaskedSource Mask(string text)
    {
        var code = text.ToCharArray();
        for (var i = 0; i < text.Length; )
            i = Next(text, code, i);
        return new MaskedSource(text, new string(code));
    }

    private static int Next(string text, char[] code, int i) =>
        text.AsSpan(i) switch
        {
            ['/', '/', ..] => MaskedSource.Blank(code, i, End(text, "\n", i)),
            ['/', '*', ..] => MaskedSource.Blank(code, i, AfterComment(text, i)),
            ['r', '"' or '#', ..] when BeginsWord(text, i) => Raw(text, code, i + 1),
            ['b', 'r', '"' or '#', ..] when BeginsWord(text, i) => Raw(text, code, i + 2),
            ['"', ..] => Quoted(text, code, i, '"'),
            // A tick begins a character when another closes it; else it is a lifetime's.
            ['\'', '\\', ..] or ['\'', _, '\'', ..] => Quoted(text, code, i, '\''),
            ['\'', var high, _, '\'', ..] when char.IsHighSurrogate(high) => Quoted(
                text,
                code,
                i,
                '\''
            ),
            _ => i + 1,
        };

    private static bool BeginsWord(string text, int i) =>
        i == 0
        || !(char.IsLetterOrDigit(text[i - 1]) || text[i - 1] == '_')
        || (text[i - 1] == 'b' && BeginsWord(text, i - 1));

    private static int End(string text, string sign, int from)
    {
        var end = from >= text.Length ? -1 : text.IndexOf(sign, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end;
    }

    /// <summary>Comments may hold comments.</summary>
    private static int AfterComment(string text, int i)
    {
        var depth = 0;
        while (i < text.Length)
        {
            var step = text.AsSpan(i) switch
            {
                ['/', '*', ..] => 1,
                ['*', '/', ..] => -1,
                _ => 0,
            };
            i += step == 0 ? 1 : 2;
            depth += step;
            if (depth == 0)
                break;
        }
        return Math.Min(i, text.Length);
    }

    /// <summary>As many hashes as open the text close it; <c>r#word</c> is a name and no text.</summary>
    private static int Raw(string text, char[] code, int from)
    {
        var open = from;
        while (open < text.Length && text[open] == '#')
            open++;
        if (open >= text.Length || text[open] != '"')
            return from;
        var end = End(text, '"' + new string('#', open - from), open + 1);
        MaskedSource.Blank(code, open + 1, end);
        return Math.Min(text.Length, end + 1 + open - from);
    }

    private static int Quoted(string text, char[] code, int open, char quote)
    {
        var i = open + 1;
        while (i < text.Length && text[i] != quote)
            i += text[i] == '\\' ? 2 : 1;
        i = Math.Min(i, text.Length);
        MaskedSource.Blank(code, open + 1, i);
        return i + 1;
    }
}
