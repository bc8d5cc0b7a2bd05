using System.Text.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>
/// One pass over JSON text that writes the wire format as it goes. After a mistake the value is skipped and reading goes
/// on, so that all mistakes are found. Only syntax errors end it early, as the reader's exception.
/// This part: messages, fields, lists and maps.
/// </summary>
internal ref partial struct MessageParser
{
    private readonly WireWriter writer;
    private readonly JsonMistakes mistakes;
    private Utf8JsonReader reader;

    public MessageParser(ReadOnlySpan<byte> json, WireWriter writer, JsonMistakes mistakes)
    {
        this.writer = writer;
        this.mistakes = mistakes;
        reader = new(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
    }

    /// <summary>Offset of the token at hand, in bytes.</summary>
    public readonly int Offset => (int)reader.TokenStartIndex;

    /// <summary>Reads the whole text as one message.</summary>
    public void Root(MessageType type)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null && type.WellKnown != WellKnown.Value)
            Wrong(type.WellKnown == WellKnown.None ? "an object" : type.FullName);
        else
            Message(type);
        reader.Read();
    }

    /// <summary>Reads the value at hand as the content of a message of this type.</summary>
    private void Message(MessageType type)
    {
        if (TooDeep())
            return;
        switch (type.WellKnown)
        {
            case WellKnown.Timestamp:
                Timestamp();
                break;
            case WellKnown.Duration:
                Duration();
                break;
            case WellKnown.Struct:
                Struct();
                break;
            case WellKnown.Value:
                Value();
                break;
            case WellKnown.ListValue:
                ListValue();
                break;
            case WellKnown.Wrapper:
                Scalar(type.Fields[0], tagged: true, always: false);
                break;
            default:
                Object(type);
                break;
        }
    }

    private void Object(MessageType type)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Wrong("an object");
            return;
        }

        var fields = type.Json;
        var flags = fields.Fields.Length + fields.OneofCount;
        var seen = flags <= 128 ? stackalloc bool[flags] : new bool[flags];
        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = fields.Find(in reader, expected);
            if (index < 0)
            {
                Unknown(type);
                continue;
            }

            expected = index + 1;
            var field = fields.Fields[index];
            mistakes.Enter(field);
            if (seen[index])
                Refuse(
                    "json_duplicate_field",
                    $"The field '{field.JsonName}' is given twice.",
                    skip: false
                );
            reader.Read();
            if (seen[index])
                reader.Skip();
            else
                Field(
                    field,
                    seen,
                    fields.OneofOf[index] is >= 0 and var oneof ? fields.Fields.Length + oneof : -1
                );
            seen[index] = true;
            mistakes.Leave();
        }
    }

    private void Unknown(MessageType type)
    {
        var name = JsonMistakes.Shorten(Text(reader));
        mistakes.Enter(name);
        Refuse("json_unknown_field", $"{type.FullName} has no field '{name}'.", skip: false);
        mistakes.Leave();
        reader.Read();
        reader.Skip();
    }

    /// <summary>The value of a field. <paramref name="oneof"/> is where its oneof's flag lies, or -1.</summary>
    private void Field(FieldType field, scoped Span<bool> seen, int oneof)
    {
        if (reader.TokenType == JsonTokenType.Null && !TakesNull(field))
            return;
        if (oneof >= 0)
        {
            if (seen[oneof])
            {
                Refuse(
                    "json_oneof",
                    $"Another field of the oneof '{field.Oneof!.Name}' is given already."
                );
                return;
            }

            seen[oneof] = true;
        }

        if (field.IsMap)
            Map(field);
        else if (field.IsRepeated)
            List(field);
        else if (field.Message is null)
            Scalar(field, tagged: true, always: field.HasPresence);
        else
            Embedded(field, field.Message);
    }

    private void Embedded(FieldType field, MessageType type)
    {
        var mark = writer.Begin(field.Number);
        Message(type);
        writer.End(mark);
    }

    /// <summary>Null means "not given" except for the two types whose value it can be.</summary>
    private static bool TakesNull(FieldType field) =>
        !field.IsRepeated && !field.IsMap && IsNullable(field);

    private static bool IsNullable(FieldType field) =>
        field.Message?.WellKnown == WellKnown.Value
        || ReferenceEquals(field.Enum, WellKnownTypes.NullValue);

    private void List(FieldType field)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Wrong("an array");
            return;
        }

        if (TooDeep())
            return;
        var mark = -1;
        mistakes.Enter(0);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            mistakes.At(i);
            if (field.IsPacked && mark < 0)
                mark = writer.Begin(field.Number);
            if (reader.TokenType == JsonTokenType.Null && !IsNullable(field))
                Refuse("json_null", "An element of a list cannot be null.");
            else if (field.Message is not null)
                Embedded(field, field.Message);
            else
                Scalar(field, tagged: !field.IsPacked, always: true);
        }

        mistakes.Leave();
        if (mark >= 0)
            writer.End(mark);
    }

    private void Map(FieldType field)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Wrong("an object");
            return;
        }

        if (TooDeep())
            return;
        var key = field.MapKey!;
        var value = field.MapValue!;
        HashSet<(string?, ulong)>? seen = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var text = Text(reader);
            mistakes.EnterKey(text);
            var mark = writer.Begin(field.Number);
            if (!MapKey(key, text, out var identity))
                Refuse(
                    "json_map_key",
                    $"'{JsonMistakes.Shorten(text)}' is no {key.Kind.Word()}.",
                    skip: false
                );
            else if (!(seen ??= []).Add(identity))
                Refuse(
                    "json_duplicate_field",
                    $"The key '{JsonMistakes.Shorten(text)}' is given twice.",
                    skip: false
                );
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && !IsNullable(value))
                Refuse("json_null", "A value of a map cannot be null.");
            else if (value.Message is not null)
                Embedded(value, value.Message);
            else
                Scalar(value, tagged: true, always: true);
            writer.End(mark);
            mistakes.Leave();
        }
    }

    private bool TooDeep()
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return false;
        if (reader.CurrentDepth < ProtoJson.MaxDepth)
            return false;
        Refuse("json_too_deep", $"The value is nested deeper than {ProtoJson.MaxDepth} levels.");
        return true;
    }

    private void Wrong(string expected) =>
        Refuse("json_wrong_type", $"Expected {expected}, found {Found()}.");

    /// <summary>Notes a mistake at the token at hand and passes over it with all that is inside.</summary>
    private void Refuse(string code, string message, bool skip = true)
    {
        mistakes.Add(code, message, Offset);
        if (skip && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            reader.Skip();
    }

    private readonly string Found() =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            _ => "null",
        };
}
