namespace Sluice.Language.Expressions.Values;

/// <summary>Equality of all kinds: values of unlike kinds are unequal, numbers are compared as numbers.</summary>
internal static class Equality
{
    /// <summary>False too when the evaluation has nothing left to spend.</summary>
    public static bool Of(ref Evaluation evaluation, Value a, Value b)
    {
        if (a.IsNumber)
            return b.IsNumber && Ordering.OfNumbers(a, b) == Order.Equal;
        if (a.Kind != b.Kind)
            return false;
        switch (a.Kind)
        {
            case ValueKind.String or ValueKind.Bytes:
                return a.Length == b.Length
                    && evaluation.SpendBytes(a.Length)
                    && a.Span.SequenceEqual(b.Span);
            case ValueKind.List or ValueKind.Map or ValueKind.Message:
                return Nested(ref evaluation, a, b);
            case ValueKind.Type:
                return a.TypeName == b.TypeName;
            case ValueKind.Optional:
                return a.Optional is null || b.Optional is null
                    ? a.Optional == b.Optional
                    : Of(ref evaluation, a.Optional.Value, b.Optional.Value);
            case ValueKind.Null:
                return true;
            default:
                return Ordering.Of(a, b) == Order.Equal;
        }
    }

    private static bool Nested(ref Evaluation evaluation, Value a, Value b)
    {
        if (!evaluation.Enter())
            evaluation.Exhaust();
        var equal =
            !evaluation.Exhausted
            && a.Kind switch
            {
                ValueKind.List => Lists(ref evaluation, a.List, b.List),
                ValueKind.Map => Maps(ref evaluation, a.Map, b.Map),
                _ => Messages(ref evaluation, a, b),
            };
        evaluation.Leave();
        return equal;
    }

    private static bool Lists(ref Evaluation evaluation, ListValue a, ListValue b)
    {
        if (a.Count != b.Count)
            return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (
                !evaluation.Spend()
                || !Of(ref evaluation, a.At(ref evaluation, i), b.At(ref evaluation, i))
            )
                return false;
        }

        return true;
    }

    private static bool Maps(ref Evaluation evaluation, MapValue a, MapValue b)
    {
        if (a.Count != b.Count)
            return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (
                !evaluation.Spend()
                || !b.TryGet(a.KeyAt(i), out var other)
                || !Of(ref evaluation, a.ValueAt(i), other)
            )
                return false;
        }

        return true;
    }

    /// <summary>Field by field, as protobuf compares messages: what is set has to be the same, and equal.</summary>
    private static bool Messages(ref Evaluation evaluation, Value a, Value b)
    {
        if (a.Message.FullName != b.Message.FullName)
            return false;
        foreach (var field in a.Message.Fields)
        {
            if (!evaluation.Spend() || b.Message.Field(field.Name) is not { } other)
                return false;
            var there = WireFields.Has(ref evaluation, a, field);
            if (there != WireFields.Has(ref evaluation, b, other))
                return false;
            if (
                there
                && !Of(
                    ref evaluation,
                    WireFields.Read(ref evaluation, a, field),
                    WireFields.Read(ref evaluation, b, other)
                )
            )
                return false;
        }

        return true;
    }
}
