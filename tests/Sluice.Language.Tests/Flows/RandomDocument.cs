using Sluice.Language.Flows;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// Random flows that keep every rule and use every feature: sequences, branches, joins of all kinds, compose plans, loops
/// within loops, error edges, fan-outs, subflows, retries, compensation and facades, in shuffled order.
/// </summary>
internal sealed class RandomDocument
{
    public const string InnerGraph = "01J0000000000000000000000A";

    private const string Messages = """
        message M { string text = 3; int32 n = 1; bool ok = 2; }
        message L { string text = 1; repeated M items = 9; repeated int32 sizes = 4; }
        message U { string text = 5; optional int32 n = 6; }
        message A { string alien = 1; }
        """;

    private static readonly PackageReference Package = new("demo/p", "1.0.0");

    private readonly Random random;
    private readonly List<FlowPlacement> nodes = [];
    private readonly List<FlowEdge> edges = [];

    private RandomDocument(int seed) => random = new Random(seed);

    public static Shelf Shelf()
    {
        var shelf = new Shelf();
        shelf.Put("demo/p@1.0.0", Messages, "Step M M", "List M L", "Undo U U", "Alien A A");
        shelf.Graphs[InnerGraph] = shelf.Good("a: demo/p Step\nin -> a\na -> out");
        return shelf;
    }

    /// <summary>The same seed gives the same flow.</summary>
    public static FlowDocument Make(int seed)
    {
        var flow = new RandomDocument(seed);
        return flow.Build();
    }

    private FlowDocument Build()
    {
        var inputFacade = random.Next(3) == 0;
        var outputFacade = random.Next(3) == 0;
        var first = Step();
        edges.Add(
            Edge("@flow_input", first) with
            {
                Adapter = inputFacade ? Adapter(("text", "said"), ("n", "count")) : null,
            }
        );
        var last = Blocks(first, random.Next(1, 5), 0);
        edges.Add(
            Edge(last, "@flow_output") with
            {
                Adapter = outputFacade ? Adapter(("said", "text"), ("sure", "ok || n > 3")) : null,
            }
        );
        return new FlowDocument
        {
            Name = "demo/random",
            Version = random.Next(2) == 0 ? "" : "1.0.0",
            Description = random.Next(2) == 0 ? "" : "Made at random: \"yes\".\nTwice.",
            Nodes = Placed(nodes.OrderBy(_ => random.Next())),
            Edges = Placed(edges.OrderBy(_ => random.Next())),
            InputFacade = inputFacade
                ? new FlowFacade
                {
                    MessageName = "Asked",
                    Fields =
                    [
                        new("count", "int32"),
                        new("said", "string"),
                        new("at", "google.protobuf.Timestamp") { Optional = true },
                    ],
                    ExampleInput = """{"said":"x","count":5}""",
                }
                : null,
            OutputFacade = outputFacade
                ? new FlowFacade
                {
                    MessageName = "Said",
                    Fields =
                    [
                        new("sure", "bool"),
                        new("said", "string") { Description = "What was said" },
                        new("more", "demo.p.L") { Optional = true },
                    ],
                }
                : null,
            SecretRefs = random.Next(2) == 0 ? [] : ["A", "B_2"],
        };
    }

    // Positions as a reader would give them, so that the place of a mistake can be checked.
    private static FlowPlacement[] Placed(IEnumerable<FlowPlacement> parts) =>
        [.. parts.Select((p, i) => p with { At = new Position(i + 1, 1) })];

    private static FlowEdge[] Placed(IEnumerable<FlowEdge> parts) =>
        [.. parts.Select((p, i) => p with { At = new Position(1000 + i, 1) })];

    /// <summary>A few blocks in a row; each takes an M and gives an M.</summary>
    private string Blocks(string from, int count, int depth)
    {
        for (var i = 0; i < count && nodes.Count < 60; i++)
            from = random.Next(depth < 2 ? 9 : 7) switch
            {
                0 => Then(from, Step()),
                1 => Branch(from),
                2 => Parallel(from),
                3 => Composed(from),
                4 => OnError(from),
                5 => FanOut(from),
                6 => Subflow(from),
                _ => Loop(from, depth),
            };
        return from;
    }

    private string Then(string from, string to)
    {
        edges.Add(
            Edge(from, to) with
            {
                Adapter =
                    random.Next(2) == 0
                        ? null
                        : Adapter(("text", "text"), ("n", "n + 1"), ("ok", "!ok")),
            }
        );
        return to;
    }

    private string Branch(string from)
    {
        var (a, b) = (Step(), Step());
        var join = Step(new GraphJoin { Kind = GraphJoin.Xor });
        edges.Add(Edge(from, a) with { Condition = Leaf() });
        edges.Add(Edge(from, b) with { Condition = Cel("n % 2 == 0 || text.startsWith('a')") });
        Then(a, join);
        Then(b, join);
        return join;
    }

    private string Parallel(string from)
    {
        var (a, b) = (Step(), Step());
        var join = Step(
            random.Next(2) == 0 ? null : new GraphJoin { FailurePolicy = GraphJoin.Tolerate }
        );
        edges.Add(Edge(from, a));
        edges.Add(Edge(from, b));
        edges.Add(Edge(a, join) with { Adapter = Adapter(("text", "text"), ("n", "n")) });
        edges.Add(Edge(b, join) with { Adapter = Adapter(("ok", "ok")) });
        return join;
    }

    private string Composed(string from)
    {
        var (a, b) = (Step(), Step());
        var join = Step();
        edges.Add(Edge(from, a));
        edges.Add(Edge(from, b));
        edges.Add(Edge(a, join));
        edges.Add(Edge(b, join));
        nodes[^1] = nodes[^1] with
        {
            Compose =
            [
                new FlowCompose("text", a, "text", null),
                new FlowCompose("n", null, null, $"inputs.{a}.n + inputs.{b}.n"),
            ],
        };
        return join;
    }

    private string OnError(string from)
    {
        var (a, handler) = (Step(), Step());
        var join = Step(new GraphJoin { Kind = GraphJoin.Xor });
        edges.Add(Edge(from, a));
        edges.Add(
            Edge(a, handler) with
            {
                OnError = true,
                Adapter = Adapter(("text", "message"), ("n", "input.n")),
                Condition = random.Next(2) == 0 ? null : Cel("kind != 'NODE_TIMEOUT'"),
            }
        );
        Then(a, join);
        Then(handler, join);
        return join;
    }

    private string FanOut(string from)
    {
        var list = Name();
        nodes.Add(Place(list, "List"));
        var each = Step();
        var gather = Step();
        edges.Add(Edge(from, list));
        edges.Add(
            Edge(list, each) with
            {
                Adapter = random.Next(2) == 0 ? null : Adapter(("n", "n")),
                FanOut = new FlowFanOut("items")
                {
                    Concurrency = random.Next(1, 65),
                    MaxItems = random.Next(1, 100),
                    FailurePolicy = random.Next(2) == 0 ? null : GraphJoin.Tolerate,
                },
            }
        );
        edges.Add(
            Edge(each, gather) with
            {
                Adapter = Adapter(("n", "size(results)"), ("ok", "size(errors) == 0")),
            }
        );
        return gather;
    }

    private string Subflow(string from)
    {
        var alias = Name();
        nodes.Add(
            new FlowPlacement
            {
                Alias = alias,
                Subflow = InnerGraph,
                Input = random.Next(2) == 0 ? null : "M",
            }
        );
        return Then(from, alias);
    }

    private string Loop(string from, int depth)
    {
        var first = Then(from, Step());
        var last =
            random.Next(3) == 0 ? first : Then(Blocks(first, random.Next(0, 3), depth + 1), Step());
        edges.Add(
            Edge(last, first) with
            {
                Loop = true,
                MaxIterations = random.Next(1, 20),
                Condition = random.Next(3) == 0 ? null : Leaf(),
                Adapter = random.Next(2) == 0 ? null : Adapter(("n", "n + 1")),
            }
        );
        // Only the last placement leaves the body, so what comes next follows a step of its own.
        return Then(last, Step());
    }

    private string Name() => $"p{nodes.Count}";

    private string Step(GraphJoin? join = null)
    {
        var undo = random.Next(6) == 0 ? Name() : null;
        if (undo is not null)
            nodes.Add(Place(undo, "Undo"));
        var alias = Name();
        nodes.Add(
            Place(alias, "Step") with
            {
                Join = join,
                Compensate = undo,
                TimeoutMs = random.Next(4) == 0 ? random.Next(1, 5000) : null,
                Col = random.Next(4) == 0 ? random.Next(9) : null,
                Row = random.Next(4) == 0 ? random.Next(9) : null,
                Retry =
                    random.Next(3) == 0
                        ? new GraphRetry
                        {
                            MaxAttempts = random.Next(1, 5),
                            Jitter = random.Next(2) / 4.0,
                            RetryOn = random.Next(2) == 0 ? [] : ["NODE_ERROR"],
                        }
                        : null,
            }
        );
        return alias;
    }

    private static FlowPlacement Place(string alias, string node) =>
        new()
        {
            Alias = alias,
            Package = Package,
            Node = node,
        };

    private static FlowEdge Edge(string from, string to) => new() { From = from, To = to };

    private static FieldAssignment[] Adapter(params (string To, string From)[] fields) =>
        [.. fields.Select(f => new FieldAssignment(f.To, f.From, default))];

    private FlowCondition Leaf() =>
        random.Next(3) switch
        {
            0 => new()
            {
                Op = "GT",
                Field = "n",
                Value = "5",
            },
            1 => new()
            {
                Op = "IN",
                Field = "text",
                Value = """["a","b"]""",
            },
            _ => new() { Op = "EXISTS", Field = "text" },
        };

    private static FlowCondition Cel(string text) => new() { Op = "CEL", Cel = text };
}
