using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Runner.Tests.Languages;

/// <summary>A message with a field of every kind goes through a worker of each language and comes back byte for byte.</summary>
internal static class KindsConformance
{
    /// <summary>The message of the conformance package; its nodes use the text, <c>Same</c> gives back all of it.</summary>
    public static readonly Schema Schema = SchemaCompiler
        .Compile(
            new Dictionary<string, string>
            {
                ["messages/messages.proto"] = """
                syntax = "proto3";
                package acme.all;
                import "google/protobuf/duration.proto";
                import "google/protobuf/struct.proto";
                import "google/protobuf/timestamp.proto";
                message Text {
                  enum Mood { CALM = 0; LOUD = 1; SULKY = -1; }
                  message Part { int32 number = 1; Part within = 2; }
                  string text = 1;
                  double wide = 2;
                  float narrow = 3;
                  int32 small = 4;
                  int64 large = 5;
                  uint32 small_count = 6;
                  uint64 large_count = 7;
                  sint32 small_turn = 8;
                  sint64 large_turn = 9;
                  fixed32 small_block = 10;
                  fixed64 large_block = 11;
                  sfixed32 small_step = 12;
                  sfixed64 large_step = 13;
                  bool truth = 14;
                  bytes raw = 15;
                  Mood mood = 16;
                  repeated sint32 turns = 17;
                  repeated string words = 18;
                  map<string, int64> counts = 19;
                  map<int32, Part> parts = 20;
                  optional string maybe = 21;
                  oneof choice { string left = 22; Part right = 23; }
                  Part part = 24;
                  repeated Mood moods = 25;
                  google.protobuf.Timestamp moment = 26;
                  google.protobuf.Duration took = 27;
                  google.protobuf.Struct anything = 28;
                }
                """,
            }
        )
        .Value!;

    // In the order of their numbers, as messages are written; keys of maps in theirs.
    private const string Least =
        """{"text":"least","wide":"-Infinity","narrow":-0.5,"small":-2147483648,"large":"-9223372036854775808","smallTurn":-2147483648,"largeTurn":"-9223372036854775808","smallStep":-2147483648,"largeStep":"-9223372036854775808","mood":"SULKY","maybe":"","left":"","part":{},"moment":"0001-01-01T00:00:00Z","took":"-315576000000s","anything":{}}""";

    private const string Most =
        """{"text":"Größe ♥ \ud834\udd1e \u0000","wide":1.7976931348623157e308,"narrow":3.4028235e38,"small":2147483647,"large":"9223372036854775807","smallCount":4294967295,"largeCount":"18446744073709551615","smallTurn":2147483647,"largeTurn":"9223372036854775807","smallBlock":4294967295,"largeBlock":"18446744073709551615","smallStep":2147483647,"largeStep":"9223372036854775807","truth":true,"raw":"AP+A/w==","mood":"LOUD","turns":[0,-1,1,2147483647,-2147483648],"words":["","a","ü"],"counts":{"a":"-1","b":"0","ü":"9223372036854775807"},"parts":{"-1":{},"1":{"number":1},"7":{"within":{"within":{"number":-5}}}},"maybe":"there","right":{"number":3},"part":{"number":1,"within":{}},"moods":["SULKY","CALM","LOUD"],"moment":"9999-12-31T23:59:59.999999999Z","took":"-0.000000001s","anything":{"list":[1,true,null,"x",{"in":[]}]}}""";

    // Numbers that no field of the message has: a varint, a text and a group.
    private const string Unknown = "C03E2A" + "CA3E036E6577" + "D33E0805D43E";

    public static async Task Check(House house, WorkerSpec package)
    {
        var type = Schema.Find("acme.all.Text")!;
        foreach (var json in (string[])[Least, Most])
        {
            var read = ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json));
            Assert.Empty(read.Mistakes);
            foreach (var unknown in (string[])["", Unknown])
            {
                byte[] input = [.. read.Value!, .. Convert.FromHexString(unknown)];
                var outcome = await house.Call(
                    House.A_call(package, "Same") with
                    {
                        Input = input,
                    }
                );
                Assert.Equal((NodeOutcomeKind.Succeeded, null), (outcome.Kind, outcome.Message));
                Assert.Equal(Convert.ToHexString(input), Convert.ToHexString(outcome.Output.Span));
            }
        }
    }
}
