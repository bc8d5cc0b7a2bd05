namespace Sluice.Language.Packages.Languages;

/// <summary>Blanks out the comments, strings, text blocks and characters of Java source.</summary>
internal static class JavaMask
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
            ['/', '/', ..] => MaskedSource.Blank(code, i, End(text, "\n", i + 2)),
            ['/', '*', ..] => MaskedSource.Blank(
                code,
                i,
                Math.Min(text.Length, End(text, "*/", i + 2) + 2)
            ),
            ['"', '"', '"', ..] => Block(text, code, i + 3),
            ['"', ..] or ['\'', ..] => Quoted(text, code, i),
            _ => i + 1,
        };

    private static int End(string text, string sign, int from)
    {
        var end = from >= text.Length ? -1 : text.IndexOf(sign, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end;
    }

    private static int Block(string text, char[] code, int start)
    {
        var i = start;
        while (i < text.Length && text.AsSpan(i) is not ['"', '"', '"', ..])
            i += text[i] == '\\' ? 2 : 1;
        i = Math.Min(i, text.Length);
        MaskedSource.Blank(code, start, i);
        return i + 3;
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
