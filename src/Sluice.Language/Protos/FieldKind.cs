namespace Sluice.Language.Protos;

/// <summary>What a single value of a field is. The numbers are those of protobuf's own descriptor format.</summary>
public enum FieldKind
{
    Double = 1,
    Float = 2,
    Int64 = 3,
    UInt64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Message = 11,
    Bytes = 12,
    UInt32 = 13,
    Enum = 14,
    SFixed32 = 15,
    SFixed64 = 16,
    SInt32 = 17,
    SInt64 = 18,
}

/// <summary>How many bytes of a value follow its tag on the wire. The numbers are the wire format's own.</summary>
public enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>Facts that follow from a kind alone.</summary>
public static class FieldKinds
{
    /// <summary>The wire type of one unpacked value.</summary>
    public static WireType Wire(this FieldKind kind) =>
        kind switch
        {
            FieldKind.Double or FieldKind.Fixed64 or FieldKind.SFixed64 => WireType.Fixed64,
            FieldKind.Float or FieldKind.Fixed32 or FieldKind.SFixed32 => WireType.Fixed32,
            FieldKind.String or FieldKind.Bytes or FieldKind.Message => WireType.Bytes,
            _ => WireType.Varint,
        };

    /// <summary>True for numbers, bool and enum: what a repeated field can hold side by side without tags.</summary>
    public static bool CanPack(this FieldKind kind) => kind.Wire() != WireType.Bytes;

    /// <summary>True for what a map may use as its key: integers, bool and string.</summary>
    public static bool CanBeMapKey(this FieldKind kind) =>
        kind
            is not (
                FieldKind.Double
                or FieldKind.Float
                or FieldKind.Bytes
                or FieldKind.Enum
                or FieldKind.Message
            );

    /// <summary>The word that a proto file uses, for example <c>sfixed32</c>; <c>message</c> and <c>enum</c> for named types.</summary>
    public static string Word(this FieldKind kind) =>
        kind switch
        {
            FieldKind.Double => "double",
            FieldKind.Float => "float",
            FieldKind.Int64 => "int64",
            FieldKind.UInt64 => "uint64",
            FieldKind.Int32 => "int32",
            FieldKind.Fixed64 => "fixed64",
            FieldKind.Fixed32 => "fixed32",
            FieldKind.Bool => "bool",
            FieldKind.String => "string",
            FieldKind.Message => "message",
            FieldKind.Bytes => "bytes",
            FieldKind.UInt32 => "uint32",
            FieldKind.Enum => "enum",
            FieldKind.SFixed32 => "sfixed32",
            FieldKind.SFixed64 => "sfixed64",
            FieldKind.SInt32 => "sint32",
            FieldKind.SInt64 => "sint64",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}
