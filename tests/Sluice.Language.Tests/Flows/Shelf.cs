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
        return shelf;
    }

    /// <summary>Nodes are written <c>Name Input Output [pipeline]</c>.</summary>
    public void Put(string reference, string messages, params string[] nodes)
    {
        Assert.True(PackageReference.TryParse(reference, out var package));
        var proto =
            $"syntax = \"proto3\"; package {NameRules.ProtoPackage(package.Name)}; {messages}";
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

    public Reading<FlowGraph> Compile(string flow)
    {
        var document = FlowReader.Read(flow, "flow.yaml");
        Assert.Empty(document.Mistakes);
        return FlowCompiler.Compile(document.Value!, Resolve);
    }

    /// <summary>
    /// Compiles a flow in short form, a line each: <c>alias: owner/package Node</c>, <c>a -> b</c> or
    /// <c>a -> b: to=from to=from</c>; <c>in</c> and <c>out</c> stand for the flow's ends.
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
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(" -> ") is [var from, var rest])
            {
                var to = rest.Split(':')[0];
                edges.Append($"  - from: \"{End(from)}\"\n    to: \"{End(to)}\"\n");
                if (rest.Contains(':'))
                    edges.Append("    adapter:\n");
                foreach (var field in rest.Split(':').Skip(1).SelectMany(f => f.Trim().Split(' ')))
                    edges.Append($"      {field.Replace("=", ": ")}\n");
            }
            else
            {
                var words = line.Split(' ');
                var version = words[1] == "demo/greeter" ? "0.1.0" : "1.0.0";
                nodes.Append(
                    $"  - alias: {words[0].TrimEnd(':')}\n    package: {words[1]}@{version}\n    node: {words[2]}\n"
                );
            }
        }
        return $"name: demo/flow\nnodes:{(nodes.Length == 0 ? " []" : "")}\n{nodes}edges:{(edges.Length == 0 ? " []" : "")}\n{edges}";

        static string End(string end) =>
            end.Trim() switch
            {
                "in" => "@flow_input",
                "out" => "@flow_output",
                var alias => alias,
            };
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
