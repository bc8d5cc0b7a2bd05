using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos.Json;

namespace Sluice.Language.Expressions.Functions;

/// <summary>The operators of numbers and times, and what <c>+</c> does to texts and lists.</summary>
internal static class Arithmetic
{
    private const long NanosPerSecond = 1_000_000_000;
    private static readonly ExpressionFault Overflow = new(
        "The result is outside of the range of its type."
    );
    private static readonly ExpressionFault Zero = new("A number is divided by zero.");

    public static readonly Function[] Functions =
    [
        new(
            Add,
            "_+_(int, int) -> int",
            "_+_(uint, uint) -> uint",
            "_+_(double, double) -> double",
            "_+_(string, string) -> string",
            "_+_(bytes, bytes) -> bytes",
            "_+_(list(A), list(A)) -> list(A)",
            "_+_(timestamp, duration) -> timestamp",
            "_+_(duration, timestamp) -> timestamp",
            "_+_(duration, duration) -> duration"
        ),
        new(
            Subtract,
            "_-_(int, int) -> int",
            "_-_(uint, uint) -> uint",
            "_-_(double, double) -> double",
            "_-_(timestamp, timestamp) -> duration",
            "_-_(timestamp, duration) -> timestamp",
            "_-_(duration, duration) -> duration"
        ),
        new(
            Multiply,
            "_*_(int, int) -> int",
            "_*_(uint, uint) -> uint",
            "_*_(double, double) -> double"
        ),
        new(
            Divide,
            "_/_(int, int) -> int",
            "_/_(uint, uint) -> uint",
            "_/_(double, double) -> double"
        ),
        new(Remainder, "_%_(int, int) -> int", "_%_(uint, uint) -> uint"),
        new(Negate, "-_(int) -> int", "-_(double) -> double"),
        new(Not, "!_(bool) -> bool"),
    ];

    private static Value Add(ref Evaluation evaluation, in Arguments arguments)
    {
        var (a, b) = (arguments.A, arguments.B);
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var sum = unchecked(a.AsInt + b.AsInt);
                return ((a.AsInt ^ sum) & (b.AsInt ^ sum)) < 0 ? Overflow : sum;
            case (ValueKind.UInt, ValueKind.UInt):
                var total = unchecked(a.AsUInt + b.AsUInt);
                return total < a.AsUInt ? Overflow : total;
            case (ValueKind.Double, ValueKind.Double):
                return a.AsDouble + b.AsDouble;
            case (ValueKind.String, ValueKind.String):
            case (ValueKind.Bytes, ValueKind.Bytes):
                return Concatenate(ref evaluation, a, b);
            case (ValueKind.List, ValueKind.List):
                return Concatenate(ref evaluation, a.List, b.List);
            case (ValueKind.Timestamp, ValueKind.Duration):
                return Moved(a, Nanos(b));
            case (ValueKind.Duration, ValueKind.Timestamp):
                return Moved(b, Nanos(a));
            case (ValueKind.Duration, ValueKind.Duration):
                return Duration(Nanos(a) + Nanos(b));
            default:
                return Faults.Overload("+", in arguments);
        }
    }

    private static Value Subtract(ref Evaluation evaluation, in Arguments arguments)
    {
        var (a, b) = (arguments.A, arguments.B);
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var difference = unchecked(a.AsInt - b.AsInt);
                return ((a.AsInt ^ b.AsInt) & (a.AsInt ^ difference)) < 0 ? Overflow : difference;
            case (ValueKind.UInt, ValueKind.UInt):
                return b.AsUInt > a.AsUInt ? Overflow : a.AsUInt - b.AsUInt;
            case (ValueKind.Double, ValueKind.Double):
                return a.AsDouble - b.AsDouble;
            case (ValueKind.Timestamp, ValueKind.Timestamp):
            case (ValueKind.Duration, ValueKind.Duration):
                return Duration(Nanos(a) - Nanos(b));
            case (ValueKind.Timestamp, ValueKind.Duration):
                return Moved(a, -Nanos(b));
            default:
                return Faults.Overload("-", in arguments);
        }
    }

    private static Value Multiply(ref Evaluation evaluation, in Arguments arguments)
    {
        var (a, b) = (arguments.A, arguments.B);
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var product = (Int128)a.AsInt * b.AsInt;
                return product < long.MinValue || product > long.MaxValue
                    ? Overflow
                    : (long)product;
            case (ValueKind.UInt, ValueKind.UInt):
                var high = Math.BigMul(a.AsUInt, b.AsUInt, out var low);
                return high != 0 ? Overflow : low;
            case (ValueKind.Double, ValueKind.Double):
                return a.AsDouble * b.AsDouble;
            default:
                return Faults.Overload("*", in arguments);
        }
    }

    private static Value Divide(ref Evaluation evaluation, in Arguments arguments)
    {
        var (a, b) = (arguments.A, arguments.B);
        return (a.Kind, b.Kind) switch
        {
            (ValueKind.Int, ValueKind.Int) => b.AsInt == 0 ? Zero
            : b.AsInt == -1 && a.AsInt == long.MinValue ? Overflow
            : a.AsInt / b.AsInt,
            (ValueKind.UInt, ValueKind.UInt) => b.AsUInt == 0 ? Zero : a.AsUInt / b.AsUInt,
            (ValueKind.Double, ValueKind.Double) => a.AsDouble / b.AsDouble,
            _ => Faults.Overload("/", in arguments),
        };
    }

    private static Value Remainder(ref Evaluation evaluation, in Arguments arguments)
    {
        var (a, b) = (arguments.A, arguments.B);
        return (a.Kind, b.Kind) switch
        {
            (ValueKind.Int, ValueKind.Int) => b.AsInt == 0 ? Zero
            : b.AsInt == -1 ? (a.AsInt == long.MinValue ? Overflow : 0L)
            : a.AsInt % b.AsInt,
            (ValueKind.UInt, ValueKind.UInt) => b.AsUInt == 0 ? Zero : a.AsUInt % b.AsUInt,
            _ => Faults.Overload("%", in arguments),
        };
    }

    private static Value Negate(ref Evaluation evaluation, in Arguments arguments) =>
        arguments.A.Kind switch
        {
            ValueKind.Int => arguments.A.AsInt == long.MinValue ? Overflow : -arguments.A.AsInt,
            ValueKind.Double => -arguments.A.AsDouble,
            _ => Faults.Overload("-", in arguments),
        };

    private static Value Not(ref Evaluation evaluation, in Arguments arguments) =>
        arguments.A.Kind == ValueKind.Bool
            ? !arguments.A.IsTrue
            : Faults.Overload("!", in arguments);

    private static Value Concatenate(ref Evaluation evaluation, Value a, Value b)
    {
        if (!evaluation.SpendBytes((long)a.Length + b.Length))
            return Evaluation.TooCostly;
        byte[] data = [.. a.Span, .. b.Span];
        return a.Kind == ValueKind.String ? Value.String(data) : Value.Bytes(data);
    }

    private static Value Concatenate(ref Evaluation evaluation, ListValue a, ListValue b)
    {
        const int elementsPerUnit = 8;
        if (!evaluation.Spend(((long)a.Count + b.Count) / elementsPerUnit))
            return Evaluation.TooCostly;
        var sum = new List<Value>(a.Count + b.Count);
        foreach (var list in (ReadOnlySpan<ListValue>)[a, b])
        {
            for (var i = 0; i < list.Count; i++)
                sum.Add(list.At(ref evaluation, i));
        }

        return new ListValue(sum);
    }

    private static Int128 Nanos(Value time) => ((Int128)time.Seconds * NanosPerSecond) + time.Nanos;

    /// <summary>A duration fits 64 bits of nanoseconds: about 292 years.</summary>
    public static Value Duration(Int128 nanos) =>
        nanos < long.MinValue || nanos > long.MaxValue
            ? Overflow
            : Value.Duration((long)(nanos / NanosPerSecond), (int)(nanos % NanosPerSecond));

    /// <summary>A time of the years 1 to 9999.</summary>
    private static Value Moved(Value time, Int128 by)
    {
        var nanos = Nanos(time) + by;
        var rest = ((nanos % NanosPerSecond) + NanosPerSecond) % NanosPerSecond;
        return Timestamp((nanos - rest) / NanosPerSecond, (int)rest);
    }

    public static Value Timestamp(Int128 seconds, int nanos) =>
        seconds < JsonTime.FirstSecond || seconds > JsonTime.LastSecond
            ? Overflow
            : Value.Timestamp((long)seconds, nanos);
}
