using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>The messages that no package declares: what error edges and fan-outs carry.</summary>
internal static class SystemMessages
{
    /// <summary><c>NodeError { code, kind, message, node, attempt, input }</c>; the input is that of the call that failed.</summary>
    public static MessageType NodeError(MessageType input) =>
        Make(
            "NodeError",
            Field("code", 1, FieldKind.String),
            Field("kind", 2, FieldKind.String),
            Field("message", 3, FieldKind.String),
            Field("node", 4, FieldKind.String),
            Field("attempt", 5, FieldKind.Int32),
            Field("input", 6, FieldKind.Message, message: input)
        );

    /// <summary><c>Results { repeated O results; repeated ItemError errors }</c>.</summary>
    public static MessageType Results(MessageType output) =>
        Make(
            "Results",
            Field("results", 1, FieldKind.Message, repeated: true, output),
            Field("errors", 2, FieldKind.Message, repeated: true, ItemError)
        );

    /// <summary><c>Item { T value }</c>, around an item that is no message.</summary>
    public static MessageType Item(FieldType list) =>
        Make("Item", Field("value", 1, list.Kind, list: list));

    private static readonly MessageType ItemError = Make(
        "ItemError",
        Field("index", 1, FieldKind.Int32),
        Field("code", 2, FieldKind.String),
        Field("message", 3, FieldKind.String)
    );

    public static byte[] WriteError(string node, FlowFault fault, ReadOnlySpan<byte> input)
    {
        using var output = new WireWriter(256 + input.Length);
        Text(output, 1, fault.Code);
        Text(output, 2, fault.Kind);
        Text(output, 3, fault.Message);
        Text(output, 4, node);
        output.Tag(5, WireType.Varint);
        output.Varint((ulong)fault.Attempt);
        if (!input.IsEmpty)
        {
            output.Tag(6, WireType.Bytes);
            output.Bytes(input);
        }
        return output.ToArray();
    }

    public static byte[] WriteResults(IReadOnlyList<ItemResult> items)
    {
        using var output = new WireWriter(1024);
        foreach (var item in items)
        {
            if (item.Output is not { } result)
                continue;
            output.Tag(1, WireType.Bytes);
            output.Bytes(result.Span);
        }
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Fault is not { } fault)
                continue;
            var mark = output.Begin(2);
            if (i > 0)
            {
                output.Tag(1, WireType.Varint);
                output.Varint((ulong)i);
            }
            Text(output, 2, fault.Code);
            Text(output, 3, fault.Message);
            output.End(mark);
        }
        return output.ToArray();
    }

    private static void Text(WireWriter output, int number, string text)
    {
        if (text.Length == 0)
            return;
        var mark = output.Begin(number);
        output.Advance(System.Text.Encoding.UTF8.GetBytes(text, output.Reserve(text.Length * 3)));
        output.End(mark);
    }

    private static MessageType Make(string name, params FieldType[] fields)
    {
        var type = new MessageType { FullName = "sluice." + name, Name = name };
        type.SetFields(fields);
        return type;
    }

    private static FieldType Field(
        string name,
        int number,
        FieldKind kind,
        bool repeated = false,
        MessageType? message = null,
        FieldType? list = null
    ) =>
        new()
        {
            Name = name,
            JsonName = ProtoNames.Json(name),
            Number = number,
            Kind = kind,
            IsRepeated = repeated,
            Message = message,
            Enum = list?.Enum,
        };
}
