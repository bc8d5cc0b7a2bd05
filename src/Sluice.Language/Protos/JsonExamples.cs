using System.Text.Json.Nodes;

namespace Sluice.Language.Protos;

/// <summary>A value that a message could have, to start from: every field once, one member of each oneof, one element of each list.</summary>
public static class JsonExamples
{
    private const int Deepest = 4;

    /// <summary>Canonical JSON that <see cref="ProtoJson"/> takes and <see cref="JsonSchemas"/> fits; the same for the same type.</summary>
    public static JsonNode Of(MessageType type) => Message(type, []) ?? new JsonObject();

    /// <param name="around">The messages that this one stands in: one that holds itself would have no end.</param>
    private static JsonNode? Message(MessageType type, List<MessageType> around)
    {
        switch (type.WellKnown)
        {
            case WellKnown.Timestamp:
                return "2026-01-31T12:00:00Z";
            case WellKnown.Duration:
                return "1.500s";
            case WellKnown.Struct:
                return new JsonObject { ["key"] = "value" };
            case WellKnown.Value:
                return "value";
            case WellKnown.ListValue:
                return new JsonArray("value");
            case WellKnown.Wrapper:
                return Scalar(type.Fields[0], "text");
        }
        if (around.Contains(type) || around.Count == Deepest)
            return null;
        var value = new JsonObject();
        foreach (var field in type.Fields)
            if (
                (field.Oneof is null || field.Oneof.Fields[0] == field)
                && Field(field, [.. around, type]) is { } some
            )
                value[field.JsonName] = some;
        return value;
    }

    private static JsonNode? Field(FieldType field, List<MessageType> around)
    {
        if (field.IsMap)
            return Value(field.MapValue!, around) is { } one
                ? new JsonObject { [Key(field.MapKey!.Kind)] = one }
                : null;
        if (Value(field, around) is not { } value)
            return null;
        return field.IsRepeated ? new JsonArray(value) : value;
    }

    private static JsonNode? Value(FieldType field, List<MessageType> around) =>
        field.Message is { } message ? Message(message, around) : Scalar(field, field.Name);

    private static JsonNode? Scalar(FieldType field, string text) =>
        field.Kind switch
        {
            FieldKind.String => text.Replace('_', ' '),
            FieldKind.Bytes => "AAE=",
            FieldKind.Bool => true,
            FieldKind.Double or FieldKind.Float => 1.5,
            // NullValue's one value is null, which is what leaves a field out.
            FieldKind.Enum => ReferenceEquals(field.Enum, WellKnownTypes.NullValue)
                ? null
                : field.Enum!.Values[^1].Name,
            var kind => Json.JsonScalarSchemas.IsText(kind) ? "1" : 1,
        };

    private static string Key(FieldKind kind) =>
        kind switch
        {
            FieldKind.String => "key",
            FieldKind.Bool => "true",
            _ => "1",
        };
}
