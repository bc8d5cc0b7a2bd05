using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>Writes a value of a comparison as a literal of the type of its field.</summary>
internal static class LeafLiteral
{
    /// <summary>Null when the value is none of the field's type.</summary>
    public static string? Write(FieldType field, JsonElement value)
    {
        if (field.IsMap)
            return null;
        if (field.Message is { } message)
            return (message.WellKnown, value.ValueKind) switch
            {
                (WellKnown.Timestamp, JsonValueKind.String) when Reads(message, value) =>
                    $"timestamp({Quote(value)})",
                (WellKnown.Duration, JsonValueKind.String) when Reads(message, value) =>
                    $"duration({Quote(value)})",
                (WellKnown.Wrapper, _) => Write(message.Field(1)!, value),
                _ => null,
            };
        return field.Kind switch
        {
            FieldKind.String when value.ValueKind == JsonValueKind.String => Quote(value),
            FieldKind.Bool when value.ValueKind is JsonValueKind.True or JsonValueKind.False =>
                value.GetRawText(),
            FieldKind.Enum => Enum(field.Enum!, value),
            FieldKind.Double or FieldKind.Float when value.ValueKind == JsonValueKind.Number =>
                Real(value.GetDouble()),
            FieldKind.UInt32 or FieldKind.UInt64 or FieldKind.Fixed32 or FieldKind.Fixed64 =>
                value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number)
                    ? Invariant($"{number}u")
                    : null,
            FieldKind.Int32
            or FieldKind.Int64
            or FieldKind.SInt32
            or FieldKind.SInt64
            or FieldKind.SFixed32
            or FieldKind.SFixed64 => value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var signed)
                ? Invariant($"{signed}")
                : null,
            _ => null,
        };
    }

    private static bool Reads(MessageType type, JsonElement value) =>
        ProtoJson.Parse(type, Encoding.UTF8.GetBytes(value.GetRawText())).Ok;

    private static string? Enum(EnumType type, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.TryGetInt32(out var number) ? Invariant($"{number}") : null;
        return
            value.ValueKind == JsonValueKind.String
            && type.Values.FirstOrDefault(v => v.Name == value.GetString()) is { } named
            ? Invariant($"{named.Number}")
            : null;
    }

    private static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static string Quote(JsonElement value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value.GetString()!)
            text.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    < ' ' or '\x7f' => "\\u"
                        + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                    _ => c.ToString(),
                }
            );
        return text.Append('"').ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
