using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>Our schemas judged by an implementation of JSON Schema that is not ours (Debian's python3-jsonschema).</summary>
public sealed class JsonSchemaTests
{
    private const string Proto = """
        syntax = "proto3";
        package demo.shop;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        import "google/protobuf/struct.proto";

        // What is ordered.
        message Order {
          // Whom it is for.
          string customer_name = 1;
          repeated Line lines = 2;
          int64 cents = 3;
          bytes seal = 4;
          Mood mood = 5;
          google.protobuf.Timestamp at = 6;
          google.protobuf.StringValue note = 7;
          map<int32, Line> by_shelf = 8;
          optional bool gift = 9;
          // How it is paid.
          oneof payment {
            string card = 10;
            Line voucher = 11;
          }
          google.protobuf.Value anything = 12;
          double weight = 13;
        }
        message Line { string text = 1; int32 count = 2; Order again = 3; }
        // How one feels.
        enum Mood { UNKNOWN = 0; GLAD = 1; /* not glad */ SAD = -1; }
        """;

    private static readonly MessageType Order = Compile.Text(Proto).Value!.Find("demo.shop.Order")!;

    [Fact]
    public void A_schema_says_what_the_author_wrote()
    {
        var schema = JsonSchemas.Of(Order);
        Assert.Equal(JsonSchemas.Dialect, (string?)schema["$schema"]);
        Assert.Equal("#/$defs/demo.shop.Order", (string?)schema["$ref"]);
        var order = schema["$defs"]!["demo.shop.Order"]!;
        Assert.Equal("What is ordered.", (string?)order["description"]);
        Assert.Equal(
            "Whom it is for.",
            (string?)order["properties"]!["customerName"]!["description"]
        );
        Assert.Equal("", (string?)order["properties"]!["customerName"]!["default"]);
        Assert.Null(order["properties"]!["gift"]!["default"]);
        Assert.Equal("date-time", (string?)order["properties"]!["at"]!["format"]);
        Assert.Equal("base64", (string?)order["properties"]!["seal"]!["contentEncoding"]);
        Assert.Contains(
            "at most one of `card`, `voucher`",
            (string?)order["allOf"]![0]!["description"]
        );
        Assert.Contains(
            "How one feels.",
            (string?)schema["$defs"]!["demo.shop.Mood"]!["description"]
        );
    }

    private static readonly (string Json, bool Good)[] Judged =
    [
        ("""{}""", true),
        (
            """{"customerName":"Ada","cents":"12","lines":[{"text":"tea","count":2}],"mood":"GLAD"}""",
            true
        ),
        ("""{"cents":-9223372036854775808}""", true),
        ("""{"cents":9223372036854775808}""", false),
        ("""{"cents":"1.5"}""", false),
        ("""{"cents":1.5}""", false),
        ("""{"mood":7}""", true),
        ("""{"mood":"glad"}""", false),
        ("""{"note":null}""", true),
        ("""{"note":"x"}""", true),
        ("""{"note":{"value":"x"}}""", false),
        ("""{"anything":null}""", true),
        ("""{"anything":[1,{"a":null}]}""", true),
        ("""{"seal":"AP+/"}""", true),
        ("""{"seal":"AP+/="}""", false),
        ("""{"seal":"a b"}""", false),
        ("""{"at":"2026-01-31T12:00:00.123456789+01:00"}""", true),
        ("""{"at":"yesterday"}""", false),
        ("""{"bySfelf":{}}""", false),
        ("""{"byShelf":{"-7":{"count":1}}}""", true),
        ("""{"byShelf":{"x":{}}}""", false),
        ("""{"byShelf":{"1":null}}""", false),
        ("""{"card":"1"}""", true),
        ("""{"card":"1","voucher":{}}""", false),
        ("""{"weight":"NaN"}""", true),
        ("""{"weight":"nan"}""", false),
        ("""{"lines":[{"again":{"lines":[{"count":2147483648}]}}]}""", false),
        ("""[]""", false),
        ("""null""", false),
    ];

    [Fact]
    public async Task A_schema_and_the_reader_of_messages_agree()
    {
        var verdicts = await Judge([
            (JsonSchemas.Of(Order), [.. Judged.Select(each => JsonNode.Parse(each.Json))]),
        ]);
        foreach (var ((json, good), fits) in Judged.Zip(verdicts[0]))
            Assert.Equal(
                (json, good, good),
                (json, ProtoJson.Parse(Order, Encoding.UTF8.GetBytes(json)).Ok, fits)
            );
    }

    [Fact]
    public async Task What_we_write_fits_what_fits_is_taken_and_what_is_broken_is_refused_by_both()
    {
        var asked = new List<(JsonObject Schema, List<JsonNode?> Values)>();
        var types = new List<MessageType>();
        for (var seed = 0; seed < 25; seed++)
        {
            var schema = Compile.Text(new RandomSchema(seed).Write()).Value!;
            foreach (var type in schema.TopLevel)
            {
                var values = new List<JsonNode?> { JsonExamples.Of(type) };
                for (var i = 0; i < 12; i++)
                {
                    var random = new RandomJson((seed * 1000) + i);
                    var value = random.Of(type);
                    var bytes = Json.Parse(type, value!.ToJsonString());
                    values.Add(JsonNode.Parse(Json.Write(type, bytes)));
                    values.Add(random.Broken(value));
                }
                asked.Add((JsonSchemas.Of(type), values));
                types.Add(type);
            }
        }
        var verdicts = await Judge(asked);
        var refused = 0;
        for (var i = 0; i < asked.Count; i++)
        for (var j = 0; j < asked[i].Values.Count; j++)
        {
            var json = asked[i].Values[j]?.ToJsonString() ?? "null";
            var taken = ProtoJson.Parse(types[i], Encoding.UTF8.GetBytes(json)).Ok;
            refused += taken ? 0 : 1;
            if (j % 2 == 0 && j > 0)
                Assert.True(
                    taken == verdicts[i][j] || (taken && IsLenient(json)),
                    $"{types[i]}: taken {taken}, fits {verdicts[i][j]}: {json}\n{asked[i].Schema}"
                );
            else
                Assert.True(taken && verdicts[i][j], $"{types[i]}: {json}\n{asked[i].Schema}");
        }
        Assert.True(refused > 100, $"only {refused} of the broken ones are broken");
    }

    [Fact]
    public void An_example_of_a_message_that_holds_itself_comes_to_an_end()
    {
        var example = JsonExamples.Of(Order);
        Assert.True(ProtoJson.Parse(Order, Encoding.UTF8.GetBytes(example.ToJsonString())).Ok);
        Assert.Equal("customer name", (string?)example["customerName"]);
        Assert.Equal("1", (string?)example["cents"]);
        Assert.Null(example["lines"]![0]!["again"]);
        Assert.Null(example["voucher"]);
    }

    [Fact]
    public void Messages_of_one_name_from_two_packages_stay_apart()
    {
        var other = Compile.Text(
            "syntax = \"proto3\"; package demo.shop; message Order { bool other = 1; }"
        );
        var schemas = new JsonSchemas("#/components/schemas/");
        Assert.Equal("#/components/schemas/demo.shop.Order", (string?)schemas.Refer(Order)["$ref"]);
        Assert.Equal(
            "#/components/schemas/demo.shop.Order.2",
            (string?)schemas.Refer(other.Value!.Find("demo.shop.Order")!)["$ref"]
        );
        Assert.NotNull(schemas.Definitions()["demo.shop.Order.2"]!["properties"]!["other"]);
    }

    // The reader takes a number in a text also for 32 bits and floating kinds; schemas name the canonical form alone.
    private static bool IsLenient(string json) =>
        json.Contains("\"1.5\"", StringComparison.Ordinal);

    private static async Task<List<bool[]>> Judge(
        IReadOnlyList<(JsonObject Schema, List<JsonNode?> Values)> asked
    )
    {
        var start = new ProcessStartInfo(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "Protos", "check_schemas.py")]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        using var process = Process.Start(start)!;
        var answers = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var (schema, values) in asked)
        {
            var line = new JsonObject
            {
                ["schema"] = schema.DeepClone(),
                ["values"] = new JsonArray([.. values.Select(value => value?.DeepClone())]),
            };
            await process.StandardInput.WriteAsync(line.ToJsonString() + "\n");
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return
        [
            .. (await answers)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<bool[]>(line)!),
        ];
    }
}
