using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Description;

/// <summary>Collects the shapes that routes name, each once, as <c>#/components/schemas</c>.</summary>
internal sealed class Schemas(XmlComments comments)
{
    private readonly SortedDictionary<string, JsonNode> _known = new(StringComparer.Ordinal);

    /// <summary>A reference to the shape, which is written down at its first use.</summary>
    public JsonObject Refer(BodyShape shape)
    {
        if (!_known.ContainsKey(shape.Name))
            _known[shape.Name] = shape.Type is { } type
                ? Export(type)
                : JsonNode.Parse(shape.Schema!)!;
        return new JsonObject { ["$ref"] = $"#/components/schemas/{shape.Name}" };
    }

    public JsonObject ToJson(JsonNode problem)
    {
        _known["Problem"] = problem;
        return new JsonObject(
            _known.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
        );
    }

    private JsonNode Export(JsonTypeInfo type)
    {
        var schema = type.GetJsonSchemaAsNode(
            new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = Describe,
            }
        );
        return Inline(schema, schema);
    }

    // A type that stands twice is a pointer from the schema's own root, which is elsewhere in this document.
    private static JsonNode Inline(JsonNode node, JsonNode root) =>
        node switch
        {
            JsonObject fields when fields["$ref"]?.GetValue<string>() is { } pointer => Inline(
                pointer[2..]
                    .Split('/')
                    .Aggregate(
                        root,
                        (at, step) => at is JsonArray array ? array[int.Parse(step)]! : at[step]!
                    ),
                root
            ),
            JsonObject fields => new JsonObject(
                fields.Select(field =>
                    KeyValuePair.Create(
                        field.Key,
                        field.Value is null ? null : Inline(field.Value, root)
                    )
                )
            ),
            JsonArray items => new JsonArray([
                .. items.Select(item => item is null ? null : Inline(item, root)),
            ]),
            _ => node.DeepClone(),
        };

    private JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        // Anything at all is the schema `true`, which has no room for a comment.
        if (schema is not JsonObject fields)
            fields = [];
        // The serialiser would take a number in a text too; callers need not know.
        if (fields["type"] is JsonArray types && types.Any(IsString) && fields.Remove("pattern"))
            types.RemoveAll(IsString);
        if (
            context.PropertyInfo?.AttributeProvider is MemberInfo member
            && comments.Of(member) is { } text
        )
            fields.Insert(0, "description", text);
        return fields;
    }

    private static bool IsString(JsonNode? node) => node?.GetValue<string>() == "string";
}
