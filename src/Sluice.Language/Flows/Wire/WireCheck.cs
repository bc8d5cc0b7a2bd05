using System.Text.Unicode;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Wire;

/// <summary>Says whether bytes are a message of a type: every field known, of its wire type, complete.</summary>
internal static class WireCheck
{
    /// <summary>How deep messages may lie in messages.</summary>
    public const int Depth = 100;

    /// <summary>What is wrong, as a sentence without its full stop; null when nothing is.</summary>
    public static string? Fault(MessageType type, ReadOnlySpan<byte> message) =>
        Fault(type, message, Depth);

    private static string? Fault(MessageType type, ReadOnlySpan<byte> message, int depth)
    {
        if (depth == 0)
            return $"messages are nested more than {Depth} deep";
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (type.Field(reader.Number) is not { } field)
                return $"field number {reader.Number} does not belong to `{type.FullName}`";
            if (Value(field, reader.Type, reader.Value, depth) is { } fault)
                return fault;
        }
        return reader.Failed ? $"the bytes are no `{type.FullName}`" : null;
    }

    private static string? Value(
        FieldType field,
        WireType type,
        ReadOnlySpan<byte> value,
        int depth
    )
    {
        if (field.IsMap)
            return type == WireType.Bytes ? Entry(field, value, depth) : Wrong(field);
        if (field.IsRepeated && type == WireType.Bytes && field.Kind.CanPack())
            return WireReader.IsPacked(value, field.Kind.Wire()) ? null : Wrong(field);
        if (type != field.Kind.Wire())
            return Wrong(field);
        return field.Kind switch
        {
            FieldKind.Message => Fault(field.Message!, value, depth - 1),
            FieldKind.String when !Utf8.IsValid(value) => $"`{field.Name}` holds invalid UTF-8",
            _ => null,
        };
    }

    private static string? Entry(FieldType field, ReadOnlySpan<byte> entry, int depth)
    {
        var reader = new WireReader(entry);
        while (reader.Next())
        {
            var part = reader.Number switch
            {
                1 => field.MapKey,
                2 => field.MapValue,
                _ => null,
            };
            if (part is null)
                return Wrong(field);
            if (Value(part, reader.Type, reader.Value, depth) is { } fault)
                return fault;
        }
        return reader.Failed ? Wrong(field) : null;
    }

    private static string Wrong(FieldType field) =>
        $"`{field.Name}` does not hold `{field.TypeText}`";
}
