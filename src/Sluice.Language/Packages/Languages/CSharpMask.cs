namespace Sluice.Language.Packages.Languages;

/// <summary>Blanks out the comments, strings and characters of C# source. Code inside of interpolated strings counts as text.</summary>
internal static class CSharpMask
{
    public static MaskedSource Mask(string text)
    {
        var code = text.ToCharArray();
        for (var i = 0; i < text.Length; )
            i = Next(text, code, i);
        return new MaskedSource(text, new string(code));
    }

    private static int Next(string text, char[] code, int i)
    {
        var rest = text.AsSpan(i);
        return rest switch
        {
            ['/', '/', ..] => MaskedSource.Blank(code, i, End(text, "\n", i + 2)),
            ['/', '*', ..] => MaskedSource.Blank(code, i, After(text, "*/", i + 2)),
            ['"', '"', '"', ..] => Raw(text, code, i),
            ['@', '"', ..] => Verbatim(text, code, i + 2),
            ['@', '$', '"', ..] or ['$', '@', '"', ..] => Verbatim(text, code, i + 3),
            ['"', ..] or ['\'', ..] => Quoted(text, code, i),
            _ => i + 1,
        };
    }

    private static int End(string text, string sign, int from)
    {
        var end = from >= text.Length ? -1 : text.IndexOf(sign, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end;
    }

    private static int After(string text, string sign, int from) =>
        Math.Min(text.Length, End(text, sign, from) + sign.Length);

    /// <summary>Three quotes or more; as many close the text.</summary>
    private static int Raw(string text, char[] code, int open)
    {
        var count = 0;
        while (open + count < text.Length && text[open + count] == '"')
            count++;
        var quotes = new string('"', count);
        var end = End(text, quotes, open + count);
        MaskedSource.Blank(code, open + count, end);
        return Math.Min(text.Length, end + count);
    }

    private static int Verbatim(string text, char[] code, int start)
    {
        var i = start;
        while (i < text.Length && (text[i] != '"' || text.AsSpan(i) is ['"', '"', ..]))
            i += text[i] == '"' ? 2 : 1;
        i = Math.Min(i, text.Length);
        MaskedSource.Blank(code, start, i);
        return i + 1;
    }

    private static int Quoted(string text, char[] code, int open)
    {
        var i = open + 1;
        while (i < text.Length && text[i] != text[open] && text[i] != '\n')
            i += text[i] == '\\' ? 2 : 1;
        i = Math.Min(i, text.Length);
        MaskedSource.Blank(code, open + 1, i);
        return i + 1;
    }
}
