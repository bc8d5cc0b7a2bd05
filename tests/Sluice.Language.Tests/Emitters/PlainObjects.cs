using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>Compares a message's canonical JSON with the plain object that the TypeScript classes make of it.</summary>
internal static class PlainObjects
{
    public static void Check(MessageType type, JsonNode official, JsonNode ours)
    {
        if (type.WellKnown is not WellKnown.None)
            return; // Their JSON is another form; their bytes have been compared.
        var members = ours.AsObject().Select(p => p.Value).ToList();
        // Both list the fields in the order of their declaration; an absent message is left out of a plain object.
        var at = 0;
        foreach (var field in type.Fields)
        {
            var expected = official[field.JsonName];
            if (field.Message is not null && field.HasPresence && expected is null)
            {
                // google.protobuf.Value may be there and null.
                if (
                    field.Message.WellKnown == WellKnown.Value
                    && official.AsObject().ContainsKey(field.JsonName)
                )
                    at++;
                continue;
            }
            Field(field, expected, members[at++]);
        }

        Assert.Equal(members.Count, at);
    }

    private static void Field(FieldType field, JsonNode? official, JsonNode? ours)
    {
        if (field.IsMap)
        {
            var entries = official?.AsObject().ToDictionary(p => p.Key, p => p.Value) ?? [];
            Assert.Equal(entries.Count, ours!.AsArray().Count);
            foreach (var pair in ours.AsArray())
                One(field.MapValue!, entries[Text(pair![0]!)], pair[1]);
        }
        else if (field.IsRepeated)
        {
            Assert.Equal(official?.AsArray().Count ?? 0, ours!.AsArray().Count);
            for (var i = 0; i < ours.AsArray().Count; i++)
                One(field, official![i], ours[i]);
        }
        else
        {
            One(field, official, ours);
        }
    }

    private static void One(FieldType field, JsonNode? official, JsonNode? ours)
    {
        if (field.Message is { } message)
            Check(message, official ?? new JsonObject(), ours!);
        else if (field.Kind == FieldKind.Enum)
            Assert.Equal(Number(field.Enum!, official), ours!.GetValue<int>());
        else if (field.Kind is FieldKind.Double or FieldKind.Float)
            Assert.Equal(Real(official, field), Real(ours, field));
        else
            Assert.Equal(official is null ? Default(field) : Text(official), Text(ours!));
    }

    private static int Number(EnumType type, JsonNode? official) =>
        official?.GetValueKind() switch
        {
            null => 0,
            JsonValueKind.Number => official.GetValue<int>(),
            _ => type.Values.Single(v => v.Name == official.GetValue<string>()).Number,
        };

    private static double Real(JsonNode? node, FieldType field)
    {
        var value = node is null ? 0 : double.Parse(Text(node), CultureInfo.InvariantCulture);
        return field.Kind == FieldKind.Float ? (float)value : value;
    }

    private static string Default(FieldType field) =>
        field.Kind switch
        {
            FieldKind.String or FieldKind.Bytes => "",
            FieldKind.Bool => "false",
            _ => "0",
        };

    private static string Text(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
