namespace Sluice.Language.Tests.Expressions;

/// <summary>Expressions of the grammar, mostly of right types, different for each seed.</summary>
internal sealed class RandomExpression(int seed)
{
    private static readonly string[] Numbers =
    [
        "n",
        "1",
        "-1",
        "0",
        "size(name)",
        "size(tags)",
        "line.count",
        "stock['a']",
        "int(d)",
        "9223372036854775807",
        "numbers[0]",
        "maybe",
        "int(u)",
        "took.getSeconds()",
        "at.getHours()",
        "x",
        "any.k[0]",
        "dyn(1u)",
    ];

    private static readonly string[] Texts =
    [
        "name",
        "'a'",
        "''",
        "line.text",
        "tags[0]",
        "string(n)",
        "toJson(value)",
        "config.REGION",
        "name.trim()",
        "any.k[1]",
        "y",
        "string(at)",
        "inputs.left.name",
        "line.?text.orValue('z')",
    ];

    private static readonly string[] Bools =
    [
        "yes",
        "true",
        "has(line.text)",
        "has(inputs.right)",
        "name == 'a'",
        "n > 0",
        "d < 1.5",
        "u == 7u",
        "1 / 0 == 1",
        "any.k[3].z",
        "data == b'a'",
        "at > timestamp(0)",
        "line == Line{}",
        "null == maybe",
    ];

    private readonly Random random = new(seed);

    public string Next(int depth) =>
        random.Next(4) switch
        {
            0 => Number(depth),
            1 => Text(depth),
            2 => List(depth),
            _ => Bool(depth),
        };

    private string Pick(params string[] from) => from[random.Next(from.Length)];

    private string Number(int depth) =>
        depth == 0
            ? Pick(Numbers)
            : random.Next(8) switch
            {
                0 => $"({Number(depth - 1)} {Pick("+", "-", "*", "/", "%")} {Number(depth - 1)})",
                1 => $"-({Number(depth - 1)})",
                2 => $"size({Text(depth - 1)})",
                3 => $"size({List(depth - 1)})",
                4 => $"({Bool(depth - 1)} ? {Number(depth - 1)} : {Number(depth - 1)})",
                5 => $"{List(depth - 1)}[{Number(depth - 1)}]",
                6 => $"{Text(depth - 1)}.indexOf({Text(depth - 1)})",
                _ => Pick(Numbers),
            };

    private string Text(int depth) =>
        depth == 0
            ? Pick(Texts)
            : random.Next(8) switch
            {
                0 => $"({Text(depth - 1)} + {Text(depth - 1)})",
                1 => $"{Text(depth - 1)}.replace({Text(depth - 1)}, {Text(depth - 1)})",
                2 => $"{Text(depth - 1)}.substring({Number(depth - 1)})",
                3 => $"toJson({Next(depth - 1)})",
                4 => $"string({Number(depth - 1)})",
                5 => $"{List(depth - 1)}.map(y, string(y)).join({Text(depth - 1)})",
                6 => $"{Text(depth - 1)}.{Pick("trim", "upperAscii", "lowerAscii", "reverse")}()",
                _ => Pick(Texts),
            };

    private string List(int depth) =>
        depth == 0
            ? Pick("tags", "numbers", "lines", "[]", "[1, 2]", "['a']", "stock", "any.k")
            : random.Next(6) switch
            {
                0 => $"{List(depth - 1)}.map(x, {Next(depth - 1)})",
                1 => $"{List(depth - 1)}.filter(x, {Bool(depth - 1)})",
                2 => $"[{Next(depth - 1)}, {Next(depth - 1)}]",
                3 => $"({List(depth - 1)} + {List(depth - 1)})",
                4 => $"{Text(depth - 1)}.split({Text(depth - 1)})",
                _ => $"{{{Text(depth - 1)}: {Next(depth - 1)}}}",
            };

    private string Bool(int depth) =>
        depth == 0
            ? Pick(Bools)
            : random.Next(8) switch
            {
                0 => $"({Bool(depth - 1)} {Pick("&&", "||")} {Bool(depth - 1)})",
                1 => $"!({Bool(depth - 1)})",
                2 =>
                    $"({Number(depth - 1)} {Pick("<", "<=", ">", ">=", "==", "!=")} {Number(depth - 1)})",
                3 => $"({Next(depth - 1)} == {Next(depth - 1)})",
                4 =>
                    $"{List(depth - 1)}.{Pick("all", "exists", "exists_one")}(x, {Bool(depth - 1)})",
                5 => $"({Next(depth - 1)} in {List(depth - 1)})",
                6 =>
                    $"{Text(depth - 1)}.{Pick("contains", "startsWith", "endsWith", "matches")}({Text(depth - 1)})",
                _ => Pick(Bools),
            };
}
