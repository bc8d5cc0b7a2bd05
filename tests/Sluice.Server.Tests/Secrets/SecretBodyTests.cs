using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Secrets;

public sealed class SecretBodyTests
{
    [Theory]
    [InlineData("""{"value":"Ada"}""", "Ada", false)]
    [InlineData(""" { "replace" : true , "value" : "Ada" } """, "Ada", true)]
    [InlineData("""{"value":"\"\\\/\b\f\n\r\t","replace":false}""", "\"\\/\b\f\n\r\t", false)]
    [InlineData("""{"value":"\u00e9\u20AC\ud83d\ude00é€😀\u0000"}""", "é€😀é€😀\0", false)]
    public void A_value_is_decoded_as_JSON_says(string json, string value, bool replace)
    {
        var read = SecretBody.Parse(Encoding.UTF8.GetBytes(json));
        Assert.False(read.Refused);
        Assert.Equal(
            (value, replace),
            (Encoding.UTF8.GetString(read.Value.Value.Span), read.Value.Replace)
        );
    }

    [Theory]
    [InlineData("", "json", 1, 1)]
    [InlineData("[]", "json", 1, 1)]
    [InlineData("\"x\"", "json", 1, 1)]
    [InlineData("null", "json", 1, 1)]
    [InlineData("{", "json", 1, 2)]
    [InlineData("{}", "value", 0, 0)]
    [InlineData("{\"value\":\"x\"", "json", 1, 13)]
    [InlineData("{\"value\":\"x\",}", "json", 1, 14)]
    [InlineData("{\"value\":\"x\"}{", "json", 1, 14)]
    [InlineData("{\"value\" \"x\"}", "json", 1, 10)]
    [InlineData("{\"value\":\"x", "json", 1, 11)]
    [InlineData("{\n  \"value\": 17}", "value", 2, 12)]
    [InlineData("{\"value\":\"\"}", "value", 1, 10)]
    [InlineData("{\"value\":null}", "value", 1, 10)]
    [InlineData("{\"value\":\"a\\q\"}", "json", 1, 12)]
    [InlineData("{\"value\":\"\\ud800\"}", "json", 1, 11)]
    [InlineData("{\"value\":\"\\ud800\\u0041\"}", "json", 1, 11)]
    [InlineData("{\"value\":\"\\udc00\"}", "json", 1, 11)]
    [InlineData("{\"value\":\"a\tb\"}", "json", 1, 12)]
    [InlineData("{\"value\":\"x\",\"value\":\"y\"}", "duplicate_member", 1, 14)]
    [InlineData("{\"value\":\"x\",\"replace\":\"yes\"}", "replace", 1, 24)]
    [InlineData("{\"value\":\"x\",\"other\":{\"a\":[1,\"}\"]}}", "unknown_member", 1, 14)]
    [InlineData("{\"é😀\":1,\"value\":17}", "unknown_member", 1, 2)]
    public void What_is_wrong_with_a_body_is_told_with_its_place(
        string json,
        string code,
        int line,
        int column
    )
    {
        var read = SecretBody.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(read.Refused);
        var mistake = read.Refusal.Mistakes[0];
        Assert.Equal(
            (400, code, line, column),
            (read.Refusal.Status, mistake.Code, mistake.Line, mistake.Column)
        );
    }

    [Fact]
    public void All_mistakes_of_a_body_are_told_at_once()
    {
        var read = SecretBody.Parse(
            """{"value":[{"deep":"er"}],"replace":1,"other":null,"replace":true}"""u8
        );
        Assert.Equal(
            ["value", "replace", "unknown_member", "duplicate_member"],
            read.Refusal!.Mistakes.Select(mistake => mistake.Code)
        );
    }

    [Fact]
    public void Invalid_UTF_8_is_refused()
    {
        Assert.True(SecretBody.Parse([.. "{\"value\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Refused);
        Assert.True(SecretBody.Parse([.. "{\""u8, 0xFF, .. "\":1}"u8]).Refused);
    }

    [Fact]
    public void A_body_nested_without_end_is_refused_in_bounded_memory()
    {
        var deep = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 300_000));
        Assert.Equal("json", SecretBody.Parse(deep).Refusal!.Mistakes[^1].Code);
    }

    [Fact]
    public void Every_text_survives_however_a_JSON_writer_escapes_it()
    {
        Prop.ForAll<string>(text =>
            {
                var value =
                    new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]) + "😀";
                foreach (
                    var options in new[]
                    {
                        JsonSerializerOptions.Default,
                        new JsonSerializerOptions
                        {
                            Encoder = System
                                .Text
                                .Encodings
                                .Web
                                .JavaScriptEncoder
                                .UnsafeRelaxedJsonEscaping,
                        },
                    }
                )
                {
                    using var read = SecretBody
                        .Parse(
                            JsonSerializer.SerializeToUtf8Bytes(
                                new Dictionary<string, string> { ["value"] = value },
                                options
                            )
                        )
                        .Value;
                    if (Encoding.UTF8.GetString(read!.Value.Span) != value)
                        return false;
                }
                return true;
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_reader_and_the_framework_agree_on_what_is_JSON()
    {
        // Documents from pieces that are right or nearly so: far more of them are JSON than random bytes would be.
        string[] pieces =
        [
            "{",
            "}",
            "\"value\"",
            "\"replace\"",
            ":",
            ",",
            "\"x\"",
            "true",
            "false",
            " ",
            "\n",
            "\\u00e9",
            "\"",
            "\"a\\n\"",
            "1",
        ];
        Prop.ForAll(
                Gen.ArrayOf(Gen.Elements(pieces)).ToArbitrary(),
                chosen =>
                {
                    var bytes = Encoding.UTF8.GetBytes(string.Concat(chosen));
                    var ours = SecretBody.Parse(bytes);
                    return ours.Refused || Agrees(bytes, ours.Value);
                }
            )
            .QuickCheckThrowOnFailure();

        static bool Agrees(byte[] bytes, SecretBody ours)
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.GetProperty("value").GetString()
                    == Encoding.UTF8.GetString(ours.Value.Span)
                && (
                    document.RootElement.TryGetProperty("replace", out var replace)
                    && replace.GetBoolean()
                ) == ours.Replace;
        }
    }
}
