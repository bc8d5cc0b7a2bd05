using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions.Values;

/// <summary>Numbers, bools and enums as the bits of their field. Nothing is rounded but a double for a float field.</summary>
internal static class FieldNumbers
{
    public static ExpressionFault? TryBits(Value value, FieldType to, out ulong bits)
    {
        bits = 0;
        if (to.Kind == FieldKind.Bool)
        {
            bits = value.IsTrue ? 1UL : 0;
            return value.Kind == ValueKind.Bool ? null : Unfit(value, to);
        }
        if (to.Kind == FieldKind.Enum && value.IsNull)
            return ReferenceEquals(to.Enum, WellKnownTypes.NullValue) ? null : Unfit(value, to);
        if (!value.IsNumber)
            return Unfit(value, to);
        return to.Kind is FieldKind.Double or FieldKind.Float
            ? Floating(value, to, out bits)
            : Integer(value, to, out bits);
    }

    private static ExpressionFault? Floating(Value value, FieldType to, out ulong bits)
    {
        var number = value.Kind switch
        {
            ValueKind.Int => value.AsInt,
            ValueKind.UInt => value.AsUInt,
            _ => value.AsDouble,
        };
        var isFloat = to.Kind == FieldKind.Float;
        bits = isFloat
            ? BitConverter.SingleToUInt32Bits((float)number)
            : BitConverter.DoubleToUInt64Bits(number);
        if (value.Kind == ValueKind.Double)
            return null;
        Int128 whole = value.Kind == ValueKind.Int ? value.AsInt : value.AsUInt;
        return (Int128)(isFloat ? (float)number : number) == whole
            ? null
            : new(
                $"The number cannot be written exactly in `{to.Name}`, which is `{to.TypeText}`."
            );
    }

    private static ExpressionFault? Integer(Value value, FieldType to, out ulong bits)
    {
        bits = 0;
        if (value.Kind == ValueKind.Double)
            return Unfit(value, to);
        Int128 number = value.Kind == ValueKind.Int ? value.AsInt : value.AsUInt;
        var (least, most) = Range(to.Kind);
        if (number < least || number > most)
            return new(
                $"The number is outside of the range of `{to.Name}`, which is `{to.TypeText}`."
            );
        bits = to.Kind switch
        {
            FieldKind.UInt64 or FieldKind.Fixed64 => (ulong)number,
            FieldKind.SInt32 => ZigZag.Encode((int)number),
            FieldKind.SInt64 => ZigZag.Encode((long)number),
            _ => (ulong)(long)number,
        };
        return null;
    }

    private static (Int128 Least, Int128 Most) Range(FieldKind kind) =>
        kind switch
        {
            FieldKind.UInt32 or FieldKind.Fixed32 => (0, uint.MaxValue),
            FieldKind.UInt64 or FieldKind.Fixed64 => (0, ulong.MaxValue),
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => (
                long.MinValue,
                long.MaxValue
            ),
            _ => (int.MinValue, int.MaxValue),
        };

    private static ExpressionFault Unfit(Value value, FieldType to) =>
        new(
            $"A value of type {Faults.Word(value)} does not fit `{to.Name}`, which is `{to.TypeText}`."
        );
}
