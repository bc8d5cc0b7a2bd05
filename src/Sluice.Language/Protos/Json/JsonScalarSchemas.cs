using System.Text.Json.Nodes;

namespace Sluice.Language.Protos.Json;

/// <summary>JSON Schema of what is no message of the author's own: numbers, texts, and the types that come with protobuf.</summary>
internal static class JsonScalarSchemas
{
    // As it is written: its exact value has more digits and is a little less.
    private const double LargestFloat = 3.4028235E+38;

    private const string Base64 =
        "^([A-Za-z0-9+/_-]{4})*([A-Za-z0-9+/_-]{2}(==)?|[A-Za-z0-9+/_-]{3}=?)?$";
    private const string Time =
        "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

    /// <summary>Integers of 64 bits are written as texts, for programs whose numbers are doubles.</summary>
    public static bool IsText(FieldKind kind) =>
        kind
            is FieldKind.Int64
                or FieldKind.SInt64
                or FieldKind.SFixed64
                or FieldKind.UInt64
                or FieldKind.Fixed64;

    public static JsonObject Of(FieldKind kind) =>
        kind switch
        {
            FieldKind.String => Type("string"),
            FieldKind.Bool => Type("boolean"),
            FieldKind.Bytes => new JsonObject
            {
                ["type"] = "string",
                ["contentEncoding"] = "base64",
                ["pattern"] = Base64,
            },
            FieldKind.Double => Floating(Type("number")),
            FieldKind.Float => Floating(
                new JsonObject
                {
                    ["type"] = "number",
                    ["minimum"] = -LargestFloat,
                    ["maximum"] = LargestFloat,
                }
            ),
            FieldKind.UInt32 or FieldKind.Fixed32 => Whole(0, uint.MaxValue),
            FieldKind.UInt64 or FieldKind.Fixed64 => Long(0, ulong.MaxValue),
            _ when IsText(kind) => Long(long.MinValue, long.MaxValue),
            _ => Whole(int.MinValue, int.MaxValue),
        };

    public static JsonObject Of(WellKnown known) =>
        known switch
        {
            WellKnown.Timestamp => new JsonObject
            {
                ["type"] = "string",
                ["format"] = "date-time",
                ["pattern"] = Time,
            },
            WellKnown.Duration => new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Seconds with up to nine decimals and an `s`, such as `1.5s`.",
                ["pattern"] = "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$",
            },
            WellKnown.Struct => Type("object"),
            WellKnown.ListValue => Type("array"),
            WellKnown.Empty => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
            },
            _ => [], // a Value is anything
        };

    /// <summary>The keys of a map, which JSON has as texts alone.</summary>
    public static JsonObject Key(FieldKind kind) =>
        kind switch
        {
            FieldKind.String => Type("string"),
            FieldKind.Bool => new JsonObject { ["enum"] = new JsonArray("true", "false") },
            FieldKind.UInt32 or FieldKind.Fixed32 => Digits(signed: false, 10),
            FieldKind.UInt64 or FieldKind.Fixed64 => Digits(signed: false, 20),
            _ => Digits(signed: true, IsText(kind) ? 19 : 10),
        };

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static JsonObject Whole(long least, long most) =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = least,
            ["maximum"] = most,
        };

    private static JsonObject Long(long least, ulong most) =>
        new()
        {
            ["anyOf"] = new JsonArray(
                Digits(signed: least < 0, least < 0 ? 19 : 20),
                new JsonObject
                {
                    ["type"] = "integer",
                    ["minimum"] = least,
                    ["maximum"] = most,
                }
            ),
        };

    private static JsonObject Floating(JsonObject number) =>
        new()
        {
            ["anyOf"] = new JsonArray(
                number,
                new JsonObject { ["enum"] = new JsonArray("NaN", "Infinity", "-Infinity") }
            ),
        };

    private static JsonObject Digits(bool signed, int most) =>
        new()
        {
            ["type"] = "string",
            ["pattern"] = $"^{(signed ? "-?" : "")}(0|[1-9][0-9]{{0,{most - 1}}})$",
        };
}
