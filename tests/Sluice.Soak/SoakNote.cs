using System.Text;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Soak;

/// <summary>The one message of the soak's flows: who asked, how far it is, and which calls it has passed through.</summary>
internal sealed class SoakNote
{
    public const string Proto = """
        syntax = "proto3";
        package soak;
        message Note { string text = 1; int64 number = 2; repeated string trail = 3; repeated string other = 4; repeated Item items = 5; }
        message Item { string text = 1; int64 number = 2; }
        """;

    /// <summary>Of the request that began it; no two requests have the same.</summary>
    public string Text { get; init; } = "";

    /// <summary>Grows by one with each call, so that visits of a loop differ.</summary>
    public long Number { get; init; }

    /// <summary>Stamps of the calls whose results it carries; each call that is made has a stamp of its own.</summary>
    public IReadOnlyList<string> Trail { get; init; } = [];

    /// <summary>The same, from the other side of a join.</summary>
    public IReadOnlyList<string> Other { get; init; } = [];

    /// <summary>The items of a fan-out, as they are on the wire.</summary>
    public IReadOnlyList<byte[]> Items { get; init; } = [];

    public static SoakNote Read(ReadOnlySpan<byte> bytes)
    {
        var (text, number) = ("", 0L);
        List<string> trail = [],
            other = [];
        List<byte[]> items = [];
        var reader = new WireReader(bytes);
        while (reader.Next(out var field, out var wire))
        {
            switch (field)
            {
                case 1:
                    text = Encoding.UTF8.GetString(reader.Bytes());
                    break;
                case 2:
                    number = (long)reader.Varint();
                    break;
                case 3:
                    trail.Add(Encoding.UTF8.GetString(reader.Bytes()));
                    break;
                case 4:
                    other.Add(Encoding.UTF8.GetString(reader.Bytes()));
                    break;
                case 5:
                    items.Add(reader.Bytes().ToArray());
                    break;
                default:
                    reader.Skip(field, wire);
                    break;
            }
        }
        return reader.Failed
            ? throw new InvalidOperationException("that is no note")
            : new SoakNote
            {
                Text = text,
                Number = number,
                Trail = trail,
                Other = other,
                Items = items,
            };
    }

    public byte[] ToBytes()
    {
        using var writer = new WireWriter();
        Add(1, Encoding.UTF8.GetBytes(Text));
        writer.Tag(2, WireType.Varint);
        writer.Varint((ulong)Number);
        foreach (var stamp in Trail)
            Add(3, Encoding.UTF8.GetBytes(stamp));
        foreach (var stamp in Other)
            Add(4, Encoding.UTF8.GetBytes(stamp));
        foreach (var item in Items)
            Add(5, item);
        return writer.ToArray();

        void Add(int field, byte[] value)
        {
            writer.Tag(field, WireType.Bytes);
            writer.Bytes(value);
        }
    }
}
