using System.Globalization;
using System.Text;

namespace Sluice.Language.Expressions.Patterns;

/// <summary>The characters that one step of a pattern takes.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;
    private readonly List<(int First, int Last)> ranges = [];
    private readonly List<(int Categories, bool Without)> categories = [];

    public bool IsNegated { get; set; }

    /// <summary>Capital and small letters are one.</summary>
    public bool IgnoresCase { get; init; }

    public static CharacterSet Any { get; } = new CharacterSet().Add(0, Last);

    public static CharacterSet NoNewline { get; } =
        new CharacterSet().Add(0, '\n' - 1).Add('\n' + 1, Last);

    public CharacterSet Add(int first, int last)
    {
        ranges.Add((first, last));
        return this;
    }

    /// <summary>Pairs of first and last, in ascending order; all that is in none of them when negated.</summary>
    public void Add(string pairs, bool negated)
    {
        var next = 0;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (!negated)
                Add(pairs[i], pairs[i + 1]);
            else if (next < pairs[i])
                Add(next, pairs[i] - 1);
            next = pairs[i + 1] + 1;
        }

        if (negated)
            Add(next, Last);
    }

    /// <param name="mask">A bit for each <see cref="UnicodeCategory"/>.</param>
    public void AddCategories(int mask, bool without) => categories.Add((mask, without));

    public bool Has(Rune rune)
    {
        var found =
            Listed(rune)
            || (
                IgnoresCase
                && (Listed(Rune.ToLowerInvariant(rune)) || Listed(Rune.ToUpperInvariant(rune)))
            );
        return found != IsNegated;
    }

    private bool Listed(Rune rune)
    {
        foreach (var (first, last) in ranges)
            if (rune.Value >= first && rune.Value <= last)
                return true;
        foreach (var (mask, without) in categories)
            if (((mask >> (int)Rune.GetUnicodeCategory(rune)) & 1) == 1 != without)
                return true;
        return false;
    }
}
