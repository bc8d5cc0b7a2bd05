using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Language;
using Sluice.Language.Expressions;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Fuzz;

/// <summary>Whatever reads texts that come from outside.</summary>
internal static class Targets
{
    /// <summary>The package of the examples in spec/flow.md: node, takes, gives.</summary>
    private static readonly (string Node, string Takes, string Gives)[] Nodes =
    [
        ("Check", "Order", "Checked"),
        ("Retry", "Checked", "Checked"),
        ("Charge", "Order", "Ref"),
        ("Refund", "Ref", "Ref"),
        ("Pick", "Line", "Picked"),
        ("Tell", "Note", "Note"),
        ("Parcels", "Order", "Line"),
    ];

    /// <summary>A message with everything that a field can be.</summary>
    private const string Everything = """
        syntax = "proto3";
        package fuzz;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/wrappers.proto";
        enum Colour { COLOUR_NONE = 0; RED = 1; GREEN = -2; }
        message Line { string text = 1; int32 count = 2; Line under = 3; }
        message Order {
          string name = 1; int64 n = 2; uint64 u = 3; double d = 4; bool yes = 5; bytes data = 6; Colour colour = 7;
          repeated string tags = 8; repeated int64 numbers = 9; Line line = 10; repeated Line lines = 11;
          map<string, int32> stock = 12; map<int64, Line> by_number = 13; optional int64 maybe = 14; float f = 15;
          google.protobuf.Timestamp at = 16; google.protobuf.Duration took = 17; google.protobuf.Struct any = 18;
          google.protobuf.Value value_of = 19; google.protobuf.Int64Value x = 20; google.protobuf.StringValue y = 21;
          oneof way { string left = 22; Line right = 23; } sint32 s = 24; fixed64 fixed = 25; google.protobuf.ListValue all = 26;
        }
        """;

    private const string Sample = """
        {"name":"a","n":"-7","u":"18446744073709551615","d":1.5,"yes":true,"data":"AAE=","colour":"RED","tags":["a","b"],
         "numbers":["1",2],"line":{"text":"tea","count":2,"under":{"text":"u"}},"lines":[{},{"count":3}],"stock":{"a":1},
         "by_number":{"-1":{"text":"x"}},"maybe":"0","f":"NaN","at":"2026-01-02T03:04:05.678Z","took":"1.5s",
         "any":{"k":[1,"two",null,{"z":true}]},"value_of":null,"x":"5","y":"","left":"l","s":-3,"fixed":"9","all":[[]]}
        """;

    public static IReadOnlyList<Target> All()
    {
        var shop = Schema(Corpus.Blocks("flow.md", "proto")[0]);
        var package = new ResolvedPackage(
            "digest",
            new Manifest
            {
                Name = "demo/shop",
                Version = "1.0.0",
                Language = "python",
                Nodes =
                [
                    .. Nodes.Select(node => new ManifestNode
                    {
                        Name = node.Node,
                        Input = node.Takes,
                        Output = node.Gives,
                        Type = node.Node == "Parcels" ? NodeType.Pipeline : NodeType.Unary,
                    }),
                ],
            },
            shop
        );
        var order = Schema(Everything).Find("Order")!;
        var yaml = Corpus.Blocks("flow.md", "yaml");
        var json = yaml.Select(text => FlowReader.Read(text, "flow.yaml").Value!.ToJson())
            .Concat(Corpus.Blocks("flow.md", "json"))
            .ToList();
        var expressions = Corpus.Expressions();
        return
        [
            Of("flow-yaml", text => Flow(text, "flow.yaml", package), yaml),
            Of("flow-json", text => Flow(text, "flow.json", package), json),
            Of("expression", text => Evaluate(text, order), expressions),
            Of("proto", text => Proto(text), [Everything, .. Corpus.Blocks("flow.md", "proto")]),
            Of("proto-json", text => Json(text, order), [Sample, "{}"]),
            Of("wire", text => Wire(text, order), [Hex(Parse(order, Sample)), ""]),
        ];
    }

    private static Target Of(string name, Func<string, bool> read, IReadOnlyList<string> seeds) =>
        new(name, read, seeds, Corpus.Words(seeds));

    /// <summary>What compiles survives both forms, and can be frozen, read again and planned.</summary>
    private static bool Flow(string text, string file, ResolvedPackage package)
    {
        var read = FlowReader.Read(text, file);
        Consistent(read);
        var compiled = FlowCompiler.Compile(
            text,
            file,
            reference => reference.Name == "demo/shop" ? package : null
        );
        Consistent(compiled);
        if (read.Value is not { } document)
            return compiled.Value is null
                ? false
                : throw new Contradiction("it compiles, but cannot be read");
        var again = FlowReader.Read(document.ToJson(), "flow.json");
        if (again.Value?.ToJson() != document.ToJson())
            throw new Contradiction("its JSON form reads otherwise");
        var yaml = FlowReader.Read(document.ToYaml(), "flow.yaml");
        if (yaml.Value?.ToJson() != document.ToJson())
            throw new Contradiction("its YAML form reads otherwise");
        if (compiled.Value is not { } graph)
            return false;
        var kept = FlowGraph.FromJson(graph.ToJson());
        if (!kept.ToJson().AsSpan().SequenceEqual(graph.ToJson()))
            throw new Contradiction("its graph is kept otherwise than it is");
        _ = new FlowState(
            FlowPlan.For(kept),
            "run",
            ReadOnlyMemory<byte>.Empty,
            new Dictionary<string, string>()
        ).TakeReady();
        return true;
    }

    private static bool Evaluate(string text, MessageType order)
    {
        var compiled = Expression.Compile(
            text,
            new ExpressionScope
            {
                Message = order,
                Inputs = new Dictionary<string, MessageType>
                {
                    ["left"] = order,
                    ["right"] = order,
                },
            }
        );
        Consistent(compiled);
        if (compiled.Value is not { } expression)
            return false;
        foreach (var message in (byte[][])[Parse(order, Sample), []])
        {
            var input = new ExpressionInput(
                message,
                new Dictionary<string, ReadOnlyMemory<byte>> { ["left"] = message },
                new Dictionary<string, string> { ["REGION"] = "eu" }
            );
            if (expression.IsBool)
                _ = expression.Test(input, out _);
            foreach (var field in order.Fields)
            {
                if (expression.Misfit(field) is not null)
                    continue;
                using var output = new WireWriter();
                if (
                    expression.Assign(input, field, output) is null
                    && ProtoJson.Check(order, output.Written) is { } wrong
                )
                    throw new Contradiction($"it set {field.Name} to no value of it: {wrong}");
            }
        }
        return true;
    }

    private static bool Proto(string text)
    {
        var compiled = SchemaCompiler.Compile(
            new Dictionary<string, string> { ["messages/messages.proto"] = text }
        );
        Consistent(compiled);
        return compiled.Value is not null;
    }

    /// <summary>What is read can be written, and reads the same again.</summary>
    private static bool Json(string text, MessageType order)
    {
        var parsed = ProtoJson.Parse(order, Encoding.UTF8.GetBytes(text));
        Consistent(parsed);
        if (parsed.Value is not { } message)
            return false;
        var again = ProtoJson.Parse(order, Write(order, message));
        if (
            again.Value is null
            || !Write(order, again.Value).AsSpan().SequenceEqual(Write(order, message))
        )
            throw new Contradiction("what was written reads otherwise");
        return true;
    }

    /// <summary>Bytes that are taken for a message can be written.</summary>
    private static bool Wire(string text, MessageType order)
    {
        var hex = string.Concat(text.Where(char.IsAsciiHexDigit));
        var message = Convert.FromHexString(hex[..(hex.Length / 2 * 2)]);
        if (ProtoJson.Check(order, message) is not null)
            return false;
        _ = Write(order, message);
        return true;
    }

    private static void Consistent<T>(Reading<T> reading)
        where T : class
    {
        if (reading.Value is null && reading.Mistakes.All(mistake => mistake.Warning))
            throw new Contradiction("it is refused, and no mistake says why");
        if (reading.Value is not null && reading.Mistakes.Any(mistake => !mistake.Warning))
            throw new Contradiction("it is accepted with a mistake");
    }

    private static Schema Schema(string proto) =>
        SchemaCompiler
            .Compile(new Dictionary<string, string> { ["messages/messages.proto"] = proto })
            .Value!;

    private static byte[] Parse(MessageType type, string json) =>
        ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json)).Value!;

    private static byte[] Write(MessageType type, byte[] message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            ProtoJson.Write(type, message, writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private sealed class Contradiction(string message) : Exception(message);
}
