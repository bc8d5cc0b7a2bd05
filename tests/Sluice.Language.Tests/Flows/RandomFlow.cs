using System.Text;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// Random graphs as text for <see cref="Wired"/>, put together from parts with one way in and one way out: so loops hold
/// together by themselves, however they are nested.
/// </summary>
internal sealed class RandomFlow
{
    private readonly Random random;
    private readonly List<string> lines = [];
    private readonly HashSet<(string, string)> pairs = [];
    private int count;

    private RandomFlow(Random random) => this.random = random;

    public static string Make(int seed)
    {
        var flow = new RandomFlow(new Random(seed));
        var (entry, exit) = flow.Sequence(3);
        flow.Edge("in", entry);
        flow.Edge(exit, "out", flow.Maybe());
        flow.Say(
            "out",
            flow.Chance(2) ? "xor"
                : flow.Chance(2) ? "tolerate"
                : ""
        );
        return string.Join('\n', flow.lines);
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private string Maybe() => Chance(3) ? Condition() : "";

    private string Condition() =>
        random.Next(6) switch
        {
            0 => " if 1 / n > 0",
            1 => $" if n == {random.Next(6)}",
            2 => $" if n < {random.Next(2, 7)}",
            _ => $" if n > {random.Next(4)}",
        };

    private void Edge(string from, string to, string more = "")
    {
        if (pairs.Add((from, to)))
            lines.Add($"{from} -> {to}{more}");
    }

    private void Say(string alias, string what)
    {
        if (what.Trim().Length > 0)
            lines.Add($"{alias}: {what}");
    }

    private (string Entry, string Exit) Sequence(int depth)
    {
        var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Part(depth)).ToList();
        for (var i = 1; i < parts.Count; i++)
            Edge(parts[i - 1].Exit, parts[i].Entry, Chance(8) ? " divide" : Maybe());
        // A way round the part in the middle.
        if (parts.Count == 3 && Chance(3))
        {
            Edge(parts[0].Exit, parts[2].Entry, Maybe());
            Say(parts[2].Entry, Join());
        }
        return (parts[0].Entry, parts[^1].Exit);
    }

    private (string Entry, string Exit) Part(int depth) =>
        (depth == 0 ? 0 : random.Next(8)) switch
        {
            1 or 2 => Branches(depth - 1),
            3 or 4 => Loop(depth - 1),
            5 => FanOut(),
            6 => Caught(depth - 1),
            _ => Single(),
        };

    private (string Entry, string Exit) Single()
    {
        var alias = Node();
        return (alias, alias);
    }

    private string Node(string more = "")
    {
        var alias = $"p{++count}";
        var said = new StringBuilder(more);
        if (Chance(5))
            said.Append($" retry {random.Next(2, 4)}");
        if (Chance(4))
            said.Append($" undo u{alias}");
        Say(alias, said.ToString());
        if (Chance(8))
        {
            // An error edge straight out, from wherever this is.
            var handler = $"h{alias}";
            Edge(alias, handler, " error" + (Chance(3) ? " if code == 'node_failed'" : ""));
            Edge(handler, "out");
        }
        return alias;
    }

    private string Join() =>
        random.Next(4) switch
        {
            0 => "",
            1 => "xor",
            _ => "tolerate",
        };

    private (string, string) Branches(int depth)
    {
        var split = Node();
        var parts = Enumerable.Range(0, random.Next(2, 4)).Select(_ => Sequence(depth)).ToList();
        var join = Node(Join());
        foreach (var (entry, exit) in parts)
        {
            Edge(split, entry, Maybe());
            Edge(exit, join, Maybe());
        }
        return (split, join);
    }

    private (string, string) Loop(int depth)
    {
        var (entry, exit) = Chance(3) ? Single() : Sequence(depth);
        Edge(exit, entry, $" loop {random.Next(1, 4)}{(Chance(4) ? "" : Condition())}");
        return (entry, exit);
    }

    private (string, string) FanOut()
    {
        var source = Node();
        var each = Node(Chance(2) ? "tolerate" : "");
        var after = Node();
        Edge(
            source,
            each,
            $" each {random.Next(1, 4)} max {random.Next(3, 6)}{(Chance(4) ? " divide" : "")}"
        );
        Edge(each, after);
        return (source, after);
    }

    private (string, string) Caught(int depth)
    {
        var tried = Node();
        var handler = Node();
        var (entry, exit) = Sequence(depth);
        var join = Node(Chance(2) ? "xor" : "tolerate");
        Edge(tried, handler, " error");
        Edge(tried, entry, Maybe());
        Edge(handler, join);
        Edge(exit, join);
        return (tried, join);
    }
}
