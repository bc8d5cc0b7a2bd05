using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>Takes a list apart: where it lies in a message, and how each of its items becomes a message of its own.</summary>
internal sealed class ItemPlan
{
    private readonly int[] path;
    private readonly FieldType list;
    private readonly int most;

    private ItemPlan(int[] path, FieldType list, int most)
    {
        this.path = path;
        this.list = list;
        this.most = most;
        Item = list.Message ?? SystemMessages.Item(list);
    }

    /// <summary>The type of one item: the message in the list, or one around a scalar.</summary>
    public MessageType Item { get; }

    /// <param name="source">The message that holds the list.</param>
    /// <param name="fanOut">Checked by the compiler: its path leads to a repeated field.</param>
    public static ItemPlan For(MessageType source, GraphFanOut fanOut)
    {
        var steps = fanOut.Items.Split('.');
        var numbers = new int[steps.Length];
        var type = source;
        FieldType? field = null;
        for (var i = 0; i < steps.Length; i++)
        {
            field =
                type?.Field(steps[i])
                ?? throw new InvalidOperationException($"No field {fanOut.Items}.");
            numbers[i] = field.Number;
            type = field.Message;
        }
        return new ItemPlan(numbers, field!, fanOut.MaxItems);
    }

    /// <summary>Messages of the list are slices of the source.</summary>
    public ItemOutcome Run(ReadOnlyMemory<byte> source, List<ReadOnlyMemory<byte>> items) =>
        Walk(source, 0, items);

    private ItemOutcome Walk(ReadOnlyMemory<byte> source, int at, List<ReadOnlyMemory<byte>> items)
    {
        var reader = new WireReader(source.Span);
        while (reader.Next(out var number, out var wire))
        {
            var start = reader.Position;
            reader.Skip(number, wire);
            if (reader.Failed)
                break;
            if (number != path[at])
                continue;
            var value = source[start..reader.Position];
            var outcome =
                at < path.Length - 1
                    ? wire == WireType.Bytes
                        ? Walk(Content(value), at + 1, items)
                        : ItemOutcome.Done
                    : Take(value, wire, items);
            if (outcome != ItemOutcome.Done)
                return outcome;
        }
        return reader.Failed ? ItemOutcome.Malformed : ItemOutcome.Done;
    }

    private ItemOutcome Take(
        ReadOnlyMemory<byte> value,
        WireType wire,
        List<ReadOnlyMemory<byte>> items
    )
    {
        if (list.Kind.CanPack() && wire == WireType.Bytes)
            return Unpack(value, items);
        if (wire != list.Kind.Wire())
            return ItemOutcome.Done;
        return Add(list.Message is null ? Wrap(value.Span) : Content(value), items);
    }

    private ItemOutcome Unpack(ReadOnlyMemory<byte> value, List<ReadOnlyMemory<byte>> items)
    {
        var content = Content(value).Span;
        var reader = new WireReader(content);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            reader.Raw(list.Kind.Wire());
            if (reader.Failed)
                return ItemOutcome.Malformed;
            if (
                Add(Wrap(content[start..reader.Position]), items) is var outcome
                && outcome != ItemOutcome.Done
            )
                return outcome;
        }
        return ItemOutcome.Done;
    }

    private ItemOutcome Add(ReadOnlyMemory<byte> item, List<ReadOnlyMemory<byte>> items)
    {
        if (items.Count == most)
            return ItemOutcome.TooMany;
        items.Add(item);
        return ItemOutcome.Done;
    }

    private byte[] Wrap(ReadOnlySpan<byte> value) =>
        [(byte)(1 << 3 | (int)list.Kind.Wire()), .. value];

    private static ReadOnlyMemory<byte> Content(ReadOnlyMemory<byte> value)
    {
        var reader = new WireReader(value.Span);
        return value[^reader.Bytes().Length..];
    }
}

internal enum ItemOutcome
{
    Done,
    Malformed,
    TooMany,
}
