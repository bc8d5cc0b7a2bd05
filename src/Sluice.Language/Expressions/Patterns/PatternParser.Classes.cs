using System.Globalization;

namespace Sluice.Language.Expressions.Patterns;

/// <summary>This part: escapes and classes of characters.</summary>
internal sealed partial class PatternParser
{
    private const string Digits = "09";
    private const string Word = "09AZ__az";
    private const string Space = "\t\n\f\r  ";

    private static readonly Dictionary<string, string> Named = new()
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\u007F",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\u001F\u007F\u007F",
        ["digit"] = Digits,
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = Word,
        ["xdigit"] = "09AFaf",
    };

    private PatternTree Escape()
    {
        switch (Now)
        {
            case 'b':
                at++;
                return new PlaceTree(Place.WordEdge);
            case 'B':
                at++;
                return new PlaceTree(Place.NoWordEdge);
            case 'A':
                at++;
                return new PlaceTree(Place.TextStart);
            case 'z':
                at++;
                return new PlaceTree(Place.TextEnd);
        }

        var set = new CharacterSet { IgnoresCase = ignoresCase };
        if (!Family(set))
        {
            var c = Character();
            set.Add(c, c);
        }

        return new SetTree(set);
    }

    /// <summary>Takes <c>d</c>, <c>W</c>, <c>p{Lu}</c> and the like behind a backslash.</summary>
    private bool Family(CharacterSet set)
    {
        switch (Now)
        {
            case 'd' or 'D':
                set.Add(Digits, text[at++] == 'D');
                return true;
            case 'w' or 'W':
                set.Add(Word, text[at++] == 'W');
                return true;
            case 's' or 'S':
                set.Add(Space, text[at++] == 'S');
                return true;
            case 'p' or 'P':
                Category(set);
                return true;
            default:
                return false;
        }
    }

    private void Category(CharacterSet set)
    {
        var without = text[at++] == 'P';
        var name = "";
        if (Take('{'))
        {
            if (Take('^'))
                without = !without;
            while (Now is > 0 and < 128 && Now != '}')
                name += (char)text[at++];
            if (!Take('}'))
                throw new PatternException("a `\\p{` is not closed");
        }
        else if (Now is > 0 and < 128)
            name += (char)text[at++];

        var mask = 0;
        foreach (var category in Enum.GetValues<UnicodeCategory>())
            if (Abbreviation(category).StartsWith(name, StringComparison.Ordinal))
                mask |= 1 << (int)category;
        if (name.Length is 0 or > 2 || mask == 0)
            throw new PatternException("only general categories such as `\\p{L}` are known");
        set.AddCategories(mask, without);
    }

    private static string Abbreviation(UnicodeCategory category) =>
        "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn".Substring(
            2 * (int)category,
            2
        );

    /// <summary>A single character behind a backslash.</summary>
    private int Character()
    {
        var c = at < text.Length ? text[at++] : -1;
        switch (c)
        {
            case 'a':
                return 7;
            case 'f':
                return '\f';
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'v':
                return '\v';
            case 'x':
                return Hexadecimal();
            case '0':
            case >= '1' and <= '7' when Now is >= '0' and <= '7':
                var octal = c - '0';
                for (var i = 0; i < 2 && Now is >= '0' and <= '7'; i++)
                    octal = (octal * 8) + text[at++] - '0';
                return octal;
            case > 0 and < 128 when !char.IsAsciiLetterOrDigit((char)c):
                return c;
            default:
                throw new PatternException("a backslash is followed by something unknown");
        }
    }

    private int Hexadecimal()
    {
        var braces = Take('{');
        var code = 0L;
        var digits = 0;
        while (Now is > 0 and < 128 && char.IsAsciiHexDigit((char)Now) && digits < (braces ? 8 : 2))
        {
            code = (code * 16) + Convert.ToInt32(((char)text[at++]).ToString(), 16);
            digits++;
        }

        return (braces ? digits > 0 && Take('}') : digits == 2) && code <= 0x10FFFF
            ? (int)code
            : throw new PatternException("`\\x` needs hexadecimal digits");
    }

    private SetTree Class()
    {
        var set = new CharacterSet { IgnoresCase = ignoresCase, IsNegated = Take('^') };
        for (var first = true; first || Now != ']'; first = false)
        {
            if (Now == -1)
                throw new PatternException("a `[` is not closed");
            if (Now == '[' && Peek(1) == ':')
            {
                Posix(set);
                continue;
            }
            if (Now == '\\')
            {
                at++;
                if (Family(set))
                    continue;
                at--;
            }

            var low = ClassCharacter();
            var high = low;
            if (Now == '-' && Peek(1) is not (']' or -1))
            {
                at++;
                high = ClassCharacter();
            }
            if (high < low)
                throw new PatternException("a range runs backwards");
            set.Add(low, high);
        }

        at++;
        return new(set);
    }

    private int ClassCharacter()
    {
        if (Now == -1)
            throw new PatternException("a `[` is not closed");
        var c = text[at++];
        return c == '\\' ? Character() : c;
    }

    private void Posix(CharacterSet set)
    {
        at += 2;
        var negated = Take('^');
        var name = "";
        while (Now is >= 'a' and <= 'z')
            name += (char)text[at++];
        if (!Take(':') || !Take(']') || !Named.TryGetValue(name, out var pairs))
            throw new PatternException("a class between `[:` and `:]` is unknown");
        set.Add(pairs, negated);
    }
}
