using FsCheck;
using FsCheck.Fluent;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// Random flows that keep every rule, and the same flows with one rule broken. A placement with n incoming edges takes a
/// message of n fields, one per edge, by adapters; one with a single edge takes the whole message.
/// </summary>
public sealed class FlowProperties
{
    private const int Cases = 100;
    private const int Widest = 8;

    private static readonly ResolvedPackage Package = MakePackage();

    /// <summary>Node <c>N{k}</c> takes k texts and gives one; every message has other field numbers.</summary>
    private static ResolvedPackage MakePackage()
    {
        var messages = Enumerable
            .Range(1, Widest)
            .Select(k =>
                $"message In{k} {{ {string.Concat(Enumerable.Range(0, k).Select(f => $"string f{f} = {f + 10 * k};"))} }}"
            );
        var proto =
            "syntax = \"proto3\"; package demo.p; message Out { string f0 = 3; int32 n = 4; }"
            + string.Concat(messages);
        return new ResolvedPackage(
            "digest",
            new Manifest
            {
                Name = "demo/p",
                Version = "1.0.0",
                Language = "python",
                Nodes =
                [
                    .. Enumerable
                        .Range(1, Widest)
                        .Select(k => new ManifestNode
                        {
                            Name = $"N{k}",
                            Input = $"In{k}",
                            Output = "Out",
                        }),
                ],
            },
            SchemaCompiler
                .Compile(new Dictionary<string, string> { ["messages/messages.proto"] = proto })
                .Value!
        );
    }

    /// <summary>A graph with 1 to 12 placements whose edges lead from earlier to later ones, in shuffled order.</summary>
    private static FlowDocument Make(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(1, 13);
        var incoming = new List<int>[count];
        incoming[0] = [-1];
        for (var i = 1; i < count; i++)
            incoming[i] =
            [
                .. Enumerable.Range(0, i).OrderBy(_ => random.Next()).Take(random.Next(1, 4)),
            ];
        // Whatever leads nowhere is joined by the last placement.
        var last = count - 1;
        var used = incoming.SelectMany(x => x).ToHashSet();
        incoming[last] =
        [
            .. incoming[last]
                .Union(Enumerable.Range(0, last).Where(i => !used.Contains(i)))
                .Take(Widest),
        ];
        var edges = new List<FlowEdge>();
        for (var i = 0; i < count; i++)
            edges.AddRange(
                incoming[i]
                    .Select(
                        (from, field) => Edge(from, i, incoming[i].Count == 1 ? null : $"f{field}")
                    )
            );
        edges.Add(new FlowEdge { From = $"p{last}", To = "@flow_output" });
        return new FlowDocument
        {
            Name = "demo/flow",
            Nodes =
            [
                .. Numbered(
                    Shuffled(
                        Enumerable.Range(0, count).Select(i => Place(i, incoming[i].Count)),
                        random
                    )
                ),
            ],
            Edges = [.. Shuffled(edges, random)],
        };
    }

    private static IEnumerable<FlowPlacement> Numbered(IEnumerable<FlowPlacement> placements) =>
        placements.Select((p, i) => p with { At = new Position(i + 1, 1) });

    private static T[] Shuffled<T>(IEnumerable<T> items, Random random) =>
        [.. items.OrderBy(_ => random.Next())];

    private static FlowPlacement Place(int i, int inputs) =>
        new()
        {
            Alias = $"p{i}",
            Package = new PackageReference("demo/p", "1.0.0"),
            Node = $"N{inputs}",
        };

    private static FlowEdge Edge(int from, int to, string? field) =>
        new()
        {
            From = from < 0 ? "@flow_input" : $"p{from}",
            To = $"p{to}",
            Adapter = field is null ? null : [new FieldAssignment(field, "f0", default)],
        };

    private static Reading<FlowGraph> Compile(FlowDocument flow) =>
        FlowCompiler.Compile(flow, p => p.Name == "demo/p" ? Package : null);

    private static bool Usable(FlowDocument flow) =>
        flow.Nodes.All(n => n.Node.Length <= 2 && n.Node != "N0") && Compile(flow).Ok;

    private static void ForAll(Action<int> check) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), check)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void Any_flow_that_keeps_the_rules_compiles()
    {
        var compiled = 0;
        ForAll(seed => compiled += Compile(Make(seed)).Ok ? 1 : 0);

        // A few random flows leave more loose ends than the widest placement can join.
        Assert.InRange(compiled, Cases * 9 / 10, Cases);
    }

    [Fact]
    public void Any_graph_that_compiles_has_a_topological_order_and_every_required_field_is_mapped()
    {
        ForAll(seed =>
        {
            if (Compile(Make(seed)).Value is not { } graph)
                return;
            var rank = graph
                .Nodes.Select((n, i) => (n.Alias, i))
                .ToDictionary(x => x.Alias, x => x.i);
            foreach (
                var edge in graph.Edges.Where(e =>
                    rank.ContainsKey(e.From) && rank.ContainsKey(e.To)
                )
            )
                Assert.True(rank[edge.From] < rank[edge.To]);
            foreach (var node in FlowPlan.For(graph).Nodes)
            {
                var input = Plans.Input(graph, node.Node.Alias, _ => ReadOnlyMemory<byte>.Empty);
                Assert.Empty(input);
                var full = Plans.Input(
                    graph,
                    node.Node.Alias,
                    from => Bytes.Text(from == "@flow_input" ? 10 : 3, "x")
                );
                var expected = node.Input.Fields.Select(f => f.Number).Order();
                Assert.Equal(expected, Numbers(full).Order());
            }
        });
    }

    [Fact]
    public void Any_graph_that_compiles_runs_to_its_end()
    {
        ForAll(seed =>
        {
            if (Compile(Make(seed)).Value is not { } graph)
                return;
            var plan = FlowPlan.For(graph);
            var done = new HashSet<string>();
            while (
                plan.Nodes.FirstOrDefault(n =>
                    !done.Contains(n.Alias)
                    && n.Incoming.All(e => e.From is null || done.Contains(e.From.Alias))
                )
                    is { } next
            )
                done.Add(next.Node.Alias);
            Assert.Equal(graph.Nodes.Count, done.Count);
        });
    }

    [Fact]
    public void Any_graph_survives_json_without_loss()
    {
        ForAll(seed =>
        {
            if (Compile(Make(seed)).Value is { } graph)
                Assert.Equal(graph.ToJson(), FlowGraph.FromJson(graph.ToJson()).ToJson());
        });
    }

    public static TheoryData<string, string[]> Mutations =>
        new()
        {
            { "drop the edge to the output", ["flow_no_output"] },
            {
                "drop an edge",
                ["flow_unreachable", "flow_dead_end", "flow_no_entry", "flow_no_output", "lost"]
            },
            { "close a cycle", ["flow_cycle"] },
            { "give an edge twice", ["flow_duplicate_edge"] },
            { "give a placement twice", ["flow_duplicate_alias"] },
            { "name a package that is not there", ["flow_unknown_package"] },
            { "name a node that is not there", ["flow_unknown_node"] },
            { "lead an edge to nowhere", ["flow_unknown_alias"] },
            { "lead a second edge to the output", ["flow_two_outputs", "flow_duplicate_edge"] },
            { "add a placement without edges", ["flow_unreachable"] },
            { "set a field twice", ["flow_field_set_twice"] },
            { "set a field that is not there", ["flow_unknown_field"] },
            { "take a field that is not there", ["flow_unknown_field"] },
            { "take a field of another type", ["flow_edge_type"] },
            { "widen a placement beyond what its whole message fills", ["flow_edge_incomplete"] },
        };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Any_mutation_that_breaks_a_rule_is_refused(string mutation, string[] codes)
    {
        var refused = 0;
        ForAll(seed =>
        {
            var flow = Make(seed);
            if (!Usable(flow) || Mutate(flow, mutation, new Random(seed)) is not { } broken)
                return;
            var reading = Compile(broken);
            if (codes.Contains("lost") && reading.Ok)
                return;
            Assert.Null(reading.Value);
            Assert.Contains(reading.Mistakes, m => codes.Contains(m.Code));
            refused++;
        });
        Assert.True(refused > Cases / 10, $"only {refused} cases were refused");
    }

    private static FlowDocument? Mutate(FlowDocument flow, string mutation, Random random)
    {
        var inner = flow.Edges.Where(e => e.To != "@flow_output").ToArray();
        var edge = inner[random.Next(inner.Length)];
        var placement = flow.Nodes[random.Next(flow.Nodes.Count)];
        var last = flow.Edges.Single(e => e.To == "@flow_output");
        var adapted = inner.Where(e => e.Adapter is not null).ToArray();
        var whole = inner.Where(e => e.Adapter is null && e.From[0] != '@').ToArray();
        return mutation switch
        {
            "drop the edge to the output" => flow with
            {
                Edges = [.. flow.Edges.Where(e => e != last)],
            },
            // Without one of several edges to a placement the rest may still be a flow.
            "drop an edge" => flow with { Edges = [.. flow.Edges.Where(e => e != edge)] },
            "close a cycle" => Plus(flow, new FlowEdge { From = last.From, To = edge.To }),
            "give an edge twice" => Plus(flow, edge),
            "give a placement twice" => flow with { Nodes = [.. flow.Nodes, placement] },
            "name a package that is not there" => Placed(
                flow,
                placement,
                placement with
                {
                    Package = new PackageReference("demo/q", "1.0.0"),
                }
            ),
            "name a node that is not there" => Placed(
                flow,
                placement,
                placement with
                {
                    Node = "N",
                }
            ),
            "lead an edge to nowhere" => Edged(flow, edge, edge with { To = "nowhere" }),
            "lead a second edge to the output" => Plus(
                flow,
                new FlowEdge { From = placement.Alias, To = "@flow_output" }
            ),
            "add a placement without edges" => flow with { Nodes = [.. flow.Nodes, Place(99, 1)] },
            "set a field twice" when adapted.Length > 1 => Edged(
                flow,
                adapted[0],
                adapted[0] with
                {
                    Adapter = adapted.First(e => e != adapted[0] && e.To == adapted[0].To).Adapter,
                }
            ),
            "set a field that is not there" when adapted.Length > 0 => Edged(
                flow,
                adapted[0],
                adapted[0] with
                {
                    Adapter = [new FieldAssignment("f99", "f0", default)],
                }
            ),
            "take a field that is not there" when adapted.Length > 0 => Edged(
                flow,
                adapted[0],
                adapted[0] with
                {
                    Adapter = [adapted[0].Adapter![0] with { From = "f99" }],
                }
            ),
            "take a field of another type" when adapted.Length > 0 => Edged(
                flow,
                adapted[0],
                adapted[0] with
                {
                    Adapter = [adapted[0].Adapter![0] with { From = "n" }],
                }
            ),
            "widen a placement beyond what its whole message fills" when whole.Length > 0 =>
                Widened(flow, whole[0].To),
            _ => null,
        };
    }

    private static FlowDocument Plus(FlowDocument flow, FlowEdge edge) =>
        flow with
        {
            Edges = [.. flow.Edges, edge],
        };

    private static FlowDocument Placed(
        FlowDocument flow,
        FlowPlacement old,
        FlowPlacement placement
    ) => flow with { Nodes = [.. flow.Nodes.Select(n => n == old ? placement : n)] };

    private static FlowDocument Edged(FlowDocument flow, FlowEdge old, FlowEdge edge) =>
        flow with
        {
            Edges = [.. flow.Edges.Select(e => e == old ? edge : e)],
        };

    private static FlowDocument Widened(FlowDocument flow, string alias)
    {
        var placement = flow.Nodes.Single(n => n.Alias == alias);
        return Placed(flow, placement, placement with { Node = "N2" });
    }

    /// <summary>The field numbers of a message of short texts.</summary>
    private static List<int> Numbers(byte[] message)
    {
        var numbers = new List<int>();
        var reader = new Sluice.Language.Protos.Wire.WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            numbers.Add(number);
            reader.Skip(number, wire);
        }
        return numbers;
    }
}
