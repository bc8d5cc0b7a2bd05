using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Nodes;

/// <summary>A field of a message whose type is known.</summary>
internal sealed class FieldNode(Node operand, MessageType owner, FieldType field) : Node
{
    private readonly Selector selector = new(field.Name);

    /// <summary>Whether the field is set.</summary>
    public Node Presence => new HasNode(operand, selector);

    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var value = operand.Evaluate(ref evaluation);
        return value.Kind == ValueKind.Message && ReferenceEquals(value.Message, owner)
            ? WireFields.Read(ref evaluation, value, field)
            : selector.Get(ref evaluation, value);
    }
}

/// <summary><c>a.b</c> where only run time tells what <c>a</c> is.</summary>
internal sealed class SelectNode(Node operand, Selector selector) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        return selector.Get(ref evaluation, operand.Evaluate(ref evaluation));
    }
}

/// <summary><c>a.?b</c>.</summary>
internal sealed class OptionalSelectNode(Node operand, Selector selector) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        return selector.Try(ref evaluation, operand.Evaluate(ref evaluation));
    }
}

/// <summary><c>has(a.b)</c>.</summary>
internal sealed class HasNode(Node operand, Selector selector) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var found = selector.Try(ref evaluation, operand.Evaluate(ref evaluation));
        return found.IsFault ? found : found.Optional is not null;
    }
}

/// <summary><c>has(inputs.a)</c>, <c>has(config.A)</c>, and the optional forms of both.</summary>
internal sealed class ArrivedNode(Node operand, bool asOptional) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var there = operand is InputNode input
            ? input.IsThere(ref evaluation)
            : ((ConfigNode)operand).IsThere(ref evaluation);
        if (!asOptional)
            return there;
        if (!there)
            return Value.None;
        var value = operand.Evaluate(ref evaluation);
        return value.IsFault ? value : Value.Some(value);
    }
}

/// <summary><c>a[b]</c> and <c>a[?b]</c>.</summary>
internal sealed class IndexNode(Node operand, Node index, bool isOptional) : Node
{
    private static readonly ExpressionFault NoKey = new("The map has no such key.");
    private static readonly ExpressionFault OutOfRange = new("The index is outside of the list.");

    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var value = operand.Evaluate(ref evaluation);
        if (value.IsFault)
            return value;
        var key = index.Evaluate(ref evaluation);
        if (key.IsFault)
            return key;
        if (value.Kind == ValueKind.Optional)
            return value.Optional is { } inner ? Try(ref evaluation, inner.Value, key) : Value.None;
        var found = Try(ref evaluation, value, key);
        if (isOptional || found.IsFault)
            return found;
        return found.Optional is { } there ? there.Value
            : value.Kind == ValueKind.List ? OutOfRange
            : NoKey;
    }

    private static Value Try(ref Evaluation evaluation, Value value, Value key)
    {
        if (value.Kind == ValueKind.List && Place(key) is { } place)
            return place >= 0 && place < value.List.Count
                ? Some(value.List.At(ref evaluation, (int)place))
                : Value.None;
        if (
            value.Kind != ValueKind.Map
            || !(key.IsNumber || key.Kind is ValueKind.String or ValueKind.Bool)
        )
            return Faults.Overload("[]", value, key);
        return value.Map.TryGet(key, out var found) ? Some(found) : Value.None;
    }

    private static Value Some(Value value) => value.IsFault ? value : Value.Some(value);

    /// <summary>An int, or another number that is one.</summary>
    private static long? Place(Value key) =>
        key.Kind switch
        {
            ValueKind.Int => key.AsInt,
            ValueKind.UInt => key.AsUInt > int.MaxValue ? -1 : (long)key.AsUInt,
            ValueKind.Double when Math.Truncate(key.AsDouble) == key.AsDouble => key.AsDouble
                is >= 0
                    and <= int.MaxValue
                ? (long)key.AsDouble
                : -1,
            _ => null,
        };
}

/// <summary>The name behind a point, for whatever stands before it.</summary>
internal sealed class Selector(string name)
{
    private readonly Value key = Value.String(name);
    private readonly ExpressionFault noKey = new($"The map has no key `{name}`.");

    public Value Get(ref Evaluation evaluation, Value operand)
    {
        switch (operand.Kind)
        {
            case ValueKind.Message when operand.Message.Field(name) is { } field:
                return WireFields.Read(ref evaluation, operand, field);
            case ValueKind.Map:
                return operand.Map.TryGet(key, out var value) ? value : noKey;
            case ValueKind.Optional:
                return Try(ref evaluation, operand);
            default:
                return Wrong(operand);
        }
    }

    /// <summary>An optional.</summary>
    public Value Try(ref Evaluation evaluation, Value operand)
    {
        switch (operand.Kind)
        {
            case ValueKind.Message when operand.Message.Field(name) is { } field:
                if (!WireFields.Has(ref evaluation, operand, field))
                    return Value.None;
                var found = WireFields.Read(ref evaluation, operand, field);
                return found.IsFault ? found : Value.Some(found);
            case ValueKind.Map:
                return operand.Map.TryGet(key, out var value) ? Value.Some(value) : Value.None;
            case ValueKind.Optional:
                return operand.Optional is { } inner
                    ? Try(ref evaluation, inner.Value)
                    : Value.None;
            default:
                return Wrong(operand);
        }
    }

    private Value Wrong(Value operand) =>
        operand.IsFault ? operand
        : operand.Kind == ValueKind.Message
            ? new ExpressionFault($"`{operand.Message.FullName}` has no field `{name}`.")
        : new ExpressionFault($"There is no `{name}` in a value of type {Faults.Word(operand)}.");
}
