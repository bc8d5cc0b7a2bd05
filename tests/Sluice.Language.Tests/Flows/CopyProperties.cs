using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>Copies along an edge, with JSON as the judge: names are all that JSON knows of a message.</summary>
public sealed class CopyProperties
{
    private const string Fields = """
        enum Mood {{ MOOD_NONE = 0; GLAD = 1; SAD = 2; }}
        message Node {{ string label = {0}; Node next = {1}; repeated Leaf leaves = {2}; }}
        message Leaf {{ bytes data = {0}; sint64 depth = {1}; double weight = {2}; }}
        message All {{
          string text = {0}; int64 big = {1}; repeated int32 small = {2}; Node node = {3};
          map<string, Leaf> leaves = {4}; map<int32, bool> flags = {5}; Mood mood = {6};
          oneof choice {{ fixed32 code = {7}; Leaf leaf = {8}; }}
          optional bool sure = {9}; repeated string words = {10}; repeated Mood moods = {11};
        }}
        """;

    private readonly FlowPlan plan;

    public CopyProperties()
    {
        var shelf = new Shelf();
        shelf.Put("demo/from@1.0.0", Numbered(1, 1), "Make All All");
        shelf.Put("demo/to@1.0.0", Numbered(40, -2), "Take All All");
        plan = FlowPlan.For(
            shelf.Good("a: demo/from Make\nb: demo/to Take\nin -> a\na -> b\nb -> out")
        );
    }

    private static string Numbered(int first, int step) =>
        string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            Fields,
            [.. Enumerable.Range(0, 12).Select(i => (object)(first + i * step))]
        );

    [Fact]
    public void A_message_means_the_same_after_every_number_has_changed()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var json = new JsonObject();
            FillAll(json, new Random(seed));
            var source = ProtoJson.Parse(
                plan.Node("a").Output,
                Encoding.UTF8.GetBytes(json.ToJsonString())
            );
            Assert.Empty(source.Mistakes);

            Assert.Null(plan.BuildInput("b", _ => source.Value, out var copied));

            Assert.Null(plan.OutputFault("b", copied.Span));
            Assert.Equal(
                Json(plan.Node("a").Output, source.Value!),
                Json(plan.Node("b").Input, copied.Span)
            );
        }
    }

    [Fact]
    public void Bytes_that_are_no_message_are_a_fault_and_never_an_exception()
    {
        var json = new JsonObject();
        FillAll(json, new Random(5));
        var good = ProtoJson
            .Parse(plan.Node("a").Output, Encoding.UTF8.GetBytes(json.ToJsonString()))
            .Value!;
        var random = new Random(6);
        for (var i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. good];
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);

            if (plan.OutputFault("a", damaged) is null)
                Assert.Null(plan.BuildInput("b", _ => damaged, out _));
            else
                _ = plan.BuildInput("b", _ => damaged, out _);
        }
    }

    private static string Json(MessageType type, ReadOnlySpan<byte> message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            ProtoJson.Write(type, message, writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void FillAll(JsonObject all, Random random)
    {
        Some("text", () => Text(random));
        Some(
            "big",
            () => random.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
        Some("small", () => Many(random, () => random.Next(-5, 500)));
        Some("node", () => Node(random, 0));
        Some(
            "leaves",
            () =>
                new JsonObject(
                    Keys(random).Select(k => KeyValuePair.Create(k, (JsonNode?)Leaf(random)))
                )
        );
        Some("flags", () => new JsonObject { ["-3"] = true, ["7"] = random.Next(2) == 0 });
        Some("mood", () => random.Next(2) == 0 ? "GLAD" : "SAD");
        if (random.Next(2) == 0)
            all["code"] = random.Next();
        else
            all["leaf"] = Leaf(random);
        Some("sure", () => random.Next(2) == 0);
        Some("words", () => Many(random, () => Text(random)));
        Some("moods", () => Many(random, () => "SAD"));

        void Some(string name, Func<JsonNode?> value)
        {
            if (random.Next(4) > 0)
                all[name] = value();
        }
    }

    private static JsonArray Many(Random random, Func<JsonNode> item) =>
        new([.. Enumerable.Range(0, random.Next(4)).Select(_ => item())]);

    private static IEnumerable<string> Keys(Random random) =>
        Enumerable.Range(0, random.Next(4)).Select(i => $"k{i}");

    private static string Text(Random random) => new('é', random.Next(0, 200));

    private static JsonObject Leaf(Random random) =>
        new()
        {
            ["data"] = Convert.ToBase64String(new byte[random.Next(5)]),
            ["depth"] = random.Next(-9, 9),
            ["weight"] = random.NextDouble(),
        };

    private static JsonObject Node(Random random, int depth)
    {
        var node = new JsonObject
        {
            ["label"] = Text(random),
            ["leaves"] = Many(random, () => Leaf(random)),
        };
        if (depth < 5 && random.Next(3) > 0)
            node["next"] = Node(random, depth + 1);
        return node;
    }
}
