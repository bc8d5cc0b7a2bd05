using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Language.Protos.Wire;

/// <summary>Writes protobuf's wire format into a pooled buffer that grows. Dispose gives the buffer back.</summary>
public sealed class WireWriter(int capacity = 256) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 64));

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public byte[] ToArray() => Written.ToArray();

    public void Tag(int number, WireType wire) => Varint((uint)number << 3 | (uint)wire);

    public void Varint(ulong value)
    {
        Ensure(10);
        while (value > 0x7F)
        {
            buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[Length++] = (byte)value;
    }

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        Length += 4;
    }

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);
        Length += 8;
    }

    /// <summary>Writes the raw bits of a number in the form that its wire type has.</summary>
    public void Raw(WireType wire, ulong bits)
    {
        if (wire == WireType.Varint)
            Varint(bits);
        else if (wire == WireType.Fixed32)
            Fixed32((uint)bits);
        else
            Fixed64(bits);
    }

    /// <summary>A length and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        Append(value);
    }

    /// <summary>The bytes as they are: a whole encoded message, or fields of one.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    /// <summary>Room for at least so many bytes; what is used of it is made part of the output by <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        Ensure(count);
        return buffer.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    /// <summary>Begins a value whose length is known only at its end. Returns the mark to end it with.</summary>
    public int Begin(int number)
    {
        Tag(number, WireType.Bytes);
        return Begin();
    }

    /// <summary>Begins a length-delimited value whose tag is written already.</summary>
    public int Begin()
    {
        Ensure(1);
        Length++;
        return Length;
    }

    /// <summary>Ends the value begun at this mark. One byte was kept for its length; longer lengths move the content.</summary>
    public void End(int mark)
    {
        var length = Length - mark;
        if (length < 0x80)
        {
            buffer[mark - 1] = (byte)length;
            return;
        }

        var extra =
            length < 1 << 14 ? 1
            : length < 1 << 21 ? 2
            : length < 1 << 28 ? 3
            : 4;
        Ensure(extra);
        buffer.AsSpan(mark, length).CopyTo(buffer.AsSpan(mark + extra));
        Length = mark - 1;
        Varint((ulong)length);
        Length += length;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private void Ensure(int count)
    {
        if (buffer.Length - Length >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(
            Math.Max(checked(Length + count), (int)Math.Min(2L * buffer.Length, Array.MaxLength))
        );
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
