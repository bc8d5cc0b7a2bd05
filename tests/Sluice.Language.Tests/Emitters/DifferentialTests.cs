using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>Our compiler, JSON and Python classes beside Debian's protoc and google.protobuf, on random schemas and messages.</summary>
public sealed class DifferentialTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    /// <summary>A compiler takes seconds for each schema: the first alone, unless <c>SLUICE_TEST_SEEDS</c> is <c>all</c>.</summary>
    public static TheoryData<int> Compiled(int[] seeds) =>
        [.. Environment.GetEnvironmentVariable("SLUICE_TEST_SEEDS") == "all" ? seeds : seeds[..1]];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_messages_mean_the_same_to_us_and_to_the_official_implementation(int seed)
    {
        var (_, lines) = Compare(seed, 25);
        foreach (var (type, bytes, json) in lines)
        {
            var written = Json.Write(type, bytes);
            Assert.True(Same(JsonNode.Parse(json), JsonNode.Parse(written)), $"{json}\n{written}");
            // What was read from their JSON writes as ours does; floats of theirs have fewer digits, never other ones.
            Assert.True(
                Same(JsonNode.Parse(written), JsonNode.Parse(Json.RoundTrip(type, json))),
                json
            );
            Assert.Equal(written, Json.RoundTrip(type, written));
        }
    }

    [Theory]
    [MemberData(nameof(Compiled), new[] { 31, 32, 33 })]
    public void Official_messages_come_out_of_the_csharp_classes_as_they_went_in(int seed)
    {
        var (schema, lines) = Compare(seed, 25);
        using var package = new CSharpPackage(schema);
        var cases = schema.TopLevel.Select(m =>
            $"\"{m.FullName}\" => Gen.{m.Name}.Parse(bytes).ToByteArray(),"
        );
        package.Write(
            "Program.cs",
            $$"""
            while (System.Console.ReadLine() is { } line)
            {
                var parts = line.Split(' ');
                var bytes = System.Convert.FromBase64String(parts[1]);
                byte[] back = parts[0] switch { {{string.Concat(cases)}} _ => [] };
                System.Console.WriteLine(System.Convert.ToBase64String(back));
            }
            """
        );
        package.Compile();
        var output = package.Run(
            string.Concat(
                lines.Select(l => $"{l.Type.FullName} {Convert.ToBase64String(l.Bytes)}\n")
            )
        );

        var back = output.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Count, back.Length);
        foreach (var ((type, bytes, _), text) in lines.Zip(back))
        {
            var returned = Convert.FromBase64String(text);
            Assert.Equal(bytes.Length, returned.Length);
            Assert.True(
                Same(
                    JsonNode.Parse(Json.Write(type, bytes)),
                    JsonNode.Parse(Json.Write(type, returned))
                ),
                text
            );
        }
    }

    [Theory]
    [MemberData(nameof(Compiled), new[] { 41, 42, 43 })]
    public void Official_messages_are_the_same_values_in_the_typescript_classes(int seed)
    {
        var (schema, lines) = Compare(seed, 25);
        using var package = new TypeScriptPackage(schema);
        package.Write("program.ts", TypeScriptProgram);
        package.Compile();
        var output = package.Run(
            "program.js",
            string.Concat(lines.Select(l => $"{l.Type.Name} {Convert.ToBase64String(l.Bytes)}\n"))
        );

        var back = output.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Count, back.Length);
        foreach (var ((type, bytes, json), line) in lines.Zip(back))
        {
            var parts = line.Split(' ', 2);
            var returned = Convert.FromBase64String(parts[0]);
            Assert.Equal(bytes.Length, returned.Length);
            Assert.True(
                Same(
                    JsonNode.Parse(Json.Write(type, bytes)),
                    JsonNode.Parse(Json.Write(type, returned))
                ),
                line
            );
            PlainObjects.Check(type, JsonNode.Parse(json)!, JsonNode.Parse(parts[1])!);
        }
    }

    /// <summary>Reads messages, builds each anew through its accessors, and tells its bytes and its plain object.</summary>
    private const string TypeScriptProgram = """
        import assert from "node:assert/strict";
        import { readFileSync } from "node:fs";
        import * as messages from "./gen/messages_pb";

        const isMessage = (value: any) => typeof value?.toObject === "function";
        const copy = (value: any) => (isMessage(value) ? rebuild(value) : value);
        function rebuild(message: any): any {
            const made = new message.constructor();
            for (const key of Object.keys(message.toObject())) {
                const name = key[0]!.toUpperCase() + key.slice(1);
                if (message["has" + name]?.() === false) continue;
                const value = message["get" + name]();
                if (value instanceof Map) for (const [k, v] of value) made["get" + name]().set(k, copy(v));
                else made["set" + name](Array.isArray(value) ? value.map(copy) : copy(value));
            }
            return made;
        }
        const shown = (_: string, value: unknown) =>
            typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : Object.is(value, -0) ? "-0" : value;
        for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
            const [type, base64] = line.split(" ");
            const bytes = new Uint8Array(Buffer.from(base64!, "base64"));
            const message = (messages as any)[type!].deserializeBinary(bytes);
            const again = message.serializeBinary();
            assert.deepEqual(rebuild(message).serializeBinary(), again);
            assert.ok(message.clone().equals(message));
            console.log(Buffer.from(again).toString("base64") + " " + JSON.stringify(message.toObject(), shown));
        }
        """;

    [Theory]
    [MemberData(nameof(Compiled), new[] { 41, 42, 43 })]
    public void The_go_types_have_the_names_types_and_values_of_the_official_ones(int seed)
    {
        var (schema, lines) = Compare(seed, 25);
        using var package = new GoPackage(schema, [], legacy: true);
        package.Write(Compile.Path, new RandomSchema(seed).Write());
        Directory.CreateDirectory(Path.Combine(package.Root, "official"));
        package.Start(
            "protoc",
            [
                "--go_out=official",
                $"--go_opt=paths=source_relative,M{Compile.Path}={GoPackage.Module}/official/messages;official",
                Compile.Path,
            ]
        );
        var pairs = schema.TopLevel.Select(m =>
            $"\"{m.FullName}\": {{func() official.Message {{ return &theirs.{m.Name}{{}} }}, func() proto.Message {{ return &gen.{m.Name}{{}} }}}},\n"
        );
        var script = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Emitters", "differential.go")
        );
        package.Write("compare/main.go", script.Replace("// PAIRS", string.Concat(pairs)));
        package.Start("go", ["build", "-o", "compare/compare", "./compare"]);

        var output = package.Start(
            Path.Combine(package.Root, "compare", "compare"),
            [],
            string.Concat(
                lines.Select(l => $"{l.Type.FullName} {Convert.ToBase64String(l.Bytes)}\n")
            )
        );

        Assert.Equal($"{lines.Count} messages\n", output);
        Assert.NotEmpty(Constants("gen/messages.pb.go"));
        Assert.Equal(
            Constants("official/messages/messages.pb.go"),
            Constants("gen/messages.pb.go")
        );

        IEnumerable<string> Constants(string path) =>
            Regex
                .Matches(
                    File.ReadAllText(Path.Combine(package.Root, path)),
                    @"^\t(?<name>\w+) +(?<type>\w+) = (?<number>-?\d+)$",
                    RegexOptions.Multiline | RegexOptions.ExplicitCapture
                )
                .Select(m => $"{m.Groups["name"]} {m.Groups["type"]} {m.Groups["number"]}")
                .Order(StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Compiled), new[] { 51, 52, 53 })]
    public void Official_messages_are_the_same_values_and_bytes_in_rust(int seed)
    {
        var (schema, lines) = Compare(seed, 8);
        using var package = new RustPackage(schema);
        var literals = new RustLiterals(schema);
        var (functions, calls) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < lines.Count; i++)
        {
            var (type, bytes, json) = lines[i];
            var official = $"&[{string.Join(", ", bytes)}]";
            calls.Append($"    read::<{literals.Path(type)}>({official});\n");
            // A google.protobuf.Value that holds nothing and one that holds null have the same JSON.
            if (json.Contains("null", StringComparison.Ordinal))
                continue;
            functions.Append(
                $"fn f{i}() -> {literals.Path(type)} {{ {literals.Message(type, JsonNode.Parse(json))} }}\n"
            );
            calls.Append($"    assert_eq!(f{i}().encode_to_vec(), {official});\n");
        }
        package.Write(
            "program.rs",
            $$"""
            #![allow(unused, clippy::all)]
            use service::codec::Message;

            {{functions}}
            fn read<M: Message + Clone>(official: &[u8]) {
                let message = M::decode(official).unwrap();
                assert_eq!(message.clone().encode_to_vec(), official);
                // Whatever is cut off is noticed or leaves a message; none of it panics.
                for end in 0..official.len() {
                    let _ = M::decode(&official[..end]);
                }
            }

            fn main() {
            {{calls}}}
            """
        );
        package.Compile("program.rs");
        Assert.Equal("", package.Run());
    }

    [Theory]
    // Official messages with an optional field named "class" cannot tell their own text: such seeds are left out.
    [MemberData(nameof(Compiled), new[] { 52, 53, 62 })]
    public void The_java_classes_have_the_methods_and_values_of_the_official_ones(int seed)
    {
        var (schema, lines) = Compare(seed, 25);
        using var package = new JavaPackage(schema);
        package.Write(
            "theirs.proto",
            new RandomSchema(seed).Write()
                + "option java_package = \"official\"; option java_outer_classname = \"Theirs\";"
        );
        package.Start("protoc", ["--java_out=.", "theirs.proto"], []);
        package.Write(
            "Differential.java",
            File.ReadAllText(
                Path.Combine(AppContext.BaseDirectory, "Emitters", "Differential.java")
            )
        );
        package.Compile();

        var output = package.Run(
            "Differential",
            string.Concat(lines.Select(l => $"{l.Type.Name} {Convert.ToBase64String(l.Bytes)}\n"))
        );

        Assert.Equal($"{lines.Count} messages\n", output);
    }

    /// <summary>Runs the comparison of the Python classes with the official ones, and returns the messages it made.</summary>
    private static (Schema, List<(MessageType Type, byte[] Bytes, string Json)>) Compare(
        int seed,
        int messages
    )
    {
        var reading = Compile.Text(new RandomSchema(seed).Write());
        Assert.Empty(reading.Mistakes);
        var schema = reading.Value!;
        using var package = new PythonPackage(schema);
        Directory.CreateDirectory(Path.Combine(package.Root, "official"));
        package.Start("protoc", ["--python_out=official", Compile.Path]);
        var script = Path.Combine(AppContext.BaseDirectory, "Emitters", "differential.py");
        var output = package.Start(
            PythonPackage.Python,
            [Copy(script, package.Root), $"{seed}", $"{messages}"]
        );

        var lines = output.TrimEnd('\n').Split('\n').Select(l => l.Split('\t'));
        return (
            schema,
            [.. lines.Select(p => (schema.Find(p[0])!, Convert.FromBase64String(p[1]), p[2]))]
        );
    }

    private static string Copy(string script, string root)
    {
        var to = Path.Combine(root, "differential.py");
        File.Copy(script, to);
        return to;
    }

    private static bool Same(JsonNode? a, JsonNode? b) =>
        (a, b) switch
        {
            (null, null) => true,
            (JsonObject x, JsonObject y) => x.Count == y.Count
                && x.All(p => y.ContainsKey(p.Key) && Same(p.Value, y[p.Key])),
            (JsonArray x, JsonArray y) => x.Count == y.Count
                && x.Zip(y).All(p => Same(p.First, p.Second)),
            (JsonValue x, JsonValue y) => x.GetValueKind() == y.GetValueKind()
                && (
                    x.ToJsonString() == y.ToJsonString()
                    || (
                        x.TryGetValue<double>(out var i)
                        && y.TryGetValue<double>(out var j)
                        && (i == j || (float)i == (float)j)
                    )
                ),
            _ => false,
        };
}
