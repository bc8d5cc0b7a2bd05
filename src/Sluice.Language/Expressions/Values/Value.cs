using System.Runtime.InteropServices;
using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Values;

internal enum ValueKind : byte
{
    Null,
    Bool,
    Int,
    UInt,
    Double,
    String,
    Bytes,
    List,
    Map,
    Message,
    Timestamp,
    Duration,
    Type,
    Optional,

    /// <summary>No value: evaluation met a fault, which travels upwards as a value does.</summary>
    Fault,
}

/// <summary>
/// A value while an expression is evaluated. Texts and messages are slices of the bytes that they came in, so reading a
/// field copies nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Value
{
    private readonly object? reference;
    private readonly MessageType? type;
    private readonly long bits;
    private readonly int extra;

    private Value(
        ValueKind kind,
        object? reference = null,
        long bits = 0,
        int extra = 0,
        MessageType? type = null
    )
    {
        Kind = kind;
        this.reference = reference;
        this.bits = bits;
        this.extra = extra;
        this.type = type;
    }

    public ValueKind Kind { get; }

    public bool IsFault => Kind == ValueKind.Fault;

    public bool IsNull => Kind == ValueKind.Null;

    public bool IsTrue => Kind == ValueKind.Bool && bits != 0;

    public bool IsFalse => Kind == ValueKind.Bool && bits == 0;

    public bool IsNumber => Kind is ValueKind.Int or ValueKind.UInt or ValueKind.Double;

    public long AsInt => bits;

    public ulong AsUInt => (ulong)bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(bits);

    /// <summary>The UTF-8 of a string, the content of bytes, the encoding of a message.</summary>
    public ReadOnlySpan<byte> Span =>
        ((byte[]?)reference).AsSpan((int)(bits >> 32), (int)(uint)bits);

    public ReadOnlyMemory<byte> Memory =>
        ((byte[]?)reference).AsMemory((int)(bits >> 32), (int)(uint)bits);

    public int Length => (int)(uint)bits;

    /// <summary>Bytes that writing it takes at least.</summary>
    public int ApproximateLength =>
        Kind is ValueKind.String or ValueKind.Bytes or ValueKind.Message ? Length : 0;

    /// <summary>The string as UTF-16; what is no UTF-8 is replaced.</summary>
    public string Text => Encoding.UTF8.GetString(Span);

    public ListValue List => (ListValue)reference!;

    public MapValue Map => (MapValue)reference!;

    public MessageType Message => type!;

    /// <summary>Of a timestamp since 1970, of a duration; the sign of both parts is the same in a duration.</summary>
    public long Seconds => bits;

    public int Nanos => extra;

    public string TypeName => (string)reference!;

    /// <summary>Null for the absent optional.</summary>
    public OptionalValue? Optional => (OptionalValue?)reference;

    public ExpressionFault Reason => (ExpressionFault)reference!;

    public static Value Null => default;

    public static Value True => new(ValueKind.Bool, bits: 1);

    public static Value False => new(ValueKind.Bool);

    public static Value None => new(ValueKind.Optional);

    public static implicit operator Value(bool value) => new(ValueKind.Bool, bits: value ? 1 : 0);

    public static implicit operator Value(long value) => new(ValueKind.Int, bits: value);

    public static implicit operator Value(ulong value) => new(ValueKind.UInt, bits: (long)value);

    public static implicit operator Value(double value) =>
        new(ValueKind.Double, bits: BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Value(ExpressionFault fault) => new(ValueKind.Fault, fault);

    public static implicit operator Value(ListValue list) => new(ValueKind.List, list);

    public static implicit operator Value(MapValue map) => new(ValueKind.Map, map);

    public static Value String(byte[] data) => Slice(ValueKind.String, data, 0, data.Length);

    public static Value String(string text) => String(Encoding.UTF8.GetBytes(text));

    public static Value Bytes(byte[] data) => Slice(ValueKind.Bytes, data, 0, data.Length);

    /// <summary>A part of a string or of bytes as the same kind, without a copy.</summary>
    public Value Part(int start, int length) =>
        Slice(Kind, (byte[]?)reference, (int)(bits >> 32) + start, length);

    /// <summary>A part of an encoded message as a string, as bytes, or as a message of a type.</summary>
    public Value Part(ValueKind kind, int start, int length, MessageType? of = null) =>
        Slice(kind, (byte[]?)reference, (int)(bits >> 32) + start, length, of);

    /// <summary>The same bytes with another meaning.</summary>
    public Value As(ValueKind kind) => new(kind, reference, bits);

    public static Value Encoded(MessageType type, ReadOnlyMemory<byte> message) =>
        MemoryMarshal.TryGetArray(message, out var array)
            ? Slice(ValueKind.Message, array.Array, array.Offset, array.Count, type)
            : Slice(ValueKind.Message, message.ToArray(), 0, message.Length, type);

    public static Value Timestamp(long seconds, int nanos) =>
        new(ValueKind.Timestamp, bits: seconds, extra: nanos);

    public static Value Duration(long seconds, int nanos) =>
        new(ValueKind.Duration, bits: seconds, extra: nanos);

    public static Value Type(string name) => new(ValueKind.Type, name);

    public static Value Some(Value value) => new(ValueKind.Optional, new OptionalValue(value));

    private static Value Slice(
        ValueKind kind,
        byte[]? data,
        int start,
        int length,
        MessageType? type = null
    ) => new(kind, data, ((long)start << 32) | (uint)length, type: type);
}

/// <summary>The value of an optional that is there.</summary>
internal sealed class OptionalValue(Value value)
{
    public Value Value { get; } = value;
}
