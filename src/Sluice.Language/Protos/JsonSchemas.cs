using System.Text.Json.Nodes;
using Sluice.Language.Protos.Json;

namespace Sluice.Language.Protos;

/// <summary>
/// JSON Schema (2020-12) of messages, by the canonical JSON form of proto3 that <see cref="ProtoJson"/> reads and writes.
/// Whatever is written for a message fits its schema. What fits is taken too, but for what a schema cannot say: a date
/// that the calendar does not have, a number in a text that is beyond its kind, more levels than
/// <see cref="ProtoJson.MaxDepth"/>. Beyond the schema, fields may go by their names in the proto file, a null leaves a
/// field out, and 32-bit numbers may stand in texts.
/// </summary>
/// <param name="prefix">What stands before the name of a definition in a reference: <c>#/$defs/</c>, or <c>#/components/schemas/</c>.</param>
/// <param name="taken">Names that definitions may not have, for something else has them there.</param>
public sealed class JsonSchemas(string prefix, params IReadOnlyCollection<string> taken)
{
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly Dictionary<object, string> names = [];
    private readonly SortedDictionary<string, JsonObject> definitions = new(StringComparer.Ordinal);

    /// <summary>The whole schema of one message, with the definitions that it needs.</summary>
    public static JsonObject Of(MessageType type)
    {
        var schemas = new JsonSchemas("#/$defs/");
        var whole = new JsonObject { ["$schema"] = Dialect, ["title"] = type.FullName };
        foreach (var (name, value) in schemas.Refer(type))
            whole[name] = value?.DeepClone();
        if (schemas.definitions.Count > 0)
            whole["$defs"] = schemas.Definitions();
        return whole;
    }

    /// <summary>The schema of a message as it stands in a place: a reference, or for the types that come with protobuf the form itself.</summary>
    public JsonObject Refer(MessageType type) =>
        type.WellKnown switch
        {
            WellKnown.None => Reference(type, type.FullName, () => Message(type)),
            WellKnown.Wrapper => JsonScalarSchemas.Of(type.Fields[0].Kind),
            var known => JsonScalarSchemas.Of(known),
        };

    /// <summary>What the references so far lead to, by name.</summary>
    public JsonObject Definitions() =>
        new(
            definitions.Select(each =>
                KeyValuePair.Create(each.Key, (JsonNode?)each.Value.DeepClone())
            )
        );

    private JsonObject Reference(object type, string fullName, Func<JsonObject> define)
    {
        if (!names.TryGetValue(type, out var name))
        {
            // Two packages, or two versions of one, may each have a message of this name: they stay apart.
            name = fullName;
            for (var copy = 2; definitions.ContainsKey(name) || taken.Contains(name); copy++)
                name = $"{fullName}.{copy}";
            names[type] = name;
            // A message that contains itself finds its name taken.
            definitions[name] = [];
            definitions[name] = define();
        }
        return new JsonObject { ["$ref"] = prefix + name };
    }

    private JsonObject Message(MessageType type)
    {
        var schema = new JsonObject { ["title"] = type.Name };
        Describe(schema, type.Docs);
        schema["type"] = "object";
        var fields = new JsonObject();
        foreach (var field in type.Fields)
            fields[field.JsonName] = Field(field);
        schema["properties"] = fields;
        schema["additionalProperties"] = false;
        if (type.Oneofs.Count > 0)
            schema["allOf"] = new JsonArray([.. type.Oneofs.Select(AtMostOne)]);
        return schema;
    }

    private JsonObject Field(FieldType field)
    {
        var schema = Value(field);
        if (field.IsMap)
            schema = new JsonObject
            {
                ["type"] = "object",
                ["propertyNames"] = JsonScalarSchemas.Key(field.MapKey!.Kind),
                ["additionalProperties"] = Value(field.MapValue!),
            };
        else if (field.IsRepeated)
            schema = new JsonObject { ["type"] = "array", ["items"] = schema };
        else if (field.Message?.WellKnown == WellKnown.Wrapper)
            schema = new JsonObject
            {
                ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }),
            };
        Describe(schema, field.Docs);
        if (Default(field) is { } value)
            schema["default"] = value;
        return schema;
    }

    private JsonObject Value(FieldType field) =>
        field.IsMap ? []
        : field.Message is { } message ? Refer(message)
        : ReferenceEquals(field.Enum, WellKnownTypes.NullValue)
            ? new JsonObject { ["type"] = "null" }
        : field.Enum is { } known ? Reference(known, known.FullName, () => Enum(known))
        : JsonScalarSchemas.Of(field.Kind);

    /// <summary>A name, or a number: an enum is open, and a number that has no name yet is shown as it is.</summary>
    private static JsonObject Enum(EnumType type)
    {
        var schema = new JsonObject { ["title"] = type.Name };
        var values = type
            .Values.Where(value => value.Docs.Length > 0)
            .Select(value => $"- `{value.Name}`: {value.Docs}");
        Describe(schema, string.Join('\n', [.. Docs(type.Docs), .. values]));
        schema["anyOf"] = new JsonArray(
            new JsonObject
            {
                ["enum"] = new JsonArray([.. type.Values.Select(value => (JsonNode)value.Name)]),
            },
            JsonScalarSchemas.Of(FieldKind.Int32)
        );
        return schema;
    }

    private static JsonObject AtMostOne(OneofType oneof)
    {
        var fields = oneof.Fields.Select(field => field.JsonName).ToList();
        var says =
            $"`{oneof.Name}`: at most one of {string.Join(", ", fields.Select(name => $"`{name}`"))}.";
        var each = fields.Select(name => new JsonObject { ["required"] = new JsonArray(name) });
        JsonNode none = new JsonObject
        {
            ["not"] = new JsonObject
            {
                ["anyOf"] = new JsonArray([.. each.Select(one => one.DeepClone())]),
            },
        };
        return new JsonObject
        {
            ["description"] = string.Join('\n', [.. Docs(oneof.Docs), says]),
            ["oneOf"] = new JsonArray([.. each, none]),
        };
    }

    /// <summary>What an absent field means, where absent and that value are one thing.</summary>
    private static JsonNode? Default(FieldType field) =>
        field.HasPresence || field.IsRepeated || field.IsMap
            ? null
            : field.Kind switch
            {
                FieldKind.String or FieldKind.Bytes => "",
                FieldKind.Bool => false,
                FieldKind.Enum => ReferenceEquals(field.Enum, WellKnownTypes.NullValue)
                    ? null
                    : field.Enum!.Values.First(value => value.Number == 0).Name,
                var kind => JsonScalarSchemas.IsText(kind) ? "0" : 0,
            };

    private static IEnumerable<string> Docs(string docs) => docs.Length > 0 ? [docs] : [];

    private static void Describe(JsonObject schema, string docs)
    {
        if (docs.Length > 0)
            schema["description"] = docs;
    }
}
