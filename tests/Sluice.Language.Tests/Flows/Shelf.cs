using System.Text;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>A few packages to wire flows from.</summary>
internal sealed class Shelf
{
    private readonly Dictionary<PackageReference, ResolvedPackage> packages = [];

    /// <summary>The greeter of the sample, and a package of texts whose messages share field names under other numbers.</summary>
    public static Shelf Usual()
    {
        var shelf = new Shelf();
        shelf.Put(
            "demo/greeter@0.1.0",
            "message GreetRequest { string name = 1; } message GreetReply { string greeting = 1; }",
            "Greet GreetRequest GreetReply"
        );
        shelf.Put(
            "demo/text@1.0.0",
            """
            message Line { int32 size = 9; string greeting = 4; }
            message Pair { string left = 1; string right = 2; }
            message Named { string name = 7; }
            message Text { string text = 1; optional string note = 2; }
            message Whole { string greeting = 3; string text = 2; Named who = 5; repeated int32 sizes = 6; }
            message Nothing {}
            """,
            "Measure Named Line",
            "Join Pair Text",
            "Name Named Named",
            "Shout Text Text",
            "Gather Whole Text",
            "Take Line Whole",
            "Tick Nothing Nothing"
        );
        shelf.Put(
            "demo/pages@1.0.0",
            """
            enum Mood { NONE = 0; GLAD = 1; SAD = 2; }
            message Named { string name = 1; }
            message Page { int32 number = 3; string text = 1; }
            message Book { string title = 2; repeated Page pages = 5; repeated string tags = 6; repeated int32 sizes = 7; Page cover = 8; }
            message Read { string text = 4; bool good = 1; Mood mood = 2; double share = 3; uint64 bytes = 5; optional string note = 6; google.protobuf.Timestamp at = 7; google.protobuf.StringValue by = 8; map<string, string> marks = 9; bytes raw = 10; }
            message Count { int32 count = 1; string last = 2; }
            message Undo { string text = 1; int32 number = 2; optional string why = 3; }
            """,
            "Split Named Book",
            "Look Page Read",
            "Read Read Read",
            "Count Count Count",
            "Undo Undo Undo"
        );
        return shelf;
    }

    /// <summary>Nodes are written <c>Name Input Output [pipeline]</c>.</summary>
    public void Put(string reference, string messages, params string[] nodes)
    {
        Assert.True(PackageReference.TryParse(reference, out var package));
        var proto =
            $"syntax = \"proto3\"; package {NameRules.ProtoPackage(package.Name)}; "
            + "import \"google/protobuf/timestamp.proto\"; import \"google/protobuf/wrappers.proto\"; "
            + messages;
        var schema = SchemaCompiler.Compile(
            new Dictionary<string, string> { ["messages/messages.proto"] = proto }
        );
        Assert.Empty(schema.Mistakes);
        var manifest = new Manifest
        {
            Name = package.Name,
            Version = package.Version,
            Language = "python",
            Nodes =
            [
                .. nodes
                    .Select(n => n.Split(' '))
                    .Select(n => new ManifestNode
                    {
                        Name = n[0],
                        Input = n[1],
                        Output = n[2],
                        Type = n.Length > 3 ? NodeType.Pipeline : NodeType.Unary,
                        RequiredSecrets = n[0] == "Greet" ? ["GREETER_SIGNATURE"] : [],
                    }),
            ],
        };
        packages[package] = new ResolvedPackage("digest-of-" + reference, manifest, schema.Value!);
    }

    public ResolvedPackage? Resolve(PackageReference reference) =>
        packages.GetValueOrDefault(reference);

    /// <summary>Compiled flows by id, for those that run them.</summary>
    public Dictionary<string, FlowGraph> Graphs { get; } = [];

    public Reading<FlowGraph> Compile(string flow) =>
        FlowCompiler.Compile(flow, "flow.yaml", Resolve, id => Graphs.GetValueOrDefault(id));

    /// <summary>
    /// Compiles a flow in short form, a line each: <c>alias: owner/package Node</c>, <c>a -> b</c> or
    /// <c>a -> b: to=from to=from</c>; <c>in</c> and <c>out</c> stand for the flow's ends. Further keys follow behind
    /// <c> | </c>; a line that starts with <c>! </c> is a key of the document's head.
    /// </summary>
    public Reading<FlowGraph> Wire(string lines) => Compile(Yaml(lines));

    public FlowGraph Good(string lines)
    {
        var reading = Wire(lines);
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    public static string Yaml(string lines)
    {
        var nodes = new StringBuilder();
        var edges = new StringBuilder();
        var head = new StringBuilder();
        foreach (var text in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = text.Split(" | ");
            var line = parts[0];
            if (line.StartsWith("! ", StringComparison.Ordinal))
                head.Append(line[2..]).Append('\n');
            else if (line.Split(" -> ") is [var from, var rest])
            {
                var to = rest.Split(':')[0];
                edges.Append($"  - from: \"{End(from)}\"\n    to: \"{End(to)}\"\n");
                if (rest.Contains(':'))
                    edges.Append("    adapter:\n");
                foreach (var field in rest.Split(':').Skip(1).SelectMany(f => f.Trim().Split(' ')))
                    edges.Append($"      {field.Replace("=", ": ")}\n");
                edges.Append(string.Concat(parts.Skip(1).Select(p => $"    {p}\n")));
            }
            else
            {
                var words = line.Split(' ');
                var version = words[1] == "demo/greeter" ? "0.1.0" : "1.0.0";
                var node =
                    words[1] == "subflow"
                        ? $"subflow: {words[2]}\n"
                        : $"package: {words[1]}@{version}\n    node: {words[2]}\n";
                nodes.Append($"  - alias: {words[0].TrimEnd(':')}\n    {node}");
                nodes.Append(string.Concat(parts.Skip(1).Select(p => $"    {p}\n")));
            }
        }
        return $"name: demo/flow\n{head}nodes:{(nodes.Length == 0 ? " []" : "")}\n{nodes}edges:{(edges.Length == 0 ? " []" : "")}\n{edges}";

        static string End(string end) =>
            end.Trim() switch
            {
                "in" => "@flow_input",
                "out" => "@flow_output",
                var alias => alias,
            };
    }
}

/// <summary>What edges carry, for flows that are a plain sequence or wait for all.</summary>
internal static class Plans
{
    public static readonly Dictionary<string, string> NoConfig = [];

    public static EdgeFault? BuildInput(
        this FlowPlan plan,
        string to,
        Func<string, ReadOnlyMemory<byte>> outputs,
        out ReadOnlyMemory<byte> input
    )
    {
        var node = to == "@flow_output" ? plan.OutputNode : plan.Node(to);
        Carried[] carried =
        [
            .. node
                .Incoming.Where(e => !e.Edge.Loop)
                .Select(e => new Carried(e, outputs(e.Edge.From))),
        ];
        return plan.BuildInput(node, carried, NoConfig, out input);
    }

    public static byte[] Input(
        FlowGraph graph,
        string to,
        Func<string, ReadOnlyMemory<byte>> outputs
    )
    {
        Assert.Null(FlowPlan.For(graph).BuildInput(to, outputs, out var input));
        return input.ToArray();
    }
}

/// <summary>Serialised messages, written out by hand so that the tests do not trust the code under test.</summary>
internal static class Bytes
{
    public static byte[] Text(int number, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)(number << 3 | 2), (byte)utf8.Length, .. utf8];
    }

    public static byte[] Message(int number, params byte[][] fields)
    {
        byte[] all = [.. fields.SelectMany(f => f)];
        return [(byte)(number << 3 | 2), (byte)all.Length, .. all];
    }

    public static byte[] Small(int number, byte value) => [(byte)(number << 3), value];

    public static byte[] Join(params byte[][] fields) => [.. fields.SelectMany(f => f)];
}
