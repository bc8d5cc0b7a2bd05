namespace Sluice.Language.Packages.Languages;

/// <summary>Blanks out the comments and strings of Python source.</summary>
internal static class PythonMask
{
    public static MaskedSource Mask(string text)
    {
        var code = text.ToCharArray();
        for (var i = 0; i < text.Length; )
            i = text[i] switch
            {
                '#' => MaskedSource.Blank(code, i, End(text, i)),
                '"' or '\'' => MaskString(text, code, i),
                _ => i + 1,
            };
        return new MaskedSource(text, new string(code));
    }

    private static int End(string text, int from)
    {
        var end = text.IndexOf('\n', from);
        return end < 0 ? text.Length : end;
    }

    private static int MaskString(string text, char[] code, int open)
    {
        var quote = text[open];
        var triple = text.AsSpan(open).StartsWith([quote, quote, quote]);
        var width = triple ? 3 : 1;
        for (var i = open + width; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '\n' && !triple)
                return MaskedSource.Blank(code, open + 1, i);
            else if (
                text[i] == quote
                && (!triple || text.AsSpan(i).StartsWith([quote, quote, quote]))
            )
            {
                MaskedSource.Blank(code, open + width, i);
                return i + width;
            }
        }
        return MaskedSource.Blank(code, open + 1, text.Length);
    }
}
