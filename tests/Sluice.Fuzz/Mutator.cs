using System.Globalization;

namespace Sluice.Fuzz;

/// <summary>Spoils texts, the same way for the same random numbers.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int Longest = 60_000;

    private static readonly string[] Nasty =
    [
        "\0",
        "\uFEFF",
        "\uD800",
        "\u202E",
        "\u2028",
        "𝒳",
        "\r\n",
        "\t",
        "\"",
        "'",
        "\\",
        "-0",
        "1e999",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "0x",
        "NaN",
        "null",
        "true",
        "{}",
        "[]",
        "[[[[[[[[",
        "{{{{{{{{",
        "((((((((",
        "))))))))",
        "&a",
        "*a",
        "!!binary",
        "---",
        "...",
        "//",
        "/*",
        "#",
    ];

    public string Mutate(IReadOnlyList<string> pool)
    {
        var text = pool[random.Next(pool.Count)];
        for (var times = random.Next(1, 6); times > 0; times--)
            text = Once(text, pool);
        return text.Length > Longest ? text[..Longest] : text;
    }

    private string Once(string text, IReadOnlyList<string> pool)
    {
        var (from, to) = Span(text);
        return random.Next(10) switch
        {
            0 => text.Remove(from, to - from),
            1 => text.Insert(to, text[from..to]),
            2 => text.Insert(from, Nasty[random.Next(Nasty.Length)]),
            3 or 4 => text[..from] + words[random.Next(words.Count)] + text[to..],
            5 => text.Insert(from, words[random.Next(words.Count)]),
            6 => text[..from] + Splice(pool) + text[to..],
            7 => Repeat(text, from, to),
            8 => Number(text),
            _ => Letter(text, from),
        };
    }

    /// <summary>Mostly short.</summary>
    private (int From, int To) Span(string text)
    {
        var from = random.Next(text.Length + 1);
        var length = (int)Math.Pow(2, random.NextDouble() * 8);
        return (from, Math.Min(text.Length, from + length));
    }

    private string Splice(IReadOnlyList<string> pool)
    {
        var other = pool[random.Next(pool.Count)];
        var (from, to) = Span(other);
        return other[from..to];
    }

    private string Repeat(string text, int from, int to) =>
        text.Insert(
            from,
            string.Concat(
                Enumerable.Repeat(text[from..to], random.Next(2, random.Next(8) == 0 ? 3000 : 20))
            )
        );

    private string Number(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('0', '9');
        if (at < 0)
            return text;
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        var number = random.Next(3) switch
        {
            0 => random.NextInt64(-3, 3),
            1 => random.NextInt64(),
            _ => 1L << random.Next(63),
        };
        return text[..at] + number.ToString(CultureInfo.InvariantCulture) + text[end..];
    }

    private string Letter(string text, int at) =>
        at == text.Length
            ? text
            : text[..at]
                + (char)random.Next(1, random.Next(4) == 0 ? 0x3000 : 0x7F)
                + text[(at + 1)..];
}
