using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>What holds for every input, wellformed or not.</summary>
public sealed class ProtoJsonProperties
{
    private const string Rich = """
        {"i32":-5,"u64":"18446744073709551615","flt":1.5,"text":"hé","data":"AP+/","mood":"SAD","line":{"text":"a","next":{"count":3}},
        "numbers":[1,0,-1],"texts":["","b"],"lines":[{},{"text":"x"}],"byName":{"":0,"a":1},"byNumber":{"-1":{"text":"n"}},"byTruth":{"true":"t"},
        "left":"l","at":"2026-01-31T12:00:00.500Z","took":"-1.000000001s","object":{"a":[1,null,{"b":"c"}]},"any":[true],"list":[1],"word":"","big":"7"}
        """;

    private static MessageType Type => ProtoJsonTests.All.Find("All")!;

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void Bytes_that_pass_the_check_can_be_shown_and_their_json_is_stable()
    {
        var good = Json.Parse(Type, Rich);
        Prop.ForAll<(int At, byte Value)[]>(changes =>
            {
                var bytes = (byte[])good.Clone();
                foreach (var (at, value) in changes)
                    bytes[(at & int.MaxValue) % bytes.Length] = value;
                if (ProtoJson.Check(Type, bytes) is not null)
                    return;
                var json = Json.Write(Type, bytes);
                Assert.Equal(json, Json.RoundTrip(Type, json));
            })
            .Check(Many);
    }

    [Fact]
    public void A_packed_list_of_nothing_is_shown_as_no_list() =>
        // moods = 22, with a length of 0.
        Assert.Equal(Json.Write(Type, []), Json.Write(Type, [0xB2, 0x01, 0x00]));

    [Fact]
    public void Broken_json_gives_mistakes_and_never_an_exception() =>
        Prop.ForAll<(int At, byte Value)[]>(changes =>
            {
                var bytes = Encoding.UTF8.GetBytes(Rich);
                foreach (var (at, value) in changes)
                    bytes[(at & int.MaxValue) % bytes.Length] = value;
                var reading = ProtoJson.Parse(Type, bytes);
                Assert.Equal(reading.Value is null, reading.Mistakes.Count > 0);
                if (reading.Value is not null)
                    Assert.Null(ProtoJson.Check(Type, reading.Value));
            })
            .Check(Many);

    [Fact]
    public void Any_bytes_at_all_are_checked_without_an_exception() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                if (ProtoJson.Check(Type, bytes) is null)
                    Json.Write(Type, bytes);
            })
            .Check(Many);

    [Fact]
    public void Fields_in_any_order_and_number_mean_their_last_or_their_sum()
    {
        byte[] Part(string json) => Json.Parse(Type, json);
        byte[] scattered =
        [
            .. Part("""{"numbers":[1]}"""),
            .. Part("""{"texts":["a"],"i32":1,"line":{"text":"x"},"left":"gone"}"""),
            .. Part("""{"numbers":[2,3],"byName":{"k":1}}"""),
            .. Part(
                """{"texts":["b"],"i32":2,"line":{"count":7},"right":{"count":1},"byName":{"k":2,"l":3}}"""
            ),
            .. Part("""{"right":{"text":"r"}}"""),
        ];
        Assert.Equal(
            """{"i32":2,"line":{"text":"x","count":7},"numbers":[1,2,3],"texts":["a","b"],"byName":{"k":2,"l":3},"right":{"text":"r","count":1}}""",
            Json.Write(Type, scattered)
        );
    }

    [Fact]
    public void Texts_and_numbers_survive_the_way_to_json_and_back() =>
        Prop.ForAll<NonNull<string>, double, long>(
                (text, number, big) =>
                {
                    if (
                        !Encoding
                            .UTF8.GetString(Encoding.UTF8.GetBytes(text.Get))
                            .Equals(text.Get, StringComparison.Ordinal)
                    )
                        return;
                    var json = System.Text.Json.Nodes.JsonValue.Create(text.Get)!.ToJsonString();
                    var shown =
                        double.IsFinite(number) ? number.ToString("R")
                        : double.IsNaN(number) ? "\"NaN\""
                        : number > 0 ? "\"Infinity\""
                        : "\"-Infinity\"";
                    var bytes = Json.Parse(
                        Type,
                        $$"""{"text":{{json}},"dbl":{{shown}},"i64":"{{big}}","object":{ {{json}}:{{json}} } }"""
                    );
                    var back = System.Text.Json.Nodes.JsonNode.Parse(Json.Write(Type, bytes))!;
                    Assert.Equal(text.Get, (string?)back["text"] ?? "");
                    Assert.Equal(text.Get, (string?)back["object"]![text.Get]);
                    Assert.Equal(big, long.Parse((string?)back["i64"] ?? "0"));
                    if (double.IsFinite(number) && number != 0)
                        Assert.Equal(number, (double)back["dbl"]!);
                }
            )
            .Check(Many);
}
