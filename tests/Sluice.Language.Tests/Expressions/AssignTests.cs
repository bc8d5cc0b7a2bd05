using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>What fields can be set to, and what stands on the wire then.</summary>
public sealed class AssignTests
{
    private static readonly Sample Sample = new(
        """
        enum Mood { UNKNOWN = 0; GLAD = 1; }
        message Line { string text = 1; int32 count = 2; }
        message Other { string text = 1; }
        message Order {
          int32 i32 = 1; int64 i64 = 2; uint32 u32 = 3; uint64 u64 = 4; sint32 s32 = 5; sint64 s64 = 6;
          fixed32 f32 = 7; fixed64 f64 = 8; sfixed32 sf32 = 9; sfixed64 sf64 = 10; float flt = 11; double dbl = 12;
          bool yes = 13; string text = 14; bytes data = 15; Mood mood = 16; Line line = 17;
          repeated int32 numbers = 18; repeated string texts = 19; repeated Line lines = 20; repeated Mood moods = 21;
          repeated sint32 loose = 22 [packed = false];
          map<string, int32> by_name = 23; map<int32, Line> by_number = 24;
          google.protobuf.Timestamp at = 25; google.protobuf.Duration took = 26; google.protobuf.Struct object = 27;
          google.protobuf.Value any = 28; google.protobuf.ListValue list = 29; google.protobuf.StringValue word = 30;
          google.protobuf.Int32Value number = 31; optional int32 maybe = 32; Other other = 33;
        }
        """,
        """{"text":"t","line":{"text":"a","count":2},"lines":[{"text":"x"},{"count":9}],"i64":"5000000000","object":{"k":[1,"s",null]}}"""
    );

    [Theory]
    [InlineData("i32", "-5", """{"i32":-5}""")]
    [InlineData("i32", "5u", """{"i32":5}""")]
    [InlineData("i64", "i64 + 1", """{"i64":"5000000001"}""")]
    [InlineData("u32", "7", """{"u32":7}""")]
    [InlineData("u64", "18446744073709551615u", """{"u64":"18446744073709551615"}""")]
    [InlineData("s32", "-2147483648", """{"s32":-2147483648}""")]
    [InlineData("s64", "-9", """{"s64":"-9"}""")]
    [InlineData("f32", "4294967295", """{"f32":4294967295}""")]
    [InlineData("f64", "9u", """{"f64":"9"}""")]
    [InlineData("sf32", "-3", """{"sf32":-3}""")]
    [InlineData("sf64", "-4", """{"sf64":"-4"}""")]
    [InlineData("flt", "1.5", """{"flt":1.5}""")]
    [InlineData("dbl", "3", """{"dbl":3}""")]
    [InlineData("yes", "text == 't'", """{"yes":true}""")]
    [InlineData("text", "text + line.text", """{"text":"ta"}""")]
    [InlineData("text", "toJson(line)", """{"text":"{\"text\":\"a\",\"count\":2}"}""")]
    [InlineData("data", "b'\\xff'", """{"data":"/w=="}""")]
    [InlineData("mood", "Mood.GLAD", """{"mood":"GLAD"}""")]
    [InlineData("mood", "77", """{"mood":77}""")]
    [InlineData("line", "line", """{"line":{"text":"a","count":2}}""")]
    [InlineData("line", "Line{text: 'n'}", """{"line":{"text":"n"}}""")]
    [InlineData("line", "null", "{}")]
    [InlineData("numbers", "[1, 0, -1]", """{"numbers":[1,0,-1]}""")]
    [InlineData("numbers", "lines.map(l, l.count)", """{"numbers":[0,9]}""")]
    [InlineData("numbers", "[]", "{}")]
    [InlineData("texts", "['', 'b']", """{"texts":["","b"]}""")]
    [InlineData(
        "lines",
        "lines.filter(l, l.count > 0) + [line]",
        """{"lines":[{"count":9},{"text":"a","count":2}]}"""
    )]
    [InlineData("moods", "[1, 0]", """{"moods":["GLAD","UNKNOWN"]}""")]
    [InlineData("loose", "[-1, 1]", """{"loose":[-1,1]}""")]
    [InlineData("by_name", "{'a': 1, '': 0}", """{"byName":{"a":1,"":0}}""")]
    [InlineData("by_number", "{-1: line}", """{"byNumber":{"-1":{"text":"a","count":2}}}""")]
    [InlineData(
        "at",
        "timestamp('2026-01-31T12:00:00.5Z')",
        """{"at":"2026-01-31T12:00:00.500Z"}"""
    )]
    [InlineData("at", "timestamp(-1)", """{"at":"1969-12-31T23:59:59Z"}""")]
    [InlineData("took", "duration('-1.5s')", """{"took":"-1.500s"}""")]
    [InlineData(
        "object",
        "{'a': [1, true, null, {'b': 'c'}]}",
        """{"object":{"a":[1,true,null,{"b":"c"}]}}"""
    )]
    [InlineData("object", "object", """{"object":{"k":[1,"s",null]}}""")]
    [InlineData("any", "object.k[1]", """{"any":"s"}""")]
    [InlineData("any", "9007199254740993", """{"any":"9007199254740993"}""")]
    [InlineData("any", "line", """{"any":{"text":"a","count":2}}""")]
    [InlineData("any", "null", """{"any":null}""")]
    [InlineData("any", "duration('2s')", """{"any":"2s"}""")]
    [InlineData("any", "b'\\x01'", """{"any":"AQ=="}""")]
    [InlineData("any", "0.0 / 0.0", """{"any":"NaN"}""")]
    [InlineData("list", "[1, 'a', [2.5]]", """{"list":[1,"a",[2.5]]}""")]
    [InlineData("word", "'w'", """{"word":"w"}""")]
    [InlineData("word", "''", """{"word":""}""")]
    [InlineData("word", "null", "{}")]
    [InlineData("number", "42", """{"number":42}""")]
    [InlineData("maybe", "0", """{"maybe":0}""")]
    public void A_field_takes_what_fits_it(string field, string text, string json) =>
        Assert.Equal(json, Sample.Assign(field, text));

    [Theory]
    [InlineData("i32", "i64")]
    [InlineData("i32", "-2147483649")]
    [InlineData("u32", "-1")]
    [InlineData("u64", "-1")]
    [InlineData("f32", "4294967296")]
    [InlineData("s32", "2147483648u")]
    [InlineData("mood", "2147483648")]
    [InlineData("dbl", "9007199254740993")]
    [InlineData("flt", "16777217")]
    [InlineData("i32", "dyn('x')")]
    [InlineData("i32", "object.k[0]")]
    [InlineData("text", "dyn(1)")]
    [InlineData("text", "object.k[2]")]
    [InlineData("line", "dyn(other)")]
    [InlineData("numbers", "dyn([1, 'a'])")]
    [InlineData("by_name", "dyn({1: 1})")]
    [InlineData("object", "dyn({1: 1})")]
    [InlineData("object", "dyn(null)")]
    [InlineData("any", "dyn(type(1))")]
    [InlineData("number", "2147483648")]
    public void A_value_that_does_not_fit_is_a_fault_that_names_the_field(string field, string text)
    {
        var fault = Sample.Assign(field, text);
        Assert.StartsWith("fault: ", fault);
        if (field is not ("any" or "object" or "by_name" or "number"))
            Assert.Contains($"`{field}`", fault);
    }

    [Theory]
    [InlineData("i32", "1.5", "convert it")]
    [InlineData("i32", "'1'", "gives string")]
    [InlineData("text", "1", "gives int")]
    [InlineData("text", "line", "toJson")]
    [InlineData("data", "'x'", "gives string")]
    [InlineData("yes", "1", "gives int")]
    [InlineData("line", "other", "demo.greeter.Other")]
    [InlineData("line", "{'text': 'a'}", "map(string, string)")]
    [InlineData("numbers", "1", "gives int")]
    [InlineData("numbers", "['a']", "list(string)")]
    [InlineData("by_name", "{1: 1}", "map(int, int)")]
    [InlineData("object", "{1: 1}", "map(int, int)")]
    [InlineData("object", "null", "gives null")]
    [InlineData("at", "'2026-01-31T12:00:00Z'", "gives string")]
    [InlineData("text", "object.?k", "orValue")]
    [InlineData("i32", "null", "gives null")]
    public void A_type_that_cannot_fit_is_told_before_anything_runs(
        string field,
        string text,
        string part
    )
    {
        var misfit = Sample.Good(text).Misfit(Sample.Type.Field(field)!);
        Assert.Contains(part, misfit);
        Assert.DoesNotContain(".", misfit![^1..]);
    }

    [Fact]
    public void A_scalar_is_written_also_when_it_is_the_default_so_that_it_counts_more_than_what_stands_before_it()
    {
        using var writer = new WireWriter();
        writer.Append(Json.Parse(Sample.Type, """{"i32":5,"text":"old","yes":true}"""));
        foreach (var (field, text) in new[] { ("i32", "0"), ("text", "''"), ("yes", "false") })
            Assert.Null(Sample.Good(text).Assign(Sample.Input, Sample.Type.Field(field)!, writer));
        Assert.Equal("{}", Json.Write(Sample.Type, writer.Written));
    }

    [Fact]
    public void A_result_that_is_longer_than_a_message_may_be_is_a_fault()
    {
        var sample = new Sample(
            "message Order { bytes data = 1; repeated bytes many = 2; }",
            $$"""{"data":"{{Convert.ToBase64String(new byte[9 * 1024 * 1024])}}"}"""
        );
        Assert.StartsWith("fault: The result is longer", sample.Assign("many", "[data, data]"));
    }

    [Fact]
    public void Every_field_of_every_random_message_survives_the_way_through_an_expression()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var schema = Compile.Text(new RandomSchema(seed).Write()).Value!;
            foreach (var type in schema.Messages)
            {
                var scope = new ExpressionScope { Message = type };
                foreach (var field in type.Fields)
                {
                    var name = $"value.`{field.Name}`";
                    var copy = Expression.Compile(name, scope).Value!;
                    Assert.Null(copy.Misfit(field));
                    var original = RandomMessage.Of(field, seed);
                    using var writer = new WireWriter();
                    var input = new ExpressionInput(
                        original,
                        new Dictionary<string, ReadOnlyMemory<byte>>(),
                        new Dictionary<string, string>()
                    );
                    Assert.Null(copy.Assign(input, field, writer));
                    Assert.True(Same(type, original, writer.Written), $"{seed} {field}");
                }
            }
        }
    }

    private static bool Same(MessageType type, byte[] a, ReadOnlySpan<byte> b)
    {
        var evaluation = new Evaluation(default, Value.Null, []);
        return Equality.Of(
            ref evaluation,
            Value.Encoded(type, a),
            Value.Encoded(type, b.ToArray())
        );
    }
}
