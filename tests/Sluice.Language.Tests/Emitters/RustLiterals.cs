using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Emitters;
using Sluice.Language.Emitters.Rust;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>Writes a message's canonical JSON, as the official implementation gives it, as an expression of Rust.</summary>
internal sealed class RustLiterals
{
    private readonly RustNames names;
    private readonly RustTypes types;

    public RustLiterals(Schema schema)
    {
        var emitted = new EmittedTypes(schema);
        names = new RustNames(emitted);
        types = new RustTypes(names);
        foreach (var message in emitted.Messages.Concat(emitted.WellKnown))
            types.Weigh(message);
    }

    public string Path(MessageType type) => "service" + names.Path(type)["crate".Length..];

    public string Message(MessageType type, JsonNode? json)
    {
        var text = new StringBuilder(Path(type)).Append(" { ");
        foreach (var field in type.Fields)
            if (Given(type, field, json, out var value))
                text.Append(Member(field, value));
        return text.Append("..Default::default() }").ToString();
    }

    private string Member(FieldType field, JsonNode? value)
    {
        if (field.Oneof is { } oneof)
            return $"{names.Of(oneof)}: Some(service{names.Case(field)["crate".Length..]}({InPlace(field, value)})), ";
        var name = names.Of(field);
        if (field.IsMap)
        {
            var entries = value!
                .AsObject()
                .Select(p =>
                    $"({One(field.MapKey!, JsonValue.Create(p.Key))}, {One(field.MapValue!, p.Value)})"
                );
            return $"{name}: std::collections::HashMap::from([{string.Join(", ", entries)}]), ";
        }
        if (field.IsRepeated)
            return $"{name}: vec![{string.Join(", ", value!.AsArray().Select(v => One(field, v)))}], ";
        var one = InPlace(field, value);
        return $"{name}: {(field.HasPresence ? $"Some({one})" : one)}, ";
    }

    /// <summary>Well-known types have a JSON of their own.</summary>
    private static bool Given(
        MessageType type,
        FieldType field,
        JsonNode? json,
        out JsonNode? value
    )
    {
        value = json;
        switch (type.WellKnown)
        {
            case WellKnown.None:
                value = json![field.JsonName];
                // google.protobuf.Value may be there and null.
                return json.AsObject().ContainsKey(field.JsonName);
            case WellKnown.Timestamp:
            case WellKnown.Duration:
                var (seconds, nanos) = Parts(json!.GetValue<string>(), type.WellKnown);
                value = JsonValue.Create(field.Name == "nanos" ? nanos : seconds);
                return true;
            case WellKnown.Value:
                return field.Name
                    == (json?.GetValueKind()) switch
                    {
                        null or JsonValueKind.Null => "null_value",
                        JsonValueKind.Number => "number_value",
                        JsonValueKind.String => "string_value",
                        JsonValueKind.Object => "struct_value",
                        JsonValueKind.Array => "list_value",
                        _ => "bool_value",
                    };
            default:
                return true;
        }
    }

    private static (long Seconds, long Nanos) Parts(string text, WellKnown type)
    {
        var parts = text.TrimEnd('Z', 's').Split('.');
        var nanos =
            parts.Length == 1
                ? 0
                : long.Parse(parts[1].PadRight(9, '0'), CultureInfo.InvariantCulture);
        if (type == WellKnown.Duration)
            return (
                long.Parse(parts[0], CultureInfo.InvariantCulture),
                text[0] == '-' ? -nanos : nanos
            );
        var whole = DateTimeOffset.Parse(parts[0] + "Z", CultureInfo.InvariantCulture);
        return (whole.ToUnixTimeSeconds(), nanos);
    }

    private string InPlace(FieldType field, JsonNode? value) =>
        types.IsBoxed(field) ? $"Box::new({One(field, value)})" : One(field, value);

    private string One(FieldType field, JsonNode? value) =>
        field.Kind switch
        {
            FieldKind.Message => Message(field.Message!, value),
            FieldKind.Enum => $"{Number(field.Enum!, value)}",
            FieldKind.String =>
                $"String::from_utf8(vec!{Bytes(Encoding.UTF8.GetBytes(Text(value!)))}).unwrap()",
            FieldKind.Bytes => "vec!" + Bytes(Convert.FromBase64String(Text(value!))),
            FieldKind.Double => Text(value!) == "NaN"
                ? "f64::NAN"
                : $"f64::from_bits({BitConverter.DoubleToUInt64Bits(Real(value!))})",
            FieldKind.Float => Text(value!) == "NaN"
                ? "f32::NAN"
                : $"f32::from_bits({BitConverter.SingleToUInt32Bits((float)Real(value!))})",
            _ => Text(value!),
        };

    private static int Number(EnumType type, JsonNode? value) =>
        value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => 0,
            JsonValueKind.Number => value.GetValue<int>(),
            _ => type.Values.Single(v => v.Name == value.GetValue<string>()).Number,
        };

    private static double Real(JsonNode value) =>
        double.Parse(Text(value), CultureInfo.InvariantCulture);

    private static string Text(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    private static string Bytes(byte[] bytes) => $"[{string.Join(", ", bytes)}]";
}
