using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

public sealed class ProtoJsonMistakeTests
{
    private static readonly Schema Schema = ProtoJsonTests.All;

    private static MessageType Type => Schema.Find("All")!;

    [Theory]
    [InlineData("""{"nope":1}""", "json_unknown_field", "nope")]
    [InlineData("""{"line":{"nope":{"deep":[1,2]}}}""", "json_unknown_field", "line.nope")]
    [InlineData(
        """{"lines":[{},{"next":{"nope":1}}]}""",
        "json_unknown_field",
        "lines[1].next.nope"
    )]
    [InlineData("""{"byNumber":{"7":{"nope":1}}}""", "json_unknown_field", "byNumber[\"7\"].nope")]
    [InlineData("""{"empty":{"x":1}}""", "json_unknown_field", "empty.x")]
    [InlineData("""{"text":"a","text":"b"}""", "json_duplicate_field", "text")]
    [InlineData(
        """{"snakeCaseName":"a","snake_case_name":"b"}""",
        "json_duplicate_field",
        "snakeCaseName"
    )]
    [InlineData("""{"byNumber":{"1":{},"1.0":{}}}""", "json_duplicate_field", "byNumber[\"1.0\"]")]
    [InlineData("""{"object":{"a":1,"a":2}}""", "json_duplicate_field", "object[\"a\"]")]
    [InlineData("""{"left":"a","right":{}}""", "json_oneof", "right")]
    [InlineData("""{"nothing":null,"left":"a"}""", "json_oneof", "left")]
    [InlineData("""{"i32":2147483648}""", "json_out_of_range", "i32")]
    [InlineData("""{"i32":-2147483649}""", "json_out_of_range", "i32")]
    [InlineData("""{"u32":-1}""", "json_out_of_range", "u32")]
    [InlineData("""{"u32":4294967296}""", "json_out_of_range", "u32")]
    [InlineData("""{"i64":"9223372036854775808"}""", "json_out_of_range", "i64")]
    [InlineData("""{"u64":18446744073709551616}""", "json_out_of_range", "u64")]
    [InlineData("""{"i64":1e999999999999}""", "json_out_of_range", "i64")]
    [InlineData("""{"i32":1.5}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":1e-1}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":""}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":" 1"}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":"+1"}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":"01"}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":"0x1"}""", "json_wrong_type", "i32")]
    [InlineData("""{"i32":true}""", "json_wrong_type", "i32")]
    [InlineData("""{"flt":3.5e38}""", "json_out_of_range", "flt")]
    [InlineData("""{"dbl":1.9e308}""", "json_out_of_range", "dbl")]
    [InlineData("""{"dbl":"nan"}""", "json_wrong_type", "dbl")]
    [InlineData("""{"dbl":".5"}""", "json_wrong_type", "dbl")]
    [InlineData("""{"yes":"true"}""", "json_wrong_type", "yes")]
    [InlineData("""{"yes":1}""", "json_wrong_type", "yes")]
    [InlineData("""{"text":5}""", "json_wrong_type", "text")]
    [InlineData("""{"text":"\ud800"}""", "json_bad_string", "text")]
    [InlineData("""{"data":"a"}""", "json_bad_base64", "data")]
    [InlineData("""{"data":"ab=="}x""", "json_malformed", null)]
    [InlineData("""{"data":"a b="}""", "json_bad_base64", "data")]
    [InlineData("""{"data":"abc=="}""", "json_bad_base64", "data")]
    [InlineData("""{"data":"§"}""", "json_bad_base64", "data")]
    [InlineData("""{"mood":"HAPPY"}""", "json_unknown_enum", "mood")]
    [InlineData("""{"mood":"1"}""", "json_unknown_enum", "mood")]
    [InlineData("""{"mood":1.5}""", "json_wrong_type", "mood")]
    [InlineData("""{"line":[]}""", "json_wrong_type", "line")]
    [InlineData("""{"lines":{}}""", "json_wrong_type", "lines")]
    [InlineData("""{"lines":[null]}""", "json_null", "lines[0]")]
    [InlineData("""{"texts":["a",null]}""", "json_null", "texts[1]")]
    [InlineData("""{"byName":[]}""", "json_wrong_type", "byName")]
    [InlineData("""{"byName":{"a":null}}""", "json_null", "byName[\"a\"]")]
    [InlineData("""{"byTruth":{"yes":""}}""", "json_map_key", "byTruth[\"yes\"]")]
    [InlineData("""{"byNumber":{"x":{}}}""", "json_map_key", "byNumber[\"x\"]")]
    [InlineData("""{"at":"2026-02-30T00:00:00Z"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":"2026-01-31T00:00:00"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":"2026-01-31t00:00:00z"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":"2026-01-31T24:00:00Z"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":"0001-01-01T00:00:00+00:01"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":"2026-01-31T00:00:00.0000000001Z"}""", "json_bad_timestamp", "at")]
    [InlineData("""{"at":0}""", "json_wrong_type", "at")]
    [InlineData("""{"took":"1.5"}""", "json_bad_duration", "took")]
    [InlineData("""{"took":"315576000001s"}""", "json_bad_duration", "took")]
    [InlineData("""{"took":"--1s"}""", "json_bad_duration", "took")]
    [InlineData("""{"took":".5s"}""", "json_bad_duration", "took")]
    [InlineData("""{"object":[]}""", "json_wrong_type", "object")]
    [InlineData("""{"list":{}}""", "json_wrong_type", "list")]
    [InlineData("""{"word":5}""", "json_wrong_type", "word")]
    [InlineData("[]", "json_wrong_type", null)]
    [InlineData("null", "json_wrong_type", null)]
    [InlineData("", "json_malformed", null)]
    [InlineData("{", "json_malformed", null)]
    [InlineData("""{"text":"a",}""", "json_malformed", null)]
    [InlineData("""{"text":"a"} {}""", "json_malformed", null)]
    [InlineData("""{'text':'a'}""", "json_malformed", null)]
    [InlineData("""{"i32":01}""", "json_malformed", null)]
    [InlineData("""{"i32":NaN}""", "json_malformed", null)]
    public void Wrong_json_is_refused_with_its_code_and_path(
        string json,
        string code,
        string? where
    )
    {
        var mistakes = Json.Mistakes(Type, json);
        Assert.Equal((code, where), mistakes.Select(m => (m.Code, m.Where)).Last());
    }

    [Fact]
    public void All_mistakes_are_told_with_line_and_column()
    {
        var mistakes = Json.Mistakes(
            Type,
            """
            {
              "text": "é", "nope": [{}],
              "i32": "x",
              "lines": [{"count": true}, null]
            }
            """
        );
        Assert.Equal(
            [("nope", 2, 16), ("i32", 3, 10), ("lines[0].count", 4, 23), ("lines[1]", 4, 30)],
            mistakes.Select(m => (m.Where!, m.Line, m.Column))
        );
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_at_its_place()
    {
        var reading = ProtoJson.Parse(Type, [.. "{\"text\":\"ab"u8, 0xC3, 0x28, .. "\"}"u8]);
        var mistake = Assert.Single(reading.Mistakes);
        Assert.Equal(("json_invalid_utf8", 1, 12), (mistake.Code, mistake.Line, mistake.Column));
    }

    [Theory]
    [InlineData("{\"any\":", "[", "]")]
    [InlineData("{\"object\":", "{\"a\":", "}")]
    [InlineData("{\"line\":", "{\"next\":", "}")]
    [InlineData("{\"nope\":", "[", "]")]
    [InlineData("{\"texts\":", "[", "]")]
    public void Json_nested_ten_thousand_deep_is_refused_in_bounded_memory(
        string start,
        string open,
        string close
    )
    {
        var json =
            start
            + string.Concat(Enumerable.Repeat(open, 10_000))
            + (open == "[" ? "" : "1")
            + string.Concat(Enumerable.Repeat(close, 10_000))
            + "}";
        var bytes = Encoding.UTF8.GetBytes(json);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = ProtoJson.Parse(Type, bytes);
        Assert.Null(reading.Value);
        Assert.InRange(reading.Mistakes.Count, 1, 101);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Theory]
    [InlineData("{\"any\":", "[", "]", 99)]
    [InlineData("{\"object\":", "{\"a\":", "}", 98)]
    public void Json_nested_as_deep_as_allowed_comes_back(
        string start,
        string open,
        string close,
        int levels
    )
    {
        var json =
            start
            + string.Concat(Enumerable.Repeat(open, levels))
            + (open == "[" ? "" : "{}")
            + string.Concat(Enumerable.Repeat(close, levels))
            + "}";
        Assert.Equal(json, Json.RoundTrip(Type, json));
        Assert.Contains(
            Json.Mistakes(Type, json.Replace(start, start + open) + close),
            m => m.Code == "json_too_deep"
        );
    }

    [Fact]
    public void A_number_of_many_megabytes_is_refused_unread()
    {
        var digits = new string('9', 20_000_000);
        var bytes = Encoding.UTF8.GetBytes(
            "{\"i64\":" + digits + ",\"dbl\":\"" + digits + "\",\"data\":1}"
        );
        var before = GC.GetAllocatedBytesForCurrentThread();
        var codes = ProtoJson.Parse(Type, bytes).Mistakes.Select(m => m.Code);
        Assert.Equal(["json_out_of_range", "json_out_of_range", "json_wrong_type"], codes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80_000_000);
    }

    [Fact]
    public void Mistakes_are_counted_no_further_than_a_hundred() =>
        Assert.Equal(
            101,
            Json.Mistakes(
                Type,
                "{\"numbers\":[" + string.Join(',', Enumerable.Repeat("true", 5000)) + "]}"
            ).Count
        );
}
