using System.Text.Unicode;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>Walks an encoded message once, by schema, without allocating unless there is a mistake.</summary>
internal static class MessageCheck
{
    public static Mistake? Check(MessageType type, ReadOnlySpan<byte> message) =>
        Message(type, message, 0);

    /// <summary>The text of a timestamp or duration; its length, or 0 when it is malformed or out of range.</summary>
    public static int Time(WellKnown kind, ReadOnlySpan<byte> message, Span<byte> into)
    {
        long seconds = 0;
        var nanos = 0;
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (wire == WireType.Varint && number == 1)
                seconds = (long)reader.Varint();
            else if (wire == WireType.Varint && number == 2)
                nanos = (int)reader.Varint();
            else
                reader.Skip(number, wire);
        }

        if (reader.Failed)
            return 0;
        return kind == WellKnown.Timestamp
            ? JsonTime.WriteTimestamp(seconds, nanos, into)
            : JsonTime.WriteDuration(seconds, nanos, into);
    }

    private static Mistake? Message(MessageType type, ReadOnlySpan<byte> message, int depth)
    {
        if (depth > MessageWriter.MaxDepth)
            return new("message_too_deep", "The message is nested too deep.", Where: type.FullName);
        var fields = type.Json;
        var reader = new WireReader(message);
        var expected = 0;
        while (reader.Next(out var number, out var wire))
        {
            var index = fields.Find(number, expected);
            if (index < 0 || !MessageIndex.Fits(fields.Fields[index], wire))
            {
                reader.Skip(number, wire);
                continue;
            }

            expected = index + 1;
            if (Field(type, fields.Fields[index], wire, ref reader, depth) is { } mistake)
                return mistake;
        }

        if (reader.Failed)
            return new(
                "message_malformed",
                $"The bytes are no {type.FullName}.",
                Where: type.FullName
            );
        Span<byte> scratch = stackalloc byte[40];
        return
            type.WellKnown is WellKnown.Timestamp or WellKnown.Duration
            && Time(type.WellKnown, message, scratch) == 0
            ? new(
                "message_out_of_range",
                $"The {type.FullName} is out of its range.",
                Where: type.FullName
            )
            : null;
    }

    private static Mistake? Field(
        MessageType type,
        FieldType field,
        WireType wire,
        ref WireReader reader,
        int depth
    )
    {
        if (wire != WireType.Bytes)
        {
            var bits = reader.Raw(wire);
            return
                ReferenceEquals(type, WellKnownTypes.Value)
                && field.Kind == FieldKind.Double
                && !double.IsFinite(BitConverter.UInt64BitsToDouble(bits))
                ? new(
                    "message_out_of_range",
                    "A google.protobuf.Value holds finite numbers only.",
                    Where: type.FullName
                )
                : null;
        }

        var content = reader.Bytes();
        if (field.IsMap)
            return Entry(type, field, content, depth + 1);
        if (field.Message is not null)
            return Message(field.Message, content, depth + 1);
        if (field.Kind == FieldKind.String && !Utf8.IsValid(content))
            return new(
                "message_invalid_utf8",
                $"'{field.Name}' is not valid UTF-8.",
                Where: $"{type.FullName}.{field.Name}"
            );
        if (!field.Kind.CanPack())
            return null;
        var numbers = new WireReader(content);
        while (!numbers.AtEnd)
            numbers.Raw(field.Kind.Wire());
        return numbers.Failed
            ? new(
                "message_malformed",
                $"'{field.Name}' is malformed.",
                Where: $"{type.FullName}.{field.Name}"
            )
            : null;
    }

    private static Mistake? Entry(
        MessageType type,
        FieldType map,
        ReadOnlySpan<byte> entry,
        int depth
    )
    {
        var reader = new WireReader(entry);
        while (reader.Next(out var number, out var wire))
        {
            var field =
                number == 1 ? map.MapKey!
                : number == 2 ? map.MapValue!
                : null;
            if (field is null || field.Kind.Wire() != wire)
                reader.Skip(number, wire);
            else if (Field(type, field, wire, ref reader, depth) is { } mistake)
                return mistake;
        }

        return reader.Failed
            ? new(
                "message_malformed",
                $"'{map.Name}' is malformed.",
                Where: $"{type.FullName}.{map.Name}"
            )
            : null;
    }
}
