using System.Runtime.InteropServices;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Wire;

/// <summary>Walks over the fields of one serialised message. Never throws: what is malformed ends the walk with <see cref="Failed"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at;

    /// <summary>The number of the current field.</summary>
    public int Number { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>The value of the current field as it stands on the wire; for <see cref="WireType.Bytes"/> without its length.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>True when the bytes are no message.</summary>
    public bool Failed { get; private set; }

    /// <summary>Goes to the next field; false at the end and at the first fault.</summary>
    public bool Next()
    {
        if (at == bytes.Length || Failed)
            return false;
        if (!Varint(out var tag) || tag > uint.MaxValue || tag >> 3 is 0 or > 0x1FFF_FFFF)
            return Fail();
        Number = (int)(tag >> 3);
        Type = (WireType)(tag & 7);
        var start = at;
        switch (Type)
        {
            case WireType.Varint:
                if (!Varint(out _))
                    return Fail();
                Value = bytes[start..at];
                return true;
            case WireType.Fixed32:
                return Take(4);
            case WireType.Fixed64:
                return Take(8);
            case WireType.Bytes:
                return Varint(out var length) && length <= int.MaxValue
                    ? Take((int)length)
                    : Fail();
            default:
                return Fail();
        }
    }

    private bool Take(int length)
    {
        if (length > bytes.Length - at)
            return Fail();
        Value = bytes.Slice(at, length);
        at += length;
        return true;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return shift < 63 || b <= 1;
        }
        return false;
    }

    /// <summary>True when the bytes are values of one packed kind, side by side and complete.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> packed, WireType type)
    {
        switch (type)
        {
            case WireType.Fixed32:
                return packed.Length % sizeof(uint) == 0;
            case WireType.Fixed64:
                return packed.Length % sizeof(ulong) == 0;
            default:
                var reader = new WireReader(packed);
                while (reader.at < packed.Length)
                    if (!reader.Varint(out _))
                        return false;
                return true;
        }
    }
}
