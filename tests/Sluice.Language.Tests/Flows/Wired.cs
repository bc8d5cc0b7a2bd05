using System.Globalization;
using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// Graphs by hand, past the compiler: every placement takes and gives one message. A line is an edge or says something
/// about a placement:
/// <code>
/// in -> a
/// a -> b if n > 1
/// a -> h error if code == 'node_failed'
/// b -> a loop 3 if n > 4
/// a -> f each 2 max 10 over results
/// a -> b pick | divide
/// j: xor | tolerate | retry 3 | undo u
/// </code>
/// </summary>
internal static class Wired
{
    internal const string Proto = """
        syntax = "proto3";
        package demo.w;
        message M {
          string say = 1;
          int32 n = 2;
          repeated M items = 3;
          repeated M results = 4;
          string code = 5;
          string node = 6;
          M input = 7;
          string t0 = 10; string t1 = 11; string t2 = 12; string t3 = 13; string t4 = 14;
          string t5 = 15; string t6 = 16; string t7 = 17; string t8 = 18; string t9 = 19;
        }
        """;

    /// <summary>A message of the one type.</summary>
    public static byte[] Say(string say, int n = 0) =>
        n == 0 ? Bytes.Text(1, say) : Bytes.Join(Bytes.Text(1, say), Bytes.Small(2, (byte)n));

    /// <summary>A message with a list.</summary>
    public static byte[] List(params string[] items) =>
        [.. items.SelectMany(i => Bytes.Message(3, Say(i)))];

    public static FlowPlan Plan(string lines) => FlowPlan.For(Graph(lines));

    public static FlowGraph Graph(string lines)
    {
        var nodes = new Dictionary<string, GraphNode>(StringComparer.Ordinal);
        var edges = new List<GraphEdge>();
        GraphJoin? output = null;
        foreach (
            var line in lines.Split(
                '\n',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            if (line.Contains("->", StringComparison.Ordinal))
                edges.Add(Edge(line));
            else if (line.StartsWith("out:", StringComparison.Ordinal))
                output = Said(new GraphNodeText("out"), line).Join;
            else
                nodes[line[..line.IndexOf(':')]] = Node(line);
        }
        foreach (var undo in nodes.Values.Select(n => n.Compensate).OfType<string>().ToList())
            nodes.TryAdd(undo, Node(undo + ":"));
        foreach (var end in edges.SelectMany(e => (string[])[e.From, e.To]))
            if (end[0] != '@' && !nodes.ContainsKey(end))
                nodes[end] = Node(end + ":");
        return new FlowGraph
        {
            Name = "demo/flow",
            Version = "",
            Nodes = Sorted(nodes, edges),
            Edges = edges,
            Packages =
            [
                new GraphPackage
                {
                    Name = "demo/w",
                    Version = "1.0.0",
                    Digest = "digest",
                    SchemaFingerprint = "",
                    Protos = new Dictionary<string, string> { ["messages.proto"] = Proto },
                },
            ],
            Entry = edges.First(e => e.From == FlowDocument.FlowInput).To,
            Terminal = edges.First(e => e.To == FlowDocument.FlowOutput && !e.OnError).From,
            InputType = "demo.w.M",
            OutputType = "demo.w.M",
            InputFacade = Proto,
            OutputFacade = Proto,
            OutputJoin = output,
        };
    }

    private sealed record GraphNodeText(string Alias)
    {
        public GraphJoin? Join { get; init; }

        public GraphRetry? Retry { get; init; }

        public string? Undo { get; init; }
    }

    private static GraphNode Node(string line)
    {
        var said = Said(new GraphNodeText(line[..line.IndexOf(':')]), line);
        return new GraphNode
        {
            Alias = said.Alias,
            Package = "demo/w",
            Version = "1.0.0",
            Digest = "digest",
            Language = "python",
            Node = "N",
            InputType = "demo.w.M",
            OutputType = "demo.w.M",
            Join = said.Join,
            Retry = said.Retry,
            Compensate = said.Undo,
        };
    }

    private static GraphNodeText Said(GraphNodeText node, string line)
    {
        var words = new Queue<string>(line[(line.IndexOf(':') + 1)..].Split(' ', Split));
        while (words.TryDequeue(out var word))
            node = word switch
            {
                "xor" => node with { Join = (node.Join ?? new()) with { Kind = GraphJoin.Xor } },
                "tolerate" => node with
                {
                    Join = (node.Join ?? new()) with { FailurePolicy = GraphJoin.Tolerate },
                },
                "retry" => node with { Retry = new GraphRetry { MaxAttempts = Number(words) } },
                "on" => node with { Retry = node.Retry! with { RetryOn = [words.Dequeue()] } },
                "undo" => node with { Undo = words.Dequeue() },
                _ => throw new InvalidOperationException(word),
            };
        return node;
    }

    private static GraphEdge Edge(string line)
    {
        var condition = line.Split(" if ", 2);
        var words = new Queue<string>(
            condition[0].Replace("->", " ", StringComparison.Ordinal).Split(' ', Split)
        );
        var edge = new GraphEdge
        {
            From = words.Dequeue() is "in" ? FlowDocument.FlowInput : line.Split(' ', Split)[0],
            To = words.Dequeue() is { } to and not "out" ? to : FlowDocument.FlowOutput,
            Condition = condition.Length > 1 ? condition[1] : null,
        };
        while (words.TryDequeue(out var word))
            edge = word switch
            {
                "loop" => edge with { Loop = true, MaxIterations = Number(words) },
                "over" => edge with { FanOut = edge.FanOut! with { Items = words.Dequeue() } },
                "pick" => edge with { Fields = [new GraphField("say", "say")] },
                "divide" => edge with { Fields = [new GraphField("n", null, "12 / n")] },
                "error" => edge with { OnError = true },
                "each" => edge with { FanOut = new GraphFanOut("items", Number(words), 10_000) },
                "max" => edge with { FanOut = edge.FanOut! with { MaxItems = Number(words) } },
                _ => throw new InvalidOperationException(word),
            };
        return edge;
    }

    private const StringSplitOptions Split =
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private static int Number(Queue<string> words) =>
        int.Parse(words.Dequeue(), CultureInfo.InvariantCulture);

    private static List<GraphNode> Sorted(
        Dictionary<string, GraphNode> nodes,
        List<GraphEdge> edges
    )
    {
        var sorted = new List<GraphNode>();
        while (sorted.Count < nodes.Count)
        {
            var before = sorted.Select(n => n.Alias).Append(FlowDocument.FlowInput).ToHashSet();
            sorted.Add(
                nodes.Values.First(n =>
                    !before.Contains(n.Alias)
                    && edges.All(e => e.To != n.Alias || e.Loop || before.Contains(e.From))
                )
            );
        }
        return sorted;
    }
}
