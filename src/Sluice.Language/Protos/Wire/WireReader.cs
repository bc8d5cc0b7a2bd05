using System.Buffers.Binary;

namespace Sluice.Language.Protos.Wire;

/// <summary>
/// Reads protobuf's wire format without allocating. Malformed bytes never throw: <see cref="Failed"/> is set, everything
/// after that reads as empty or zero, and <see cref="Next"/> returns false.
/// </summary>
public ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int MaxGroupDepth = 100;
    private readonly ReadOnlySpan<byte> all = message;

    /// <summary>The bytes were no well-formed message.</summary>
    public bool Failed { get; private set; }

    /// <summary>Offset of the next unread byte.</summary>
    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= all.Length;

    /// <summary>Reads the next tag. False at the end and on failure.</summary>
    /// <param name="wire">May be 3, the start of a group, which only <see cref="Skip"/> understands.</param>
    public bool Next(out int number, out WireType wire)
    {
        number = 0;
        wire = WireType.Varint;
        if (AtEnd)
            return false;
        var tag = Varint();
        wire = (WireType)(tag & 7);
        number = (int)(tag >> 3);
        if (Failed || tag > uint.MaxValue || number == 0 || (int)wire > 5 || (int)wire == 4)
            return Fail();
        return true;
    }

    /// <summary>At most ten bytes; bits beyond the 64th are dropped, as everywhere in protobuf.</summary>
    public ulong Varint()
    {
        if (Position < all.Length && all[Position] < 0x80)
            return all[Position++];
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (Position >= all.Length)
                break;
            var b = all[Position++];
            value |= shift < 64 ? (ulong)(b & 0x7F) << shift : 0;
            if (b < 0x80)
                return value;
        }

        Fail();
        return 0;
    }

    public uint Fixed32()
    {
        var bytes = Take(4);
        return Failed ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong Fixed64()
    {
        var bytes = Take(8);
        return Failed ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The content of a length-delimited value: string, bytes, message or packed numbers.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        return Failed ? default : Take(length);
    }

    /// <summary>One unpacked number of this kind as 64 raw bits, before any meaning is given to them.</summary>
    public ulong Raw(WireType wire) =>
        wire switch
        {
            WireType.Varint => Varint(),
            WireType.Fixed32 => Fixed32(),
            _ => Fixed64(),
        };

    /// <summary>Passes over the value behind a tag that <see cref="Next"/> has read.</summary>
    public void Skip(int number, WireType wire) => SkipValue(number, wire, 0);

    private void SkipValue(int number, WireType wire, int depth)
    {
        switch ((int)wire)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            case 3:
                SkipGroup(number, depth);
                break;
            case 5:
                Take(4);
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipGroup(int number, int depth)
    {
        while (!Failed && depth < MaxGroupDepth)
        {
            var tag = AtEnd ? 0 : Varint();
            var inner = (int)(tag >> 3);
            if (tag > uint.MaxValue || inner == 0)
                break;
            if ((tag & 7) != 4)
                SkipValue(inner, (WireType)(tag & 7), depth + 1);
            else if (inner == number)
                return;
            else
                break;
        }

        Fail();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(all.Length - Position))
        {
            Fail();
            return default;
        }

        var bytes = all.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    private bool Fail()
    {
        Failed = true;
        Position = all.Length;
        return false;
    }
}
