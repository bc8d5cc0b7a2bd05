using Sluice.Language.Protos;
using Sluice.Language.Protos.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions.Values;

/// <summary>
/// Reads fields of encoded messages when they are asked for. Of several records the last counts, messages are the sum of
/// theirs, and of a oneof only the last member is set. Records that are passed over cost something too: whoever asks a
/// long message often pays for it.
/// </summary>
internal static class WireFields
{
    private const int RecordsPerUnit = 16;
    private static readonly ExpressionFault Malformed = new("A message is malformed.");

    /// <summary>The value of a field, its default when it is not set; null for a wrapper that is not set.</summary>
    public static Value Read(ref Evaluation evaluation, Value message, FieldType field)
    {
        if (field.IsMap)
            return Map(ref evaluation, message, field);
        if (field.IsRepeated)
            return List(ref evaluation, message, field);
        var found = Find(ref evaluation, message, field, out var last, out var count);
        if (!found)
            return Malformed;
        if (count == 0)
            return Default(field);
        if (count > 1 && field.Message is not null)
            return Unwrap(
                ref evaluation,
                Value.Encoded(field.Message, Sum(message.Span, field.Number))
            );
        var reader = new WireReader(message.Span[last..]);
        return Element(ref evaluation, message, field, ref reader, last);
    }

    /// <summary>Whether a field is set: not empty, not the default, or there for those that have presence.</summary>
    public static bool Has(ref Evaluation evaluation, Value message, FieldType field)
    {
        if (field.IsMap || field.IsRepeated)
        {
            var offsets = Offsets(ref evaluation, message, field, 1);
            return offsets is { Count: > 0 };
        }
        if (!Find(ref evaluation, message, field, out var last, out var count) || count == 0)
            return false;
        if (field.HasPresence)
            return true;
        var reader = new WireReader(message.Span[last..]);
        var wire = field.Kind.Wire();
        return wire == WireType.Bytes ? !reader.Bytes().IsEmpty : reader.Raw(wire) != 0;
    }

    /// <summary>What a message is to an expression: wrappers, times and JSON stand for what they hold.</summary>
    public static Value Unwrap(ref Evaluation evaluation, Value message)
    {
        var type = message.Message;
        switch (type.WellKnown)
        {
            case WellKnown.Wrapper:
                return Read(ref evaluation, message, type.Fields[0]);
            case WellKnown.Timestamp or WellKnown.Duration:
                var seconds = Read(ref evaluation, message, type.Fields[0]);
                var nanos = Read(ref evaluation, message, type.Fields[1]);
                if (seconds.IsFault || nanos.IsFault)
                    return Malformed;
                return type.WellKnown == WellKnown.Timestamp
                    ? Value.Timestamp(seconds.AsInt, (int)nanos.AsInt)
                    : Value.Duration(seconds.AsInt, (int)nanos.AsInt);
            case WellKnown.Struct or WellKnown.ListValue:
                return Read(ref evaluation, message, type.Fields[0]);
            case WellKnown.Value:
                return Json(ref evaluation, message);
            default:
                return message;
        }
    }

    /// <summary>One value of a field: the reader stands behind its tag, at this offset of the message.</summary>
    public static Value Element(
        ref Evaluation evaluation,
        Value message,
        FieldType field,
        ref WireReader reader,
        int offset
    )
    {
        var wire = field.Kind.Wire();
        if (wire != WireType.Bytes)
        {
            var bits = reader.Raw(wire);
            return reader.Failed ? Malformed : Number(field, bits);
        }

        var length = reader.Bytes().Length;
        if (reader.Failed)
            return Malformed;
        var start = offset + reader.Position - length;
        return field.Kind switch
        {
            FieldKind.String => message.Part(ValueKind.String, start, length),
            FieldKind.Bytes => message.Part(ValueKind.Bytes, start, length),
            _ => Unwrap(
                ref evaluation,
                message.Part(ValueKind.Message, start, length, field.Message)
            ),
        };
    }

    private static Value Number(FieldType field, ulong bits) =>
        field.Kind switch
        {
            FieldKind.Bool => bits != 0,
            FieldKind.Double => BitConverter.UInt64BitsToDouble(bits),
            FieldKind.Float => (double)BitConverter.UInt32BitsToSingle((uint)bits),
            FieldKind.UInt64 or FieldKind.Fixed64 => bits,
            FieldKind.UInt32 or FieldKind.Fixed32 => (ulong)(uint)bits,
            FieldKind.SInt32 => (long)ZigZag.Decode((uint)bits),
            FieldKind.SInt64 => ZigZag.Decode(bits),
            FieldKind.Int64 or FieldKind.SFixed64 => (long)bits,
            FieldKind.Enum when ReferenceEquals(field.Enum, WellKnownTypes.NullValue) => Value.Null,
            _ => (long)(int)bits,
        };

    private static Value Default(FieldType field) =>
        field.Message is not { } type
            ? field.Kind switch
            {
                FieldKind.String => Value.String([]),
                FieldKind.Bytes => Value.Bytes([]),
                _ => Number(field, 0),
            }
            : type.WellKnown switch
            {
                WellKnown.Wrapper or WellKnown.Value => Value.Null,
                WellKnown.Timestamp => Value.Timestamp(0, 0),
                WellKnown.Duration => Value.Duration(0, 0),
                WellKnown.Struct => MapValue.Empty,
                WellKnown.ListValue => ListValue.Empty,
                _ => Value.Encoded(type, default),
            };

    /// <summary>The kind of JSON value that is set last; null when none is.</summary>
    private static Value Json(ref Evaluation evaluation, Value message)
    {
        FieldType? set = null;
        var reader = new WireReader(message.Span);
        while (reader.Next(out var number, out var wire))
        {
            if (message.Message.Field(number) is { } kind && kind.Kind.Wire() == wire)
                set = kind;
            reader.Skip(number, wire);
        }

        if (reader.Failed)
            return Malformed;
        var value =
            !evaluation.Enter() ? Evaluation.TooDeep
            : set is null ? Value.Null
            : Read(ref evaluation, message, set);
        evaluation.Leave();
        return value;
    }

    /// <summary>The offset behind the tag of the last record, and how many there are since another member of its oneof.</summary>
    private static bool Find(
        ref Evaluation evaluation,
        Value message,
        FieldType field,
        out int last,
        out int count
    )
    {
        last = 0;
        count = 0;
        var records = 0;
        var expected = field.Kind.Wire();
        var reader = new WireReader(message.Span);
        while (reader.Next(out var number, out var wire))
        {
            records++;
            var start = reader.Position;
            reader.Skip(number, wire);
            if (number == field.Number && wire == expected)
            {
                last = start;
                count++;
            }
            else if (count > 0 && IsSibling(field, number, wire))
                count = 0;
        }

        evaluation.Spend(1 + (records / RecordsPerUnit));
        return !reader.Failed;
    }

    private static bool IsSibling(FieldType field, int number, WireType wire)
    {
        if (field.Oneof is null)
            return false;
        foreach (var other in field.Oneof.Fields)
            if (other.Number == number && other != field && other.Kind.Wire() == wire)
                return true;
        return false;
    }

    private static Value List(ref Evaluation evaluation, Value message, FieldType field)
    {
        var offsets = Offsets(ref evaluation, message, field, int.MaxValue);
        return offsets is null ? Malformed : new ListValue(message, field, offsets);
    }

    /// <summary>Where the elements of a repeated field lie, each behind its tag; null for malformed bytes.</summary>
    private static List<int>? Offsets(
        ref Evaluation evaluation,
        Value message,
        FieldType field,
        int most
    )
    {
        var offsets = new List<int>();
        var records = 0;
        var element = field.Kind.Wire();
        var reader = new WireReader(message.Span);
        while (offsets.Count < most && reader.Next(out var number, out var wire))
        {
            var start = reader.Position;
            if (++records % RecordsPerUnit == 0 && !evaluation.Spend())
                return offsets;
            if (number != field.Number || !MessageIndex.Fits(field, wire))
            {
                reader.Skip(number, wire);
                continue;
            }
            if (wire == element)
            {
                reader.Skip(number, wire);
                offsets.Add(start);
                continue;
            }
            var length = reader.Bytes().Length;
            if (
                !Packed(ref evaluation, message, element, reader.Position - length, length, offsets)
            )
                return evaluation.Exhausted ? offsets : null;
        }

        evaluation.Spend();
        return reader.Failed ? null : offsets;
    }

    private static bool Packed(
        ref Evaluation evaluation,
        Value message,
        WireType wire,
        int start,
        int length,
        List<int> offsets
    )
    {
        var numbers = new WireReader(message.Span.Slice(start, length));
        while (!numbers.AtEnd)
        {
            offsets.Add(start + numbers.Position);
            numbers.Raw(wire);
            if (offsets.Count % RecordsPerUnit == 0 && !evaluation.Spend())
                return false;
        }

        return !numbers.Failed;
    }

    private static Value Map(ref Evaluation evaluation, Value message, FieldType field)
    {
        var map = new MapValue();
        var reader = new WireReader(message.Span);
        while (reader.Next(out var number, out var wire))
        {
            if (number != field.Number || wire != WireType.Bytes)
            {
                reader.Skip(number, wire);
                continue;
            }

            var length = reader.Bytes().Length;
            if (!evaluation.Spend())
                return Evaluation.TooCostly;
            var entry = message.Part(ValueKind.Message, reader.Position - length, length);
            var key = Read(ref evaluation, entry, field.MapKey!);
            var value = Read(ref evaluation, entry, field.MapValue!);
            if (key.IsFault || value.IsFault)
                return Malformed;
            map.Set(key, value);
        }

        evaluation.Spend();
        return reader.Failed ? Malformed : map;
    }

    private static byte[] Sum(ReadOnlySpan<byte> message, int field)
    {
        using var sum = new WireWriter(message.Length);
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (number == field && wire == WireType.Bytes)
                sum.Append(reader.Bytes());
            else
                reader.Skip(number, wire);
        }

        return sum.ToArray();
    }
}
