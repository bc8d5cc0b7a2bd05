using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Memory;

/// <summary>
/// Words of texts as both databases are given them: lower case, without accents, letters and digits only, and each
/// sign of a script without spaces on its own. So an entry is found alike on both.
/// </summary>
internal static class MemoryWords
{
    /// <summary>Longer words are cut.</summary>
    private const int Longest = 64;

    /// <summary>Words of a query beyond these are not looked for.</summary>
    private const int MostAsked = 32;

    /// <summary>Words with so many signs are also found at the beginning of longer ones.</summary>
    public const int PrefixFrom = 3;

    // The program knows no other rules of languages than these (it is built without them), whatever the machine.
    private const string Accented =
        "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝ"
        + "şšţťŧũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳ";

    private const string Without =
        "aaaaaaceeeeiiiinoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrss"
        + "sstttuuuuuuwyzzzouaiouuuuuaagkoojgnaaaeeiioorruusthaeooooy";

    private static readonly FrozenDictionary<char, string> Folded = Accented
        .Zip(Without, (letter, plain) => (letter, plain: plain.ToString()))
        .Concat([('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('þ', "th")])
        .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>All words of a text in their order.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
                continue;
            var alone = IsWithoutSpaces(rune.Value);
            if (alone || !Rune.IsLetterOrDigit(rune))
                Take();
            if (!Rune.IsLetterOrDigit(rune))
                continue;
            if (word.Length < Longest)
                word.Append(Fold(Rune.ToLowerInvariant(rune)));
            if (alone)
                Take();
        }
        Take();
        return words;

        void Take()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    private static string Fold(Rune rune) =>
        rune.IsBmp && Folded.TryGetValue((char)rune.Value, out var plain) ? plain : rune.ToString();

    /// <summary>What is looked for: each word once.</summary>
    public static List<string> Asked(string query) => [.. Of(query).Distinct().Take(MostAsked)];

    /// <summary>What is written to the index for an entry.</summary>
    public static Task<int> Insert(
        Session session,
        string tenantId,
        string entryId,
        IEnumerable<string> marks,
        string content
    )
    {
        var words = Of(content);
        return session.Dialect == Dialect.Sqlite
            ? session
                .Of(tenantId)
                .Execute(
                    "INSERT INTO memory_words (tenant_id, entry_id, marks, words) VALUES (@tenant, @entryId, @marks, @words)",
                    new
                    {
                        entryId,
                        marks = string.Join(' ', marks),
                        words = string.Join(' ', words),
                    }
                )
            : session
                .Of(tenantId)
                .Execute(
                    "INSERT INTO memory_words (tenant_id, entry_id, words) VALUES (@tenant, @entryId, array_to_tsvector(@words))",
                    // A word is only letters and digits, so it cannot be taken for a mark.
                    new { entryId, words = marks.Select(Mark).Concat(words).ToArray() }
                );
    }

    /// <summary>A condition on <c>memory_words</c> with one parameter, <c>@match</c>.</summary>
    public static string Condition(Session session) =>
        session.Dialect == Dialect.Sqlite
            ? "memory_words MATCH @match"
            : "memory_words.words @@ CAST(@match AS TSQUERY)";

    /// <summary>Best first, as far as the database can tell: which entries are looked at more closely.</summary>
    public static string Order(Session session) =>
        session.Dialect == Dialect.Sqlite
            ? "memory_words.rank, memory_words.entry_id DESC"
            : "ts_rank(memory_words.words, CAST(@match AS TSQUERY)) DESC, memory_words.entry_id DESC";

    /// <summary>The value of <c>@match</c>: any of the marks and, when there are words, any of these.</summary>
    public static string Match(Session session, string[] marks, List<string> words)
    {
        if (session.Dialect == Dialect.Sqlite)
        {
            var of = $"marks : ({string.Join(" OR ", marks.Select(mark => $"\"{mark}\""))})";
            var any = words.Select(word => $"\"{word}\"{(word.Length >= PrefixFrom ? " *" : "")}");
            return words.Count == 0 ? of : $"({of}) AND (words : ({string.Join(" OR ", any)}))";
        }
        var marked = $"({string.Join(" | ", marks.Select(mark => $"'{Mark(mark)}'"))})";
        var wanted = words.Select(word => $"'{word}'{(word.Length >= PrefixFrom ? ":*" : "")}");
        return words.Count == 0 ? marked : $"{marked} & ({string.Join(" | ", wanted)})";
    }

    private static string Mark(string mark) => "." + mark;

    /// <summary>Han, Kana, Thai, Lao and Khmer: no spaces between words.</summary>
    private static bool IsWithoutSpaces(int rune) =>
        rune
            is >= 0x0E00
                and <= 0x0EFF
                or >= 0x1780
                and <= 0x17FF
                or >= 0x2E80
                and <= 0x312F
                or >= 0x31A0
                and <= 0x9FFF
                or >= 0xF900
                and <= 0xFAFF
                or >= 0x20000
                and <= 0x3FFFF;
}
