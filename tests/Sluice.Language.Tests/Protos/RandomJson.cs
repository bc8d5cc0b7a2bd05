using System.Text.Json.Nodes;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>Canonical JSON of a message, different for each seed; and the same with something wrong in it.</summary>
internal sealed class RandomJson(int seed)
{
    private readonly Random random = new(seed);

    private static readonly string[] Odd =
    [
        "true",
        "\"text\"",
        "1.5",
        "-1",
        "4294967296",
        "1e300",
        "1e40",
        "{}",
        "[]",
        "[1]",
        "\"AA=\"",
        "\"AB-_\"",
        "\"2026-13-01T00:00:00Z\"",
        "\"2026-01-31 12:00:00Z\"",
        "\"1.5\"",
        "\"-0.000000001s\"",
        "{\"unknown\":1}",
        "\"GLAD\"",
        "\"Glad\"",
        "\"Infinity\"",
        "\"inf\"",
        "[\"text\"]",
        "{\"true\":true}",
        "{\"1\":{}}",
        "[[]]",
        "2147483648",
    ];

    public JsonNode? Of(MessageType type, int depth = 0)
    {
        switch (type.WellKnown)
        {
            case WellKnown.Timestamp:
                return Pick(
                    "0001-01-01T00:00:00Z",
                    "9999-12-31T23:59:59.999999999Z",
                    "2026-01-31T12:00:00.5+05:30"
                );
            case WellKnown.Duration:
                return Pick("0s", "-1.000000001s", "315576000000s");
            case WellKnown.Struct:
                return new JsonObject { ["a"] = new JsonArray(1, null, "b") };
            case WellKnown.Value:
                return random.Next(4) switch
                {
                    0 => null,
                    1 => 1.5,
                    2 => new JsonArray(true),
                    _ => "v",
                };
            case WellKnown.ListValue:
                return new JsonArray(null, new JsonObject());
            case WellKnown.Wrapper:
                return Scalar(type.Fields[0]);
        }
        var value = new JsonObject();
        if (depth > 3)
            return value;
        var taken = new HashSet<OneofType>();
        foreach (var field in type.Fields)
        {
            if (random.Next(2) == 0 || (field.Oneof is { } oneof && !taken.Add(oneof)))
                continue;
            value[field.JsonName] = Field(field, depth);
        }
        return value;
    }

    /// <summary>Puts something odd somewhere into it.</summary>
    public JsonNode? Broken(JsonNode? value)
    {
        if (value is JsonObject { Count: > 0 } fields && random.Next(5) > 0)
        {
            var name = fields.ElementAt(random.Next(fields.Count)).Key;
            fields[name] = Broken(fields[name]?.DeepClone());
            return fields.DeepClone();
        }
        if (value is JsonArray { Count: > 0 } items && random.Next(5) > 0)
        {
            var at = random.Next(items.Count);
            items[at] = Broken(items[at]?.DeepClone());
            return items.DeepClone();
        }
        return JsonNode.Parse(Odd[random.Next(Odd.Length)]);
    }

    private JsonNode? Field(FieldType field, int depth)
    {
        if (field.IsMap)
        {
            var map = new JsonObject();
            for (var n = random.Next(3); n > 0; n--)
                map[Key(field.MapKey!.Kind)] = Value(field.MapValue!, depth);
            return map;
        }
        return field.IsRepeated
            ? new JsonArray([
                .. Enumerable.Range(0, random.Next(4)).Select(_ => Value(field, depth)),
            ])
            : Value(field, depth);
    }

    private JsonNode? Value(FieldType field, int depth) =>
        field.Message is { } message ? Of(message, depth + 1) : Scalar(field);

    private JsonNode? Scalar(FieldType field) =>
        field.Kind switch
        {
            FieldKind.String => Pick("", "text", "é\n\0"),
            FieldKind.Bytes => Pick("", "AA==", "AP+/", "AP-_", "AAE"),
            FieldKind.Bool => random.Next(2) == 0,
            FieldKind.Double => Number(1.5, double.MaxValue, "NaN"),
            FieldKind.Float => Number(-0.25, float.MaxValue, "-Infinity"),
            FieldKind.Enum => random.Next(3) == 0
                ? 7
                : field.Enum!.Values[random.Next(field.Enum.Values.Count)].Name,
            FieldKind.UInt32 or FieldKind.Fixed32 => Number(0, uint.MaxValue, 7),
            FieldKind.UInt64 or FieldKind.Fixed64 => Number("0", "18446744073709551615", 7),
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => Number(
                "-9223372036854775808",
                "9223372036854775807",
                -7
            ),
            _ => Number(int.MinValue, int.MaxValue, 7),
        };

    private string Key(FieldKind kind) =>
        kind switch
        {
            FieldKind.String => Text("", "key", "1"),
            FieldKind.Bool => Text("true", "false"),
            FieldKind.UInt32 or FieldKind.Fixed32 => Text("0", "4294967295"),
            FieldKind.UInt64 or FieldKind.Fixed64 => Text("1", "18446744073709551615"),
            _ => Text("-1", "0", "2147483647"),
        };

    private JsonNode Pick(params string[] texts) => Text(texts);

    private string Text(params string[] texts) => texts[random.Next(texts.Length)];

    private JsonNode Number(params JsonNode[] choice) => choice[random.Next(choice.Length)];
}
