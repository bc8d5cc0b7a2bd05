using System.Text;

namespace Sluice.Language.Expressions.Patterns;

/// <summary>
/// Reads the syntax of RE2, in which no pattern can take more than linear time. The rest of Perl's is refused.
/// This part: groups, choices, repetitions.
/// </summary>
internal sealed partial class PatternParser
{
    private const int MostRepeats = 1000;
    private const int DeepestGroups = 50;
    private readonly int[] text;
    private int at;
    private int depth;
    private bool ignoresCase;
    private bool manyLines;
    private bool dotIsAll;

    private PatternParser(int[] text) => this.text = text;

    /// <summary>Null, with a part of a sentence that says why.</summary>
    public static PatternTree? Parse(ReadOnlySpan<byte> pattern, out string fault)
    {
        fault = "";
        var runes = new List<int>();
        foreach (var rune in Encoding.UTF8.GetString(pattern).EnumerateRunes())
            runes.Add(rune.Value);
        var parser = new PatternParser([.. runes]);
        try
        {
            var tree = parser.Choice();
            return parser.at == runes.Count
                ? tree
                : throw new PatternException("a `)` opens nowhere");
        }
        catch (PatternException e)
        {
            fault = e.Message;
            return null;
        }
    }

    private int Now => at < text.Length ? text[at] : -1;

    private int Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : -1;

    private bool Take(int c)
    {
        if (Now != c)
            return false;
        at++;
        return true;
    }

    private PatternTree Choice()
    {
        if (++depth > DeepestGroups)
            throw new PatternException("its groups are nested too deep");
        var parts = new List<PatternTree> { Sequence() };
        while (Take('|'))
            parts.Add(Sequence());
        depth--;
        return parts.Count == 1 ? parts[0] : new ChoiceTree(parts);
    }

    private SequenceTree Sequence()
    {
        var parts = new List<PatternTree>();
        while (Now is not (-1 or '|' or ')'))
        {
            if (Now == '\\' && Peek(1) == 'Q')
                Quoted(parts);
            else if (Atom() is { } atom)
                parts.Add(Repeated(atom));
        }

        return new(parts);
    }

    private void Quoted(List<PatternTree> parts)
    {
        at += 2;
        var before = parts.Count;
        while (Now >= 0 && !(Now == '\\' && Peek(1) == 'E'))
            parts.Add(One(text[at++]));
        at = Math.Min(text.Length, at + 2);
        if (parts.Count > before)
            parts[^1] = Repeated(parts[^1]);
    }

    private SetTree One(int c) => new(new CharacterSet { IgnoresCase = ignoresCase }.Add(c, c));

    private PatternTree Repeated(PatternTree part)
    {
        var (least, most) = Repeat();
        if (least < 0)
            return part;
        // Whether as much or as little as possible is taken makes no difference to whether it matches.
        Take('?');
        var next = at;
        if (Repeat().Least >= 0)
            throw new PatternException("a repetition is repeated");
        at = next;
        return new RepeatTree(part, least, most);
    }

    private (int Least, int Most) Repeat()
    {
        if (Take('*'))
            return (0, -1);
        if (Take('+'))
            return (1, -1);
        if (Take('?'))
            return (0, 1);
        var start = at;
        if (Take('{') && Number() is { } least)
        {
            var most = least;
            if (Take(','))
                most = Now == '}' ? -1 : Number() ?? -2;
            if (most >= -1 && Take('}'))
                return least > MostRepeats || most > MostRepeats || (most >= 0 && most < least)
                    ? throw new PatternException("a number of repetitions is out of range")
                    : (least, most);
        }

        at = start;
        return (-1, 0);
    }

    private int? Number()
    {
        var start = at;
        var number = 0;
        while (Now is >= '0' and <= '9')
            number = Math.Min(MostRepeats + 1, (number * 10) + text[at++] - '0');
        return at == start ? null : number;
    }

    /// <summary>Null for what only sets flags.</summary>
    private PatternTree? Atom()
    {
        var c = text[at++];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '.':
                return new SetTree(dotIsAll ? CharacterSet.Any : CharacterSet.NoNewline);
            case '^':
                return new PlaceTree(manyLines ? Place.LineStart : Place.TextStart);
            case '$':
                return new PlaceTree(manyLines ? Place.LineEnd : Place.TextEnd);
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                throw new PatternException("a repetition repeats nothing");
            default:
                return One(c);
        }
    }

    private PatternTree? Group()
    {
        var (i, m, s) = (ignoresCase, manyLines, dotIsAll);
        if (Take('?') && !Head())
            return null;
        var inner = Choice();
        if (!Take(')'))
            throw new PatternException("a `(` is not closed");
        (ignoresCase, manyLines, dotIsAll) = (i, m, s);
        return inner;
    }

    /// <summary>What follows <c>(?</c>. False when it was flags alone, which hold to the end of the group around them.</summary>
    private bool Head()
    {
        if (Now == '<' || (Now == 'P' && Peek(1) == '<'))
        {
            at += Now == 'P' ? 2 : 1;
            var start = at;
            while (Now is '_' || (Now is > 0 and < 128 && char.IsAsciiLetterOrDigit((char)Now)))
                at++;
            return at > start && Take('>')
                ? true
                : throw new PatternException("what is between `(?` and `)` is unknown");
        }

        var on = true;
        while (true)
        {
            switch (at < text.Length ? text[at++] : -1)
            {
                case 'i':
                    ignoresCase = on;
                    break;
                case 'm':
                    manyLines = on;
                    break;
                case 's':
                    dotIsAll = on;
                    break;
                case 'U':
                    break;
                case '-' when on:
                    on = false;
                    break;
                case ':':
                    return true;
                case ')':
                    return false;
                default:
                    throw new PatternException("what is between `(?` and `)` is unknown");
            }
        }
    }

    /// <summary>Ends the reading of a wrong pattern; never leaves this class.</summary>
    private sealed class PatternException(string fault) : Exception(fault);
}
