using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

public sealed class ProtoJsonTests
{
    internal static readonly Schema All = Compile.Good(
        """
        import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
        import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto"; import "google/protobuf/empty.proto";
        enum Mood { UNKNOWN = 0; GLAD = 1; SAD = -1; }
        message Line { string text = 1; int32 count = 2; Line next = 3; }
        message All {
          int32 i32 = 1; int64 i64 = 2; uint32 u32 = 3; uint64 u64 = 4; sint32 s32 = 5; sint64 s64 = 6;
          fixed32 f32 = 7; fixed64 f64 = 8; sfixed32 sf32 = 9; sfixed64 sf64 = 10; float flt = 11; double dbl = 12;
          bool yes = 13; string text = 14; bytes data = 15; Mood mood = 16; Line line = 17;
          optional int32 maybe = 18;
          repeated int32 numbers = 19; repeated string texts = 20; repeated Line lines = 21; repeated Mood moods = 22;
          map<string, int32> by_name = 23; map<int64, Line> by_number = 24; map<bool, string> by_truth = 25;
          oneof choice { string left = 26; Line right = 27; google.protobuf.NullValue nothing = 28; }
          google.protobuf.Timestamp at = 29; google.protobuf.Duration took = 30; google.protobuf.Struct object = 31;
          google.protobuf.Value any = 32; google.protobuf.ListValue list = 33; google.protobuf.StringValue word = 34;
          google.protobuf.Int64Value big = 35; google.protobuf.Empty empty = 36; string snake_case_name = 37;
        }
        """
    );

    private static MessageType Type => All.Find("All")!;

    [Theory]
    [InlineData(
        """{"i32":-5,"i64":"-9223372036854775808","u32":4294967295,"u64":"18446744073709551615","s32":-2147483648,"s64":"-3"}"""
    )]
    [InlineData(
        """{"f32":1,"f64":"2","sf32":-1,"sf64":"-2","flt":1.5,"dbl":-0.1,"yes":true,"text":"hé","data":"AP+/","mood":"SAD"}"""
    )]
    [InlineData(
        """{"line":{"text":"a","next":{"count":3}},"maybe":0,"numbers":[1,0,-1],"texts":["","b"],"lines":[{},{"text":"x"}],"moods":["GLAD",7]}"""
    )]
    [InlineData(
        """{"byName":{"":0,"a":1},"byNumber":{"-1":{"text":"n"}},"byTruth":{"true":"t","false":""}}"""
    )]
    [InlineData("""{"left":""}""")]
    [InlineData("""{"right":{}}""")]
    [InlineData("""{"nothing":null}""")]
    [InlineData("""{"at":"2026-01-31T12:00:00.500Z","took":"-1.000000001s"}""")]
    [InlineData(
        """{"object":{"a":[1,null,{"b":"c"}],"d":true},"any":null,"list":[1,"x",[]],"word":"","big":"7","empty":{}}"""
    )]
    [InlineData("""{"flt":"NaN","dbl":"-Infinity"}""")]
    public void Canonical_json_comes_back_as_it_went_in(string json) =>
        Assert.Equal(json, Json.RoundTrip(Type, json));

    [Theory]
    [InlineData(
        """{"i32":"5","i64":6,"u64":1e3,"s32":5.0,"flt":"1e2","snake_case_name":"x"}""",
        """{"i32":5,"i64":"6","u64":"1000","s32":5,"flt":100,"snakeCaseName":"x"}"""
    )]
    [InlineData(
        """{"data":"-_8","mood":1,"i32":null,"line":null,"numbers":null,"byName":null,"any":null}""",
        """{"data":"+/8=","mood":"GLAD","any":null}"""
    )]
    [InlineData(
        """{"text":"\u00e9","at":"2026-01-31T12:00:00.5+02:00","took":"3.0s"}""",
        """{"text":"é","at":"2026-01-31T10:00:00.500Z","took":"3s"}"""
    )]
    public void Other_spellings_are_taken_and_made_canonical(string json, string canonical) =>
        Assert.Equal(canonical, Json.RoundTrip(Type, json));
}
