namespace Sluice.Language.Expressions.Values;

internal enum Order
{
    Less = -1,
    Equal = 0,
    Greater = 1,

    /// <summary>Neither less, nor equal, nor greater: NaN.</summary>
    None,

    /// <summary>The two are of kinds that have no order.</summary>
    Unlike,
}

/// <summary>Which of two values is the less.</summary>
internal static class Ordering
{
    public static Order Of(Value a, Value b)
    {
        if (a.IsNumber && b.IsNumber)
            return OfNumbers(a, b);
        if (a.Kind != b.Kind)
            return Order.Unlike;
        return a.Kind switch
        {
            // The order of UTF-8 is that of code points.
            ValueKind.String or ValueKind.Bytes => Sign(a.Span.SequenceCompareTo(b.Span)),
            ValueKind.Bool => Sign(a.AsInt.CompareTo(b.AsInt)),
            ValueKind.Timestamp or ValueKind.Duration => Sign(
                (a.Seconds, a.Nanos).CompareTo((b.Seconds, b.Nanos))
            ),
            _ => Order.Unlike,
        };
    }

    /// <summary>As on one number line; beside a double an integer is the double that is nearest, as CEL's own tests have it.</summary>
    public static Order OfNumbers(Value a, Value b)
    {
        if (a.Kind == b.Kind)
            return a.Kind switch
            {
                ValueKind.Int => Sign(a.AsInt.CompareTo(b.AsInt)),
                ValueKind.UInt => Sign(a.AsUInt.CompareTo(b.AsUInt)),
                _ => OfDoubles(a.AsDouble, b.AsDouble),
            };
        if (a.Kind == ValueKind.Double)
            return Reversed(OfNumbers(b, a));
        if (b.Kind == ValueKind.Double)
            return OfDoubles(a.Kind == ValueKind.Int ? a.AsInt : a.AsUInt, b.AsDouble);
        return a.Kind == ValueKind.Int
            ? OfIntAndUInt(a.AsInt, b.AsUInt)
            : Reversed(OfIntAndUInt(b.AsInt, a.AsUInt));
    }

    private static Order OfDoubles(double a, double b) =>
        a < b ? Order.Less
        : a > b ? Order.Greater
        : a == b ? Order.Equal
        : Order.None;

    private static Order OfIntAndUInt(long a, ulong b) =>
        a < 0 ? Order.Less : Sign(((ulong)a).CompareTo(b));

    private static Order Sign(int comparison) => (Order)Math.Sign(comparison);

    private static Order Reversed(Order order) =>
        order switch
        {
            Order.Less => Order.Greater,
            Order.Greater => Order.Less,
            _ => order,
        };
}
