using System.Runtime.InteropServices;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions.Nodes;

/// <summary>A part of a list, map or message that is written out; left out when it is optional and absent.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Entry(Node? Key, FieldType? Field, Node Value, bool IsOptional)
{
    /// <summary>The value as an optional: absent means that the entry is left out.</summary>
    public Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var value = Value.Evaluate(ref evaluation);
        if (value.IsFault)
            return value;
        if (!IsOptional)
            return Values.Value.Some(value);
        return value.Kind == ValueKind.Optional ? value : Faults.Overload("?", value);
    }
}

internal sealed class ListNode(IReadOnlyList<Entry> elements) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        var values = new List<Value>(elements.Count);
        foreach (var element in elements)
        {
            var value = element.Evaluate(ref evaluation);
            if (value.IsFault)
                return value;
            if (value.Optional is { } there)
                values.Add(there.Value);
        }

        return new ListValue(values);
    }
}

internal sealed class MapNode(IReadOnlyList<Entry> entries) : Node
{
    private static readonly ExpressionFault Twice = new("A map is written with one key twice.");

    public override Value Evaluate(ref Evaluation evaluation)
    {
        var map = new MapValue();
        foreach (var entry in entries)
        {
            var key = entry.Key!.Evaluate(ref evaluation);
            if (key.IsFault)
                return key;
            if (
                key.Kind
                is not (ValueKind.String or ValueKind.Int or ValueKind.UInt or ValueKind.Bool)
            )
                return new ExpressionFault(
                    $"A key of a map is string, int, uint or bool, not {Faults.Word(key)}."
                );
            var value = entry.Evaluate(ref evaluation);
            if (value.IsFault)
                return value;
            if (value.Optional is { } there && !map.TryAdd(key, there.Value))
                return Twice;
        }

        return map;
    }
}

internal sealed class MessageNode(MessageType type, IReadOnlyList<Entry> fields) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        using var writer = new WireWriter();
        foreach (var field in fields)
        {
            var value = field.Evaluate(ref evaluation);
            if (value.IsFault)
                return value;
            if (
                value.Optional is { } there
                && FieldWriter.Write(ref evaluation, there.Value, field.Field!, writer) is { } fault
            )
                return fault;
        }

        return WireFields.Unwrap(ref evaluation, Value.Encoded(type, writer.ToArray()));
    }
}
