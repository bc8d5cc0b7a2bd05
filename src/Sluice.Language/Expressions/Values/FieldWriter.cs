using Sluice.Language.Expressions.Functions;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Flows;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions.Values;

/// <summary>Writes values as fields of messages. Numbers are checked against the range of their field.</summary>
internal static class FieldWriter
{
    /// <summary>Appends a field; a scalar also when it is the default, nothing for null and for what is empty.</summary>
    public static ExpressionFault? Write(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        if (value.IsFault)
            return value.Reason;
        if (!evaluation.Spend())
            return Evaluation.TooCostly;
        if (output.Length + (long)value.ApproximateLength > FlowPlan.LongestMessage)
            return new($"The result is longer than {FlowPlan.LongestMessage} bytes.");
        if (to.IsMap)
            return Map(ref evaluation, value, to, output);
        if (to.IsRepeated)
            return List(ref evaluation, value, to, output);
        if (value.IsNull && MayBeNull(to.Message))
            return null;
        return Tagged(ref evaluation, value, to, output);
    }

    /// <summary>Null leaves such a field, element or entry out. For JSON it is a value, a JSON list or object it is not.</summary>
    private static bool MayBeNull(MessageType? type) =>
        type is { WellKnown: not (WellKnown.Value or WellKnown.Struct or WellKnown.ListValue) };

    private static ExpressionFault? Tagged(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        output.Tag(to.Number, to.Kind.Wire());
        return Content(ref evaluation, value, to, output);
    }

    private static ExpressionFault? Content(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        if (to.Message is not null)
            return Message(ref evaluation, value, to, output);
        if (to.Kind is FieldKind.String or FieldKind.Bytes)
        {
            if (value.Kind != (to.Kind == FieldKind.String ? ValueKind.String : ValueKind.Bytes))
                return Unfit(value, to);
            if (!evaluation.SpendBytes(value.Length))
                return Evaluation.TooCostly;
            output.Bytes(value.Span);
            return null;
        }

        if (FieldNumbers.TryBits(value, to, out var bits) is { } fault)
            return fault;
        output.Raw(to.Kind.Wire(), bits);
        return null;
    }

    private static ExpressionFault? List(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        if (value.Kind != ValueKind.List)
            return Unfit(value, to);
        var list = value.List;
        if (list.Count == 0)
            return null;
        var mark = to.IsPacked ? output.Begin(to.Number) : 0;
        for (var i = 0; i < list.Count; i++)
        {
            if (!evaluation.Spend())
                return Evaluation.TooCostly;
            var element = list.At(ref evaluation, i);
            if (element.IsFault)
                return element.Reason;
            if (element.IsNull && IsPruned(to))
                continue;
            if (output.Length + (long)element.ApproximateLength > FlowPlan.LongestMessage)
                return new($"The result is longer than {FlowPlan.LongestMessage} bytes.");
            var fault = to.IsPacked
                ? Content(ref evaluation, element, to, output)
                : Tagged(ref evaluation, element, to, output);
            if (fault is not null)
                return fault;
        }

        if (to.IsPacked)
            output.End(mark);
        return null;
    }

    /// <summary>In lists and maps of these, null stands for nothing.</summary>
    private static bool IsPruned(FieldType element) =>
        element.Message?.WellKnown
            is WellKnown.Timestamp
                or WellKnown.Duration
                or WellKnown.Wrapper;

    private static ExpressionFault? Map(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        if (value.Kind != ValueKind.Map)
            return Unfit(value, to);
        for (var i = 0; i < value.Map.Count; i++)
        {
            if (value.Map.ValueAt(i).IsNull && IsPruned(to.MapValue!))
                continue;
            var mark = output.Begin(to.Number);
            if (
                (
                    Write(ref evaluation, value.Map.KeyAt(i), to.MapKey!, output)
                    ?? Write(ref evaluation, value.Map.ValueAt(i), to.MapValue!, output)
                ) is
                { } fault
            )
                return fault;
            output.End(mark);
        }

        return null;
    }

    private static ExpressionFault? Message(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        var type = to.Message!;
        var mark = output.Begin();
        var fault = type.WellKnown switch
        {
            WellKnown.Timestamp when value.Kind == ValueKind.Timestamp => Time(value, output),
            WellKnown.Duration when value.Kind == ValueKind.Duration => Time(value, output),
            WellKnown.Wrapper when !value.IsNull => Tagged(
                ref evaluation,
                value,
                type.Fields[0],
                output
            ),
            WellKnown.Struct when value.Kind == ValueKind.Map => Write(
                ref evaluation,
                value,
                type.Fields[0],
                output
            ),
            WellKnown.ListValue when value.Kind == ValueKind.List => Write(
                ref evaluation,
                value,
                type.Fields[0],
                output
            ),
            WellKnown.Value => Json(ref evaluation, value, type, output),
            _ => Encoded(ref evaluation, value, to, output),
        };
        output.End(mark);
        return fault;
    }

    private static ExpressionFault? Time(Value value, WireWriter output)
    {
        Span<byte> scratch = stackalloc byte[40];
        if (Times.Write(value, scratch) == 0)
            return new("A time is outside of its range.");
        output.Tag(1, WireType.Varint);
        output.Varint((ulong)value.Seconds);
        output.Tag(2, WireType.Varint);
        output.Varint((ulong)(long)value.Nanos);
        return null;
    }

    private static ExpressionFault? Encoded(
        ref Evaluation evaluation,
        Value value,
        FieldType to,
        WireWriter output
    )
    {
        if (value.Kind != ValueKind.Message || !MessageShape.Same(value.Message, to.Message!))
            return Unfit(value, to);
        if (!evaluation.SpendBytes(value.Length))
            return Evaluation.TooCostly;
        output.Append(value.Span);
        return null;
    }

    private static ExpressionFault? Json(
        ref Evaluation evaluation,
        Value value,
        MessageType type,
        WireWriter output
    )
    {
        // What is deeper has no JSON that anyone would read back.
        var fault = evaluation.Enter(ProtoJson.MaxDepth)
            ? Member(ref evaluation, value, type, output)
            : Evaluation.TooDeep;
        evaluation.Leave();
        return fault;
    }

    /// <summary>The member of <c>google.protobuf.Value</c> that holds a value, as CEL maps values to JSON.</summary>
    private static ExpressionFault? Member(
        ref Evaluation evaluation,
        Value value,
        MessageType type,
        WireWriter output
    )
    {
        if (value.Kind is ValueKind.Message or ValueKind.Type or ValueKind.Optional)
            return value.Kind == ValueKind.Message
                ? MessageAsJson(ref evaluation, value, type, output)
                : new($"A value of type {Faults.Word(value)} has no JSON form.");
        var (member, form) = value.Kind switch
        {
            ValueKind.Null => ("null_value", value),
            ValueKind.Bool => ("bool_value", value),
            ValueKind.List => ("list_value", value),
            ValueKind.Map => ("struct_value", value),
            ValueKind.Double when double.IsFinite(value.AsDouble) => ("number_value", value),
            ValueKind.Double => ("string_value", Value.String(JsonText.NotFinite(value.AsDouble))),
            ValueKind.Int or ValueKind.UInt when JsonText.IsExact(value) => (
                "number_value",
                (double)value.AsInt
            ),
            ValueKind.Int or ValueKind.UInt => (
                "string_value",
                Value.String(JsonText.Digits(value))
            ),
            ValueKind.String => ("string_value", value),
            ValueKind.Bytes => ("string_value", Value.String(Convert.ToBase64String(value.Span))),
            _ => ("string_value", TimeText(value)),
        };
        return Tagged(ref evaluation, form, type.Field(member)!, output);
    }

    private static Value TimeText(Value value)
    {
        Span<byte> text = stackalloc byte[40];
        return Value.String(text[..Times.Write(value, text)].ToArray());
    }

    private static ExpressionFault? MessageAsJson(
        ref Evaluation evaluation,
        Value value,
        MessageType type,
        WireWriter output
    )
    {
        var json = JsonText.Of(ref evaluation, new Arguments { Count = 1, [0] = value });
        if (json.IsFault)
            return json.Reason;
        if (ProtoJson.Parse(type, json.Span).Value is not { } parsed)
            return new("The message has no JSON form.");
        output.Append(parsed);
        return null;
    }

    private static ExpressionFault Unfit(Value value, FieldType to) =>
        new(
            $"A value of type {Faults.Word(value)} does not fit `{to.Name}`, which is `{to.TypeText}`."
        );
}
