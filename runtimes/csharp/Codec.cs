#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Axiom.Runtime;

/// <summary>A message: what every generated class can do.</summary>
public interface IMessage
{
    /// <summary>Writes the fields in the order of their numbers, then fields that this class does not know.</summary>
    void WriteTo(Writer writer);

    /// <summary>Reads more fields from encoded bytes: lists grow, messages merge, everything else is replaced.</summary>
    void MergeFrom(ReadOnlySpan<byte> message, int depth);
}

/// <summary>The bytes are no message of the type.</summary>
public sealed class InvalidMessageException(string message) : Exception(message);

/// <summary>The package has no such node.</summary>
internal sealed class UnknownNodeException : Exception;

/// <summary>A handler returned what is no output.</summary>
internal sealed class WrongOutputException(string message) : Exception(message);

/// <summary>What generated classes share beyond reading and writing.</summary>
public static class Codec
{
    /// <summary>Messages may be nested this deep on the wire.</summary>
    public const int MaxDepth = 320;

    public static byte[] Encode(IMessage message)
    {
        var writer = Writer.Rent();
        message.WriteTo(writer);
        return writer.Return();
    }

    public static T Decode<T>(ReadOnlySpan<byte> bytes)
        where T : IMessage, new()
    {
        var message = new T();
        message.MergeFrom(bytes, 0);
        return message;
    }

    /// <summary>Equal messages have equal bytes, because maps are written in the order of their keys.</summary>
    public static bool Same(IMessage a, IMessage b) => Encode(a).AsSpan().SequenceEqual(Encode(b));

    public static int Hash(IMessage message)
    {
        var hash = new HashCode();
        hash.AddBytes(Encode(message));
        return hash.ToHashCode();
    }

    public static KeyValuePair<TKey, TValue>[] InOrder<TKey, TValue>(Dictionary<TKey, TValue> map)
        where TKey : notnull
    {
        var entries = new KeyValuePair<TKey, TValue>[map.Count];
        ((ICollection<KeyValuePair<TKey, TValue>>)map).CopyTo(entries, 0);
        if (typeof(TKey) == typeof(string))
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Key as string, b.Key as string));
        else
            Array.Sort(entries, (a, b) => Comparer<TKey>.Default.Compare(a.Key, b.Key));
        return entries;
    }

    public static int ToZigZag(int value) => (value << 1) ^ (value >> 31);

    public static long ToZigZag(long value) => (value << 1) ^ (value >> 63);

    /// <summary>Adds a field to the text of a message, unless it is empty.</summary>
    public static void Print(StringBuilder text, string name, object? value)
    {
        if (value is null or "" or ICollection { Count: 0 })
            return;
        text.Append(text[^1] == '{' ? " " : ", ").Append(name).Append(" = ");
        Print(text, value);
    }

    private static void Print(StringBuilder text, object? value)
    {
        switch (value)
        {
            case string words:
                text.Append('"')
                    .Append(words.Replace("\\", "\\\\").Replace("\"", "\\\""))
                    .Append('"');
                break;
            case byte[] bytes:
                text.Append(Convert.ToBase64String(bytes));
                break;
            case IDictionary map:
                text.Append('{');
                foreach (DictionaryEntry entry in map)
                    Print(text, entry.Key.ToString()!, entry.Value ?? "");
                text.Append(" }");
                break;
            case IEnumerable list:
                var separator = "[";
                foreach (var item in list)
                {
                    text.Append(separator);
                    Print(text, item);
                    separator = ", ";
                }

                text.Append(']');
                break;
            default:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}

/// <summary>Reads the wire format. Malformed bytes are an <see cref="InvalidMessageException"/>.</summary>
public ref struct Reader(ReadOnlySpan<byte> message)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> all = message;
    private int position;
    private int start;

    /// <summary>The next tag; false at the end.</summary>
    public bool Next(out uint tag)
    {
        tag = 0;
        if (position >= all.Length)
            return false;
        start = position;
        var value = Varint();
        tag = (uint)value;
        if (value > uint.MaxValue || tag < 8)
            throw Malformed();
        return true;
    }

    public readonly bool AtEnd => position >= all.Length;

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && position < all.Length; shift += 7)
        {
            var b = all[position++];
            value |= shift < 64 ? (ulong)(b & 0x7F) << shift : 0;
            if (b < 0x80)
                return value;
        }

        throw Malformed();
    }

    public int Int32() => (int)Varint();

    public uint UInt32() => (uint)Varint();

    public long Int64() => (long)Varint();

    public ulong UInt64() => Varint();

    public int SInt32()
    {
        var bits = (uint)Varint();
        return (int)(bits >> 1) ^ -(int)(bits & 1);
    }

    public long SInt64()
    {
        var bits = Varint();
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    public bool Bool() => Varint() != 0;

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public int SFixed32() => (int)Fixed32();

    public long SFixed64() => (long)Fixed64();

    public float Float() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>The content of a length-delimited value.</summary>
    public ReadOnlySpan<byte> Span()
    {
        var length = Varint();
        if (length > int.MaxValue)
            throw Malformed();
        return Take((int)length);
    }

    public string String()
    {
        try
        {
            return Strict.GetString(Span());
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidMessageException("A text of the message is not valid UTF-8.");
        }
    }

    public byte[] Bytes() => Span().ToArray();

    /// <summary>Adds the field that the last tag began, which the class does not know, to those kept.</summary>
    public byte[] Keep(uint tag, byte[]? kept)
    {
        Skip(tag, 0);
        return kept is null ? all[start..position].ToArray() : [.. kept, .. all[start..position]];
    }

    public void Skip(uint tag) => Skip(tag, 0);

    private void Skip(uint tag, int depth)
    {
        switch (tag & 7)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Span();
                break;
            case 3 when depth < 100:
                while (true)
                {
                    var inner = Varint();
                    if (inner == tag + 1)
                        return;
                    if (inner is < 8 or > uint.MaxValue)
                        throw Malformed();
                    Skip((uint)inner, depth + 1);
                }
            case 5:
                Take(4);
                break;
            default:
                throw Malformed();
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > all.Length - position)
            throw Malformed();
        position += count;
        return all.Slice(position - count, count);
    }

    private static InvalidMessageException Malformed() => new("The bytes are no such message.");
}

/// <summary>Writes the wire format into a buffer that grows and is used again.</summary>
public sealed class Writer
{
    [ThreadStatic]
    private static Writer? spare;

    private byte[] buffer = new byte[256];
    private int length;

    public static Writer Rent()
    {
        var writer = spare ?? new Writer();
        spare = null;
        writer.length = 0;
        return writer;
    }

    /// <summary>The bytes written; the writer may be rented again.</summary>
    public byte[] Return()
    {
        var bytes = buffer.AsSpan(0, length).ToArray();
        if (buffer.Length <= 1 << 20)
            spare = this;
        return bytes;
    }

    public void Varint(ulong value)
    {
        Ensure(10);
        while (value > 0x7F)
        {
            buffer[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[length++] = (byte)value;
    }

    public void Int32(int value) => Varint((ulong)(long)value);

    public void UInt32(uint value) => Varint(value);

    public void Int64(long value) => Varint((ulong)value);

    public void UInt64(ulong value) => Varint(value);

    public void SInt32(int value) => Varint((uint)Codec.ToZigZag(value));

    public void SInt64(long value) => Varint((ulong)Codec.ToZigZag(value));

    public void Bool(bool value) => Varint(value ? 1UL : 0);

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);

    public void SFixed32(int value) => Fixed32((uint)value);

    public void SFixed64(long value) => Fixed64((ulong)value);

    public void Float(float value) => BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    public void String(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var count = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(value, Room(count));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Fields that are encoded already.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    public void Message(IMessage value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var mark = Begin();
        value.WriteTo(this);
        End(mark);
    }

    /// <summary>Begins a value whose length is known at its end. Returns the mark to end it with.</summary>
    public int Begin()
    {
        Room(1);
        return length;
    }

    public void End(int mark)
    {
        var count = length - mark;
        if (count > 0x7F)
        {
            // One byte was kept for the length: longer ones move the content.
            var extra =
                count < 1 << 14 ? 1
                : count < 1 << 21 ? 2
                : count < 1 << 28 ? 3
                : 4;
            Ensure(extra);
            buffer.AsSpan(mark, count).CopyTo(buffer.AsSpan(mark + extra));
        }

        length = mark - 1;
        Varint((ulong)count);
        length += count;
    }

    private Span<byte> Room(int count)
    {
        Ensure(count);
        length += count;
        return buffer.AsSpan(length - count, count);
    }

    private void Ensure(int count)
    {
        if (buffer.Length - length < count)
            Array.Resize(
                ref buffer,
                (int)Math.Min(Math.Max(2L * buffer.Length, (long)length + count), Array.MaxLength)
            );
    }
}
