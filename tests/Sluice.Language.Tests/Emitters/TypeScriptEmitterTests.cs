using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class TypeScriptEmitterTests
{
    [Fact]
    public void New_nodes_compile_and_their_tests_pass_as_they_come()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init("demo/words", "typescript").Value!
        );
        source = source.With([
            new(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.words; message Word { string text = 1; message Part { string text = 1; } }"
            ),
        ]);
        foreach (
            var (name, type) in new[] { ("Say", NodeType.Unary), ("StreamAll", NodeType.Pipeline) }
        )
        {
            var node = new NodeTemplate
            {
                Name = name,
                Input = "Word",
                Output = "Word.Part",
                Type = type,
            };
            source = source.With(PackageTemplates.CreateNode(source, node).Value!);
        }

        var report = PackageValidator.Validate(source);
        Assert.Empty(report.Mistakes);
        using var package = new TypeScriptPackage(report.Schema!, [.. report.Manifest!.Nodes]);
        foreach (var path in source.Paths.Where(p => !p.StartsWith("messages/")))
            package.Write(path, source.Text(path)!);
        package.Compile();
        var output = package.RunTests();
        Assert.Contains("say gives Word.Part", output);
        Assert.Contains("streamAll gives Word.Part", output);
        Assert.Contains("pass 2", output);
    }

    [Fact]
    public void Every_kind_of_field_has_the_members_that_protobuf_would_give_it()
    {
        var schema = Compile.Good(
            """
            import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto";
            enum Mood { MOOD_UNKNOWN = 0; MOOD_VERY_GLAD = 1; }
            message Line { string text = 1; }
            message All {
              optional int32 maybe = 1; repeated Line lines = 2; map<string, int32> by_name = 3; Mood mood = 4; bytes data = 5;
              oneof choice { string left = 6; Line right = 7; } google.protobuf.Timestamp at = 8; google.protobuf.Duration took = 9;
              google.protobuf.Value any = 10; repeated sint64 numbers = 11; message Inner { enum Kind { NONE = 0; } Kind kind = 1; }
              Inner inner = 12; string write = 13; string choice_case = 14; bool numbers_list = 15; double ratio = 16; int64 big = 17;
              string camelCase = 18; message name { string v = 1; } name class = 19; Map map = 20; Error error = 21;
            }
            message Map { string function = 1; } message Error { uint64 value = 1; } message Number { int32 x = 1; } message value { value value = 1; repeated value more = 2; }
            """
        );
        using var package = new TypeScriptPackage(schema);
        package.Write(
            "check.ts",
            """
            import assert from "node:assert/strict";
            import { All, Duration, Error as Fault, Line, Map as Place, Mood, Timestamp, Value, value_ } from "./gen/messages_pb";
            import { InvalidMessageError } from "./gen/codec";
            const all = new All().setMaybe(0).setLinesList([new Line().setText("a")]).setMood(Mood.MOOD_VERY_GLAD).setData(new Uint8Array([1, 2]))
                .setLeft("gone").setRight(new Line()).setAt(Timestamp.fromDate(new Date("2026-01-31T00:00:00.5Z"))).setTook(Duration.fromMilliseconds(-1500))
                .setAny(Value.fromJavaScript([null, 2, { a: "b", __proto__: true }])).setNumbersList([-1n, -(2n ** 63n)]).addNumbers(5)
                .setInner(new All.Inner().setKind(All.Inner.Kind.NONE)).setWrite("w").setChoiceCase("cc").setNumbersList_(true).setRatio(-0).setBig(2n ** 62n)
                .setCamelcase("c").setClass(new All.name_().setV("n")).setMap(new Place().setFunction("f")).setError(new Fault().setValue(7));
            all.getByNameMap().set("k", 1);
            all.addLines().setText("b");
            assert.equal(all.hasMaybe(), true);
            assert.equal(all.getChoiceCase_(), All.ChoiceCase_.RIGHT);
            assert.equal(all.getLeft() + all.hasLeft(), "false");
            const back = All.deserializeBinary(all.serializeBinary());
            assert.deepStrictEqual(back, all);
            assert.ok(back.equals(all) && all.clone().equals(back) && !back.equals(new All()) && back !== all.clone());
            assert.equal(back.getAt()!.toDate().toISOString(), "2026-01-31T00:00:00.500Z");
            assert.equal(back.getTook()!.toMilliseconds(), -1500);
            assert.deepStrictEqual(back.getAny()!.toJavaScript(), [null, 2, { a: "b" }]);
            assert.equal(back.getBig(), 4611686018427387904n);
            assert.equal(back.getData_asB64(), "AQI=");
            assert.deepStrictEqual(back.toObject().linesList, [{ text: "a" }, { text: "b" }]);
            assert.deepStrictEqual(back.toObject().byNameMap, [["k", 1]]);
            const kept = Line.deserializeBinary(new Uint8Array([10, 1, 120, 0x50, 7])).serializeBinary();
            assert.deepStrictEqual([...kept], [10, 1, 120, 0x50, 7]);
            assert.throws(() => Line.deserializeBinary(new Uint8Array([10, 1, 0xff])), InvalidMessageError);
            assert.throws(() => Line.deserializeBinary(new Uint8Array([10, 5, 1])), InvalidMessageError);
            assert.equal(Line.deserializeBinary(new Uint8Array([10, 3, 0xef, 0xbf, 0xbd])).getText(), "\ufffd");
            assert.throws(() => new Line().setText("\ud800").serializeBinary(), /surrogate/);
            assert.throws(() => new Line().setText(null as any).serializeBinary(), /expected a string, found null/);
            assert.throws(() => new All().setMaybe(1.5).serializeBinary(), RangeError);
            assert.throws(() => new All().setBig(2n ** 63n).serializeBinary(), RangeError);
            assert.throws(() => new All().setBig(1.5), RangeError);
            let deep = new value_();
            for (let i = 0; i < 400; i++) deep = new value_().setValue(deep);
            assert.throws(() => value_.deserializeBinary(deep.serializeBinary()), /too deep/);
            console.log(`${new Line().setText("x")}`);
            """
        );
        package.Compile();
        Assert.Equal("{\"text\":\"x\"}\n", package.Run("check.js"));
    }
}
