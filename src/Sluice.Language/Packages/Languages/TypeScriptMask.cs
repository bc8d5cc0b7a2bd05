namespace Sluice.Language.Packages.Languages;

/// <summary>Blanks out the comments, texts and regular expressions of TypeScript source; code inside of templates stays.</summary>
internal static class TypeScriptMask
{
    public static MaskedSource Mask(string text)
    {
        var code = text.ToCharArray();
        for (var i = 0; i < text.Length; )
            i = Next(text, code, i, 0);
        return new MaskedSource(text, new string(code));
    }

    private static int Next(string text, char[] code, int i, int depth) =>
        text.AsSpan(i) switch
        {
            ['/', '/', ..] => MaskedSource.Blank(code, i, End(text, "\n", i + 2)),
            ['/', '*', ..] => MaskedSource.Blank(
                code,
                i,
                Math.Min(text.Length, End(text, "*/", i + 2) + 2)
            ),
            ['/', ..] when BeginsExpression(code, i) => Expression(text, code, i),
            ['"', ..] or ['\'', ..] => Quoted(text, code, i),
            ['`', ..] => Template(text, code, i, depth),
            _ => i + 1,
        };

    private static int End(string text, string sign, int from)
    {
        var end = from >= text.Length ? -1 : text.IndexOf(sign, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end;
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

    private static int Template(string text, char[] code, int open, int depth)
    {
        var from = open + 1;
        for (var i = from; i < text.Length; )
        {
            if (text[i] == '`')
            {
                MaskedSource.Blank(code, from, i);
                return i + 1;
            }
            if (text.AsSpan(i) is not ['$', '{', ..] || depth > 50)
            {
                i += text[i] == '\\' ? 2 : 1;
                continue;
            }
            MaskedSource.Blank(code, from, i + 1);
            i += 2;
            for (var braces = 1; i < text.Length && braces > 0; )
            {
                braces +=
                    text[i] == '{' ? 1
                    : text[i] == '}' ? -1
                    : 0;
                i = Next(text, code, i, depth + 1);
            }
            from = Math.Min(i, text.Length);
        }
        MaskedSource.Blank(code, from, text.Length);
        return text.Length;
    }

    /// <summary>A slash divides behind a value, and begins a regular expression behind anything else.</summary>
    private static bool BeginsExpression(char[] code, int at)
    {
        var i = at - 1;
        while (i >= 0 && code[i] is ' ' or '\t' or '\r' or '\n')
            i--;
        if (i < 0)
            return true;
        if (!char.IsAsciiLetterOrDigit(code[i]) && code[i] is not ('_' or '$'))
            return code[i] is not (')' or ']' or '}' or '"' or '\'' or '`');
        var end = i + 1;
        while (i >= 0 && (char.IsAsciiLetterOrDigit(code[i]) || code[i] is '_' or '$'))
            i--;
        return new string(code, i + 1, end - i - 1)
            is "return"
                or "typeof"
                or "case"
                or "in"
                or "of"
                or "await"
                or "yield"
                or "void"
                or "else"
                or "do"
                or "throw";
    }

    private static int Expression(string text, char[] code, int open)
    {
        var inClass = false;
        var i = open + 1;
        while (i < text.Length && text[i] != '\n' && (text[i] != '/' || inClass))
        {
            inClass = text[i] == '[' || (inClass && text[i] != ']');
            i += text[i] == '\\' ? 2 : 1;
        }
        i = Math.Min(i, text.Length);
        MaskedSource.Blank(code, open + 1, i);
        return i + 1;
    }
}
