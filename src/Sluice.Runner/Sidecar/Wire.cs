using System.Buffers.Binary;
using System.Text;

namespace Sluice.Runner.Sidecar;

/// <summary>Writes protobuf fields into a growing buffer that is kept between uses.</summary>
internal sealed class WireWriter
{
    private const int KeepUpTo = 1 << 20;
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public byte[] Buffer => _buffer;

    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Starts over, leaving room at the front.</summary>
    public void Reset(int room)
    {
        if (_buffer.Length > KeepUpTo)
            _buffer = new byte[1024];
        Length = room;
    }

    public void Text(int field, string value)
    {
        if (value.Length == 0)
            return;
        var size = Encoding.UTF8.GetByteCount(value);
        Varint((uint)(field << 3 | 2));
        Varint((ulong)size);
        Ensure(size);
        Length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(Length));
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (value.Length == 0)
            return;
        Varint((uint)(field << 3 | 2));
        Varint((ulong)value.Length);
        Ensure(value.Length);
        value.CopyTo(_buffer.AsSpan(Length));
        Length += value.Length;
    }

    public void Number(int field, long value)
    {
        if (value == 0)
            return;
        Varint((uint)(field << 3));
        Varint((ulong)value);
    }

    public void Double(int field, double value)
    {
        if (BitConverter.DoubleToInt64Bits(value) == 0)
            return;
        Varint((uint)(field << 3 | 1));
        Ensure(sizeof(double));
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(double);
    }

    /// <summary>One entry of a map&lt;string, string&gt;.</summary>
    public void Entry(int field, string key, string value)
    {
        var keySize = Encoding.UTF8.GetByteCount(key);
        var valueSize = Encoding.UTF8.GetByteCount(value);
        var size =
            (keySize == 0 ? 0 : 1 + VarintSize((ulong)keySize) + keySize)
            + (valueSize == 0 ? 0 : 1 + VarintSize((ulong)valueSize) + valueSize);
        Varint((uint)(field << 3 | 2));
        Varint((ulong)size);
        Text(1, key);
        Text(2, value);
    }

    private static int VarintSize(ulong value)
    {
        var size = 1;
        while ((value >>= 7) != 0)
            size++;
        return size;
    }

    private void Varint(ulong value)
    {
        Ensure(10);
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[Length++] = (byte)value;
    }

    private void Ensure(int more)
    {
        if (Length + more > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + more));
    }
}

/// <summary>Reads protobuf fields of hostile bytes: never past the end, never throws.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The bytes broke the format; nothing more is read.</summary>
    public bool Broken { get; private set; }

    /// <summary>Reads one field: its number, and its value as a number or as bytes.</summary>
    public bool Next(out int field, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        (field, number) = (0, 0);
        bytes = default;
        if (_rest.IsEmpty || Broken)
            return false;
        if (!Varint(out var tag))
            return false;
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return Varint(out number);
            case 1:
                return Take(8, out bytes);
            case 2:
                return Varint(out var length) && Take(length, out bytes);
            case 5:
                return Take(4, out bytes);
            default:
                Broken = true;
                return false;
        }
    }

    private bool Take(ulong length, out ReadOnlySpan<byte> bytes)
    {
        if (length > (ulong)_rest.Length)
        {
            bytes = default;
            Broken = true;
            return false;
        }
        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        Broken = true;
        return false;
    }
}
