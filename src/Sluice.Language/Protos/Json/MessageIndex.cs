using System.Buffers;
using System.Runtime.InteropServices;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>
/// Where each field of one encoded message lies. The wire format allows any order and repetition; JSON names each field
/// once, so the records are found first and then written field by field.
/// </summary>
internal static class MessageIndex
{
    /// <summary>By field: offset of the first record's tag, offset of the last record's tag, and how many records.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly struct Entry(int first, int last, int count)
    {
        public int First { get; } = first;
        public int Last { get; } = last;
        public int Count { get; } = count;
    }

    /// <summary>
    /// Fills an entry for each field, and for each oneof the field that is set. Throws on malformed bytes, which
    /// <see cref="MessageCheck"/> has ruled out. Returns true when records of two fields alternate, so that a field's
    /// records are not side by side.
    /// </summary>
    public static bool Fill(
        JsonFields fields,
        ReadOnlySpan<byte> message,
        scoped Span<Entry> entries,
        scoped Span<int> oneofs
    )
    {
        var scattered = false;
        entries.Clear();
        oneofs.Fill(-1);
        var reader = new WireReader(message);
        var expected = 0;
        var previous = -1;
        for (var start = 0; reader.Next(out var number, out var wire); start = reader.Position)
        {
            reader.Skip(number, wire);
            var index = fields.Find(number, expected);
            if (index < 0 || !Fits(fields.Fields[index], wire))
                continue;
            if (entries[index].Count == 0)
                expected = index + 1;
            else if (previous != index)
                scattered = true;
            previous = index;
            if (fields.OneofOf[index] is >= 0 and var oneof)
            {
                // The last member of a oneof on the wire is the one that counts.
                if (oneofs[oneof] >= 0 && oneofs[oneof] != index)
                    entries[oneofs[oneof]] = default;
                oneofs[oneof] = index;
            }

            var entry = entries[index];
            entries[index] = new(entry.Count == 0 ? start : entry.First, start, entry.Count + 1);
        }

        if (reader.Failed)
            throw new InvalidDataException("The message is malformed.");
        return scattered;
    }

    /// <summary>A record whose wire type is not the field's counts as unknown; lists take both their forms.</summary>
    public static bool Fits(FieldType field, WireType wire) =>
        wire == field.Kind.Wire()
        || (field.IsRepeated && wire == WireType.Bytes && field.Kind.CanPack());

    /// <summary>The same message with its records sorted by field, each field's in their old order.</summary>
    public static byte[] Gather(JsonFields fields, ReadOnlySpan<byte> message)
    {
        var records = new List<(int Field, int Start, int End)>();
        var reader = new WireReader(message);
        for (var start = 0; reader.Next(out var number, out var wire); start = reader.Position)
        {
            reader.Skip(number, wire);
            if (fields.Find(number, 0) is >= 0 and var index)
                records.Add((index, start, reader.Position));
        }

        // The last of a oneof wins, so its members keep their order among each other: they sort as one.
        var rank = new int[fields.Fields.Length];
        for (var i = 0; i < rank.Length; i++)
            rank[i] = fields.OneofOf[i] < 0 ? i : Array.IndexOf(fields.OneofOf, fields.OneofOf[i]);
        var gathered = new ArrayBufferWriter<byte>(message.Length);
        foreach (var (_, start, end) in records.OrderBy(r => rank[r.Field]))
            gathered.Write(message[start..end]);
        return gathered.WrittenSpan.ToArray();
    }
}
