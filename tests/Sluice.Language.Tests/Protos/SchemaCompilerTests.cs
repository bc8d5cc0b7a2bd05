using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

public sealed class SchemaCompilerTests
{
    [Fact]
    public void The_greeter_compiles_and_its_messages_are_found_by_short_and_full_name()
    {
        var schema = Compile.Good(
            """

            // Who is to be greeted.
            message GreetRequest {
              string name = 1; // not a leading comment
              // How often.
              optional int32 times = 2;
            }
            message GreetReply { string greeting = 1; }
            """
        );

        var request = schema.Find("GreetRequest")!;
        Assert.Same(request, schema.Find("demo.greeter.GreetRequest"));
        Assert.Equal("Who is to be greeted.", request.Docs);
        Assert.Equal(["name", "times"], request.Fields.Select(f => f.Name));
        Assert.Equal("", request.Fields[0].Docs);
        Assert.Equal("How often.", request.Fields[1].Docs);
        Assert.True(request.Fields[1].HasPresence);
        Assert.Null(schema.Find("Nothing"));
    }

    [Fact]
    public void Every_scalar_label_map_oneof_and_nested_type_is_understood()
    {
        var scalars = Enum.GetValues<FieldKind>()
            .Where(k => k is not (FieldKind.Message or FieldKind.Enum))
            .ToArray();
        var fields = string.Join(
            '\n',
            scalars.Select(
                (k, i) => $"{k.Word()} f{i} = {i + 1}; repeated {k.Word()} r{i} = {i + 101};"
            )
        );
        var schema = Compile.Good(
            $$"""
            import "google/protobuf/timestamp.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
            message All {
              {{fields}}
              map<string, Inner> by_name = 200; map<int32, Mood> moods = 201;
              oneof choice { string text = 300; Inner inner = 301; .demo.greeter.All.Inner.Deep deep = 302; }
              google.protobuf.Timestamp at = 400; google.protobuf.Value any = 401; google.protobuf.StringValue maybe = 402;
              message Inner { message Deep { All back = 1; } Deep deep = 1; }
              enum Mood { option allow_alias = true; UNKNOWN = 0; NONE = 0; GLAD = 0x10; SAD = -010; }
              reserved 500, 600 to 700, 800 to max; reserved "gone", 'lost';
              option deprecated = true;
              option (custom).thing = { a: 1 b { c: "x" } };
            }
            """
        );

        var all = schema.Find("All")!;
        Assert.Equal(scalars, all.Fields.Where(f => f.Number < 100).Select(f => f.Kind));
        Assert.Equal(FieldKind.Message, all.Field("by_name")!.MapValue!.Kind);
        Assert.Equal("map<int32, demo.greeter.All.Mood>", all.Field("moods")!.TypeText);
        Assert.Same(schema.Find("Inner.Deep"), all.Field("deep")!.Message);
        Assert.Equal("choice", all.Field(301)!.Oneof!.Name);
        Assert.Equal([0, 0, 16, -8], all.Enums[0].Values.Select(v => v.Number));
        Assert.Equal(WellKnown.Timestamp, all.Field("at")!.Message!.WellKnown);
        Assert.All(
            all.Fields.Where(f => f.IsRepeated),
            f => Assert.Equal(f.Kind.CanPack(), f.IsPacked)
        );
        Assert.Equal("byName", all.Field("by_name")!.JsonName);
    }
}
