using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class GoEmitterTests
{
    [Fact]
    public void The_greeter_as_documented_is_formatted_and_sound_to_the_toolchain_with_its_worker()
    {
        var schema = Compile.Good(
            "message GreetRequest { string name = 1; } message GreetReply { string greeting = 1; }"
        );
        var greet = new ManifestNode
        {
            Name = "Greet",
            Input = "GreetRequest",
            Output = "demo.greeter.GreetReply",
        };
        using var package = new GoPackage(schema, [greet]);
        package.Write(
            "nodes/greet.go",
            """
            package nodes

            import (
            	"context"
            	"fmt"

            	"demo/greeter/axiom"
            	"demo/greeter/gen"
            )

            // Greet greets the caller, signing with the tenant's configured signature.
            func Greet(ctx context.Context, ax axiom.Context, input *gen.GreetRequest) (*gen.GreetReply, error) {
            	signature, ok := ax.Secrets().Get("GREETER_SIGNATURE")
            	if !ok {
            		signature = "anonymous"
            	}
            	return &gen.GreetReply{Greeting: fmt.Sprintf("Hello %s, from %s", input.Name, signature)}, nil
            }

            """
        );

        Assert.Equal("", package.Start("gofmt", ["-l", "."]));
        package.Start("go", ["vet", "./..."]);
    }

    [Fact]
    public void Every_kind_of_field_has_the_members_that_protobuf_would_give_it()
    {
        var schema = Compile.Good(
            """
            import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
            import "google/protobuf/empty.proto";
            // How one feels.
            enum Mood { MOOD_UNKNOWN = 0; MOOD_VERY_GLAD = 1; name = 2; }
            message Line { string text = 1; }
            message All {
              // May be
              // there.
              optional int32 maybe = 1; repeated Line lines = 2; map<string, int32> by_name = 3; Mood mood = 4; bytes data = 5;
              oneof choice { string left = 6; Line right = 7; } google.protobuf.Timestamp at = 8; google.protobuf.Duration took = 9;
              google.protobuf.Value any = 10; repeated sint64 numbers = 11; message Inner { enum Kind { NONE = 0; } Kind kind = 1; }
              Inner inner = 12; string string = 13; string all = 14; bool marshal = 15; double ratio = 16; bool get_maybe = 17;
              google.protobuf.StringValue word = 18; optional bytes blob = 19; google.protobuf.Empty nothing = 20; google.protobuf.NullValue null = 21;
            }
            """
        );
        using var package = new GoPackage(schema, []);
        package.Write(
            "gen/all_test.go",
            """
            package gen_test

            import (
            	"math"
            	"reflect"
            	"testing"
            	"time"

            	"demo/greeter/gen"
            	"demo/greeter/gen/durationpb"
            	"demo/greeter/gen/emptypb"
            	"demo/greeter/gen/proto"
            	"demo/greeter/gen/structpb"
            	"demo/greeter/gen/timestamppb"
            	"demo/greeter/gen/wrapperspb"
            )

            func TestAll(t *testing.T) {
            	when := time.Date(2026, 1, 31, 0, 0, 0, 5, time.UTC)
            	json, err := structpb.NewValue(map[string]any{"a": []any{nil, 1, "x", true}})
            	if err != nil {
            		t.Fatal(err)
            	}
            	all := &gen.All{
            		Maybe: proto.Int32(0), Lines: []*gen.Line{{Text: "a"}}, ByName: map[string]int32{"k": 1, "j": 2}, Mood: gen.Mood_MOOD_VERY_GLAD, Data: []byte{1, 2},
            		Choice: &gen.All_Right{Right: &gen.Line{}}, At: timestamppb.New(when), Took: durationpb.New(-1500 * time.Millisecond), Any: json,
            		Numbers: []int64{-1, math.MinInt64}, Inner: &gen.All_Inner{Kind: gen.All_Inner_NONE}, String_: "s", All: "t", Marshal_: true, GetMaybe_: true,
            		Ratio: math.Copysign(0, -1), Word: wrapperspb.String("w"), Blob: []byte{}, Nothing: &emptypb.Empty{}, Null: structpb.NullValue_NULL_VALUE,
            	}
            	b, err := proto.Marshal(all)
            	if err != nil {
            		t.Fatal(err)
            	}
            	back := new(gen.All)
            	if err := proto.Unmarshal(b, back); err != nil {
            		t.Fatal(err)
            	}
            	if !proto.Equal(all, back) || !proto.Equal(proto.Clone(all), back) || proto.Equal(back, &gen.All{}) {
            		t.Error("equality")
            	}
            	if back.Maybe == nil || back.GetRight() == nil || back.GetLeft() != "" || back.Blob == nil || !math.Signbit(back.Ratio) || back.Nothing == nil {
            		t.Error("presence")
            	}
            	if !back.At.AsTime().Equal(when) || back.Took.AsDuration() != -1500*time.Millisecond || back.GetWord().GetValue() != "w" {
            		t.Error("times")
            	}
            	if got := back.Any.AsInterface(); !reflect.DeepEqual(got, map[string]any{"a": []any{nil, 1.0, "x", true}}) {
            		t.Error(got)
            	}
            	if gen.Mood_name_.String() != "name" || gen.Mood(9).String() != "9" || gen.Mood_value["MOOD_VERY_GLAD"] != 1 || *gen.Mood_MOOD_VERY_GLAD.Enum() != 1 {
            		t.Error("enums")
            	}
            	var none *gen.All
            	if none.GetMaybe() != 0 || none.GetChoice() != nil || none.GetInner().GetKind() != 0 || none.GetAt().AsTime().Unix() != 0 {
            		t.Error("getters of nothing")
            	}
            	const shown = `maybe:5 lines:{text:"a"} lines:{text:"\""} by_name:{key:"j" value:2} by_name:{key:"k" value:1} mood:MOOD_VERY_GLAD left:""`
            	text := &gen.All{Maybe: proto.Int32(5), Lines: []*gen.Line{{Text: "a"}, {Text: `"`}}, ByName: all.ByName, Mood: all.Mood, Choice: &gen.All_Left{}}
            	if text.String() != shown {
            		t.Error(text.String())
            	}
            }

            func TestBytes(t *testing.T) {
            	line := new(gen.Line)
            	kept := []byte{10, 1, 'x', 0x50, 7, 0x5b, 0x50, 1, 0x5c}
            	if err := proto.Unmarshal(kept, line); err != nil || line.Text != "x" {
            		t.Fatal(err, line)
            	}
            	if b, err := proto.Marshal(line); err != nil || !reflect.DeepEqual(b, kept) {
            		t.Error("unknown fields", b, err)
            	}
            	for _, bad := range [][]byte{{10, 1, 0xff}, {10, 5, 1}, {7}, {10}, {0x5b, 0x64}, {0x5f}, {10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}} {
            		if proto.Unmarshal(bad, line) == nil {
            			t.Error(bad)
            		}
            	}
            	if _, err := proto.Marshal(&gen.Line{Text: "\xff"}); err == nil {
            		t.Error("a string that is not UTF-8 is encoded")
            	}
            	long := string(make([]byte, 70000))
            	if b, _ := proto.Marshal(&gen.All{Lines: []*gen.Line{{Text: long}, nil}}); len(b) != 70000+4+4+2 || proto.Size(&gen.All{Lines: []*gen.Line{{Text: long}, nil}}) != len(b) {
            		t.Error("lengths", len(b))
            	}
            	deep := &structpb.Value{}
            	for i := 0; i < 400; i++ {
            		deep = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{deep}})
            	}
            	if _, err := proto.Marshal(deep); err == nil {
            		t.Error("a message as deep as this is encoded")
            	}
            }

            """
        );
        Assert.Equal("", package.Start("gofmt", ["-l", "."]));
        package.Start("go", ["test", "./gen"]);
    }

    [Fact]
    public void New_nodes_are_formatted_and_their_tests_pass_as_they_come()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init(GoPackage.Module, "go").Value!
        );
        source = source.With([
            new(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.greeter; message Word { string text = 1; message Part { string text = 1; } }"
            ),
        ]);
        foreach (
            var (name, type) in new[]
            {
                ("Say", NodeType.Unary),
                ("Stream", NodeType.Pipeline),
                ("ParseJs", NodeType.Unary),
            }
        )
        {
            var node = new NodeTemplate
            {
                Name = name,
                Input = "Word",
                Output = "Word.Part",
                Type = type,
            };
            var files = PackageTemplates.CreateNode(source, node);
            Assert.Empty(files.Mistakes);
            source = source.With(files.Value!);
        }

        var report = PackageValidator.Validate(source, push: true);
        Assert.Empty(report.Mistakes);
        using var package = new GoPackage(report.Schema!, [.. report.Manifest!.Nodes]);
        foreach (var path in source.Paths)
            package.Write(path, source.Text(path)!);
        Assert.Equal("", package.Start("gofmt", ["-l", "."]));
        var output = package.Start("go", ["test", "-v", "./..."]);
        foreach (var test in new[] { "TestSay", "TestStream", "TestParseJs" })
            Assert.Contains($"--- PASS: {test} ", output);
        package.BuildWorker();
    }
}
