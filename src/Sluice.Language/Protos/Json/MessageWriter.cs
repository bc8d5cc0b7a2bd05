using System.Buffers;
using System.Text.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>Writes an encoded message as JSON. This part: messages, fields, lists and maps.</summary>
internal static partial class MessageWriter
{
    /// <summary>Three messages on the wire (value, struct, entry) for each level that JSON may have.</summary>
    public const int MaxDepth = (3 * ProtoJson.MaxDepth) + 20;

    public static void Write(
        MessageType type,
        ReadOnlySpan<byte> message,
        Utf8JsonWriter json,
        int depth
    )
    {
        if (depth > MaxDepth)
            throw Malformed();
        switch (type.WellKnown)
        {
            case WellKnown.Timestamp or WellKnown.Duration:
                Time(type, message, json);
                break;
            case WellKnown.Struct:
                Struct(message, json, depth);
                break;
            case WellKnown.ListValue:
                ListValue(message, json, depth);
                break;
            case WellKnown.Value:
                Value(message, json, depth);
                break;
            case WellKnown.Wrapper:
                Wrapper(type.Fields[0], message, json);
                break;
            default:
                json.WriteStartObject();
                Fields(type.Json, message, json, depth);
                json.WriteEndObject();
                break;
        }
    }

    private static void Fields(
        JsonFields fields,
        ReadOnlySpan<byte> message,
        Utf8JsonWriter json,
        int depth
    )
    {
        const int onStack = 24;
        var count = fields.Fields.Length;
        Span<MessageIndex.Entry> entries =
            count <= onStack
                ? stackalloc MessageIndex.Entry[onStack]
                : new MessageIndex.Entry[count];
        Span<int> oneofs =
            fields.OneofCount <= onStack ? stackalloc int[onStack] : new int[fields.OneofCount];
        if (MessageIndex.Fill(fields, message, entries, oneofs))
        {
            message = MessageIndex.Gather(fields, message);
            MessageIndex.Fill(fields, message, entries, oneofs);
        }

        for (var i = 0; i < count; i++)
        {
            if (entries[i].Count == 0)
                continue;
            var field = fields.Fields[i];
            var records = message[entries[i].First..];
            if (field.IsMap)
                Map(field, fields.Encoded[i], records, json, depth);
            else if (field.IsRepeated)
                List(field, fields.Encoded[i], records, json, depth);
            else
                Singular(field, fields.Encoded[i], message, entries[i], json, depth);
        }
    }

    private static void Singular(
        FieldType field,
        JsonEncodedText name,
        ReadOnlySpan<byte> message,
        MessageIndex.Entry entry,
        Utf8JsonWriter json,
        int depth
    )
    {
        if (field.Message is not null)
        {
            json.WritePropertyName(name);
            // A message that comes in several records is their concatenation.
            if (entry.Count > 1)
                Write(field.Message, Concatenate(field, message[entry.First..]), json, depth + 1);
            else
                Write(field.Message, Content(message[entry.First..]), json, depth + 1);
            return;
        }

        var reader = new WireReader(message[entry.Last..]);
        reader.Next(out _, out var wire);
        if (wire == WireType.Bytes)
        {
            var text = reader.Bytes();
            if (text.IsEmpty && !field.HasPresence)
                return;
            json.WritePropertyName(name);
            Text(field, text, json);
            return;
        }

        var bits = reader.Raw(wire);
        if (IsDefault(field.Kind, bits) && !field.HasPresence)
            return;
        json.WritePropertyName(name);
        Number(field, bits, json);
    }

    /// <summary>The records of one list, which lie side by side; unknown fields between them are passed over.</summary>
    private static void List(
        FieldType field,
        JsonEncodedText name,
        ReadOnlySpan<byte> records,
        Utf8JsonWriter json,
        int depth
    )
    {
        var open = false;
        var reader = new WireReader(records);
        while (reader.Next(out var number, out var wire))
        {
            if (number != field.Number || !MessageIndex.Fits(field, wire))
            {
                if (number != field.Number && open)
                    break;
                reader.Skip(number, wire);
                continue;
            }

            var content = wire == WireType.Bytes ? reader.Bytes() : default;
            var packed = wire == WireType.Bytes && field.Kind.CanPack();
            // A packed record may hold nothing: that alone is no list.
            if (packed && content.IsEmpty)
                continue;
            if (!open)
                json.WriteStartArray(name);
            open = true;
            if (packed)
                Packed(field, content, json);
            else if (wire == WireType.Bytes)
                Element(field, content, json, depth);
            else
                Number(field, reader.Raw(wire), json);
        }

        if (open)
            json.WriteEndArray();
    }

    private static void Packed(FieldType field, ReadOnlySpan<byte> numbers, Utf8JsonWriter json)
    {
        var wire = field.Kind.Wire();
        for (var reader = new WireReader(numbers); !reader.AtEnd; )
            Number(field, reader.Raw(wire), json);
    }

    /// <summary>A length-delimited element of a list or value of a map.</summary>
    private static void Element(
        FieldType field,
        ReadOnlySpan<byte> content,
        Utf8JsonWriter json,
        int depth
    )
    {
        if (field.Message is null)
            Text(field, content, json);
        else
            Write(field.Message, content, json, depth + 1);
    }

    private static void Map(
        FieldType field,
        JsonEncodedText name,
        ReadOnlySpan<byte> records,
        Utf8JsonWriter json,
        int depth
    )
    {
        json.WriteStartObject(name);
        Entries(field, records, json, depth);
        json.WriteEndObject();
    }

    /// <summary>The entries of a map; of entries with the same key the last counts.</summary>
    private static void Entries(
        FieldType field,
        ReadOnlySpan<byte> records,
        Utf8JsonWriter json,
        int depth
    )
    {
        var entries = new OrderedDictionary<string, (int Start, int Length)>(
            StringComparer.Ordinal
        );
        var reader = new WireReader(records);
        while (reader.Next(out var number, out var wire))
        {
            if (number != field.Number || wire != WireType.Bytes)
            {
                reader.Skip(number, wire);
                continue;
            }

            var entry = reader.Bytes();
            entries[KeyText(field.MapKey!, entry)] = (reader.Position - entry.Length, entry.Length);
        }

        foreach (var (key, (start, length)) in entries)
        {
            json.WritePropertyName(key);
            EntryValue(field.MapValue!, records.Slice(start, length), json, depth + 1);
        }
    }

    private static void EntryValue(
        FieldType value,
        ReadOnlySpan<byte> entry,
        Utf8JsonWriter json,
        int depth
    )
    {
        var bits = 0UL;
        ReadOnlySpan<byte> content = default;
        var pieces = 0;
        var reader = new WireReader(entry);
        while (reader.Next(out var number, out var wire))
        {
            if (number != value.Number || wire != value.Kind.Wire())
                reader.Skip(number, wire);
            else if (wire == WireType.Bytes)
            {
                content = reader.Bytes();
                pieces++;
            }
            else
                bits = reader.Raw(wire);
        }

        if (value.Kind.CanPack())
            Number(value, bits, json);
        else if (value.Message is not null && pieces > 1)
            Write(value.Message, Concatenate(value, entry), json, depth + 1);
        else
            Element(value, content, json, depth);
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> record)
    {
        var reader = new WireReader(record);
        reader.Next(out _, out _);
        return reader.Bytes();
    }

    private static byte[] Concatenate(FieldType field, ReadOnlySpan<byte> records)
    {
        var merged = new ArrayBufferWriter<byte>();
        var reader = new WireReader(records);
        while (reader.Next(out var number, out var wire))
        {
            if (number == field.Number && wire == WireType.Bytes)
                merged.Write(reader.Bytes());
            else
                reader.Skip(number, wire);
        }

        return merged.WrittenSpan.ToArray();
    }

    private static InvalidDataException Malformed() =>
        new("The message is malformed or nested too deep.");
}
