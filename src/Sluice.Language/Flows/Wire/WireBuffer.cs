using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Wire;

/// <summary>A serialised message in the making, which refuses to grow beyond a limit.</summary>
internal sealed class WireBuffer(int limit)
{
    private byte[] bytes = [];
    private int length;

    public int Limit => limit;

    /// <summary>True when something did not fit.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    /// <summary>Appends one field; false when it does not fit.</summary>
    public bool Field(int number, WireType type, ReadOnlySpan<byte> value)
    {
        if (!Reserve(value.Length))
            return false;
        Varint((ulong)number << 3 | (uint)type);
        if (type == WireType.Bytes)
            Varint((ulong)value.Length);
        value.CopyTo(bytes.AsSpan(length));
        length += value.Length;
        return true;
    }

    /// <summary>Appends fields that are serialised already; false when they do not fit.</summary>
    public bool Append(ReadOnlySpan<byte> fields)
    {
        if (!Reserve(fields.Length))
            return false;
        fields.CopyTo(bytes.AsSpan(length));
        length += fields.Length;
        return true;
    }

    /// <summary>Makes room for a value with its tag and length, 20 bytes at most.</summary>
    private bool Reserve(int value)
    {
        var needed = (long)length + value + 20;
        if (needed > limit + 20L)
        {
            IsFull = true;
            return false;
        }
        if (needed > bytes.Length)
            Array.Resize(
                ref bytes,
                (int)Math.Max(needed, Math.Min(2L * bytes.Length, limit + 20L))
            );
        return true;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
    }
}
