using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>This part: numbers, text, the keys of maps, and the types that come with protobuf.</summary>
internal static partial class MessageWriter
{
    /// <summary>Whether the value that these raw bits mean is zero, false or the like. Minus zero is not.</summary>
    private static bool IsDefault(FieldKind kind, ulong bits) =>
        kind switch
        {
            FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Enum or FieldKind.SInt32 => (uint)bits
                == 0,
            _ => bits == 0,
        };

    private static void Number(FieldType field, ulong bits, Utf8JsonWriter json)
    {
        Span<byte> text = stackalloc byte[24];
        switch (field.Kind)
        {
            case FieldKind.Bool:
                json.WriteBooleanValue(bits != 0);
                break;
            case FieldKind.Int32 or FieldKind.SFixed32:
                json.WriteNumberValue((int)bits);
                break;
            case FieldKind.SInt32:
                json.WriteNumberValue(ZigZag.Decode((uint)bits));
                break;
            case FieldKind.UInt32 or FieldKind.Fixed32:
                json.WriteNumberValue((uint)bits);
                break;
            case FieldKind.Enum:
                EnumValue(field.Enum!, (int)bits, json);
                break;
            case FieldKind.Double:
                Floating(BitConverter.UInt64BitsToDouble(bits), json);
                break;
            case FieldKind.Float:
                Floating(BitConverter.UInt32BitsToSingle((uint)bits), json);
                break;
            default:
                Format(field.Kind, bits, text, out var length);
                json.WriteStringValue(text[..length]);
                break;
        }
    }

    /// <summary>The decimal text of an integer of up to 64 bits.</summary>
    private static void Format(FieldKind kind, ulong bits, Span<byte> text, out int length)
    {
        if (kind is FieldKind.UInt64 or FieldKind.Fixed64)
            bits.TryFormat(text, out length, default, CultureInfo.InvariantCulture);
        else if (kind is FieldKind.UInt32 or FieldKind.Fixed32)
            ((uint)bits).TryFormat(text, out length, default, CultureInfo.InvariantCulture);
        else
            Signed(kind, bits).TryFormat(text, out length, default, CultureInfo.InvariantCulture);
    }

    private static long Signed(FieldKind kind, ulong bits) =>
        kind switch
        {
            FieldKind.SInt64 => ZigZag.Decode(bits),
            FieldKind.SInt32 => ZigZag.Decode((uint)bits),
            FieldKind.Int32 or FieldKind.SFixed32 => (int)bits,
            _ => (long)bits,
        };

    private static void EnumValue(EnumType type, int number, Utf8JsonWriter json)
    {
        if (ReferenceEquals(type, WellKnownTypes.NullValue))
        {
            json.WriteNullValue();
            return;
        }

        foreach (var value in type.Values)
        {
            if (value.Number != number)
                continue;
            json.WriteStringValue(value.Name);
            return;
        }

        json.WriteNumberValue(number);
    }

    private static void Floating(double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(
                double.IsNaN(value) ? "NaN"u8
                : value > 0 ? "Infinity"u8
                : "-Infinity"u8
            );
    }

    private static void Floating(float value, Utf8JsonWriter json)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            Floating((double)value, json);
    }

    private static void Text(FieldType field, ReadOnlySpan<byte> value, Utf8JsonWriter json)
    {
        if (field.Kind == FieldKind.Bytes)
            json.WriteBase64StringValue(value);
        else
            json.WriteStringValue(value);
    }

    private static string KeyText(FieldType key, ReadOnlySpan<byte> entry)
    {
        var bits = 0UL;
        ReadOnlySpan<byte> text = default;
        var reader = new WireReader(entry);
        while (reader.Next(out var number, out var wire))
        {
            if (number != key.Number || wire != key.Kind.Wire())
                reader.Skip(number, wire);
            else if (wire == WireType.Bytes)
                text = reader.Bytes();
            else
                bits = reader.Raw(wire);
        }

        if (key.Kind == FieldKind.String)
            return Encoding.UTF8.GetString(text);
        if (key.Kind == FieldKind.Bool)
            return bits != 0 ? "true" : "false";
        Span<byte> digits = stackalloc byte[24];
        Format(key.Kind, bits, digits, out var length);
        return Encoding.ASCII.GetString(digits[..length]);
    }

    private static void Time(MessageType type, ReadOnlySpan<byte> message, Utf8JsonWriter json)
    {
        Span<byte> text = stackalloc byte[40];
        var length = MessageCheck.Time(type.WellKnown, message, text);
        if (length == 0)
            throw Malformed();
        json.WriteStringValue(text[..length]);
    }

    private static void Struct(ReadOnlySpan<byte> message, Utf8JsonWriter json, int depth)
    {
        json.WriteStartObject();
        Entries(WellKnownTypes.Struct.Fields[0], message, json, depth);
        json.WriteEndObject();
    }

    private static void ListValue(ReadOnlySpan<byte> message, Utf8JsonWriter json, int depth)
    {
        json.WriteStartArray();
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (number == 1 && wire == WireType.Bytes)
                Value(reader.Bytes(), json, depth + 1);
            else
                reader.Skip(number, wire);
        }

        json.WriteEndArray();
    }

    /// <summary>A value in which nothing is set counts as null.</summary>
    private static void Value(ReadOnlySpan<byte> message, Utf8JsonWriter json, int depth)
    {
        if (depth > MaxDepth)
            throw Malformed();
        Span<MessageIndex.Entry> entries = stackalloc MessageIndex.Entry[6];
        Span<int> oneof = stackalloc int[1];
        var fields = WellKnownTypes.Value.Json;
        MessageIndex.Fill(fields, message, entries, oneof);
        if (oneof[0] < 0)
        {
            json.WriteNullValue();
            return;
        }

        var field = fields.Fields[oneof[0]];
        var entry = entries[oneof[0]];
        var reader = new WireReader(message[entry.Last..]);
        reader.Next(out _, out var wire);
        if (field.Message is not null && entry.Count > 1)
            Write(field.Message, Concatenate(field, message[entry.First..]), json, depth + 1);
        else if (wire == WireType.Bytes)
            Element(field, reader.Bytes(), json, depth);
        else
            Number(field, reader.Raw(wire), json);
    }

    private static void Wrapper(FieldType field, ReadOnlySpan<byte> message, Utf8JsonWriter json)
    {
        var bits = 0UL;
        ReadOnlySpan<byte> text = default;
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (number != field.Number || wire != field.Kind.Wire())
                reader.Skip(number, wire);
            else if (wire == WireType.Bytes)
                text = reader.Bytes();
            else
                bits = reader.Raw(wire);
        }

        if (field.Kind.CanPack())
            Number(field, bits, json);
        else
            Text(field, text, json);
    }
}
