using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos.Json;

namespace Sluice.Language.Expressions.Functions;

/// <summary>From one type to another, where that has a meaning.</summary>
internal static class Conversions
{
    private static readonly ExpressionFault OutOfRange = new(
        "The number is outside of the range of the type that it is converted to."
    );

    public static readonly Function[] Functions =
    [
        new(
            Int,
            "int(int) -> int",
            "int(uint) -> int",
            "int(double) -> int",
            "int(string) -> int",
            "int(timestamp) -> int"
        ),
        new(
            UInt,
            "uint(uint) -> uint",
            "uint(int) -> uint",
            "uint(double) -> uint",
            "uint(string) -> uint"
        ),
        new(
            Double,
            "double(double) -> double",
            "double(int) -> double",
            "double(uint) -> double",
            "double(string) -> double"
        ),
        new(
            String,
            "string(string) -> string",
            "string(int) -> string",
            "string(uint) -> string",
            "string(double) -> string",
            "string(bool) -> string",
            "string(bytes) -> string",
            "string(timestamp) -> string",
            "string(duration) -> string"
        ),
        new(Bytes, "bytes(bytes) -> bytes", "bytes(string) -> bytes"),
        new(Bool, "bool(bool) -> bool", "bool(string) -> bool"),
        new(Type, "type(A) -> type(A)"),
        new((ref Evaluation _, in Arguments a) => a.A, "dyn(A) -> dyn"),
        new(JsonText.Of, "toJson(dyn) -> string"),
    ];

    private static Value Int(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        return value.Kind switch
        {
            ValueKind.Int => value,
            ValueKind.UInt => value.AsUInt > long.MaxValue ? OutOfRange : (long)value.AsUInt,
            // Neither bound survives the way to double and back.
            ValueKind.Double => value.AsDouble
                is > -9223372036854775808.0
                    and < 9223372036854775808.0
                ? (long)value.AsDouble
                : OutOfRange,
            ValueKind.String => long.TryParse(
                value.Span,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : NotA("int"),
            ValueKind.Timestamp => value.Seconds,
            _ => Faults.Overload("int", in arguments),
        };
    }

    private static Value UInt(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        return value.Kind switch
        {
            ValueKind.UInt => value,
            ValueKind.Int => value.AsInt < 0 ? OutOfRange : (ulong)value.AsInt,
            ValueKind.Double => value.AsDouble is >= 0 and < 18446744073709551616.0
                ? (ulong)value.AsDouble
                : OutOfRange,
            ValueKind.String => ulong.TryParse(
                value.Span,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : NotA("uint"),
            _ => Faults.Overload("uint", in arguments),
        };
    }

    private static Value Double(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        return value.Kind switch
        {
            ValueKind.Double => value,
            ValueKind.Int => (double)value.AsInt,
            ValueKind.UInt => (double)value.AsUInt,
            ValueKind.String => ParseDouble(value.Text) is { } number ? number : NotA("double"),
            _ => Faults.Overload("double", in arguments),
        };
    }

    private static double? ParseDouble(string text)
    {
        const NumberStyles style =
            NumberStyles.AllowLeadingSign
            | NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowExponent;
        return text.TrimStart('+', '-').ToUpperInvariant() switch
        {
            "INF" or "INFINITY" => text[0] == '-'
                ? double.NegativeInfinity
                : double.PositiveInfinity,
            "NAN" => double.NaN,
            _ => double.TryParse(text, style, CultureInfo.InvariantCulture, out var number)
            && (double.IsFinite(number))
                ? number
                : null,
        };
    }

    private static Value String(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        switch (value.Kind)
        {
            case ValueKind.String:
                return value;
            case ValueKind.Bytes:
                evaluation.SpendBytes(value.Length);
                return Utf8.IsValid(value.Span)
                    ? value.As(ValueKind.String)
                    : new ExpressionFault("The bytes are no UTF-8.");
            case ValueKind.Int:
                return Value.String(value.AsInt.ToString(CultureInfo.InvariantCulture));
            case ValueKind.UInt:
                return Value.String(value.AsUInt.ToString(CultureInfo.InvariantCulture));
            case ValueKind.Double:
                return Value.String(Shortest(value.AsDouble));
            case ValueKind.Bool:
                return Value.String(value.IsTrue ? "true" : "false");
            case ValueKind.Timestamp or ValueKind.Duration:
                return Time(value);
            default:
                return Faults.Overload("string", in arguments);
        }
    }

    /// <summary>The shortest text that is this number and no other.</summary>
    private static string Shortest(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf")
        : value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    /// <summary>As in JSON, with as many decimals as there are.</summary>
    private static Value Time(Value value)
    {
        Span<byte> text = stackalloc byte[40];
        var length =
            value.Kind == ValueKind.Timestamp
                ? JsonTime.WriteTimestamp(value.Seconds, value.Nanos, text)
                : JsonTime.WriteDuration(value.Seconds, value.Nanos, text);
        if (length == 0)
            return OutOfRange;
        var unit = text[length - 1];
        var digits = text[..(length - 1)];
        if (digits.Contains((byte)'.'))
            digits = digits.TrimEnd((byte)'0').TrimEnd((byte)'.');
        return Value.String([.. digits, unit]);
    }

    private static Value Bytes(ref Evaluation evaluation, in Arguments arguments) =>
        arguments.A.Kind switch
        {
            ValueKind.Bytes => arguments.A,
            ValueKind.String => arguments.A.As(ValueKind.Bytes),
            _ => Faults.Overload("bytes", in arguments),
        };

    private static Value Bool(ref Evaluation evaluation, in Arguments arguments) =>
        arguments.A.Kind switch
        {
            ValueKind.Bool => arguments.A,
            ValueKind.String => arguments.A.Length > 5
                ? NotA("bool")
                : arguments.A.Text switch
                {
                    "1" or "t" or "T" or "true" or "TRUE" or "True" => Value.True,
                    "0" or "f" or "F" or "false" or "FALSE" or "False" => Value.False,
                    _ => NotA("bool"),
                },
            _ => Faults.Overload("bool", in arguments),
        };

    private static Value Type(ref Evaluation evaluation, in Arguments arguments) =>
        Value.Type(TypeName(arguments.A));

    /// <summary>What the type of a value is called as a value itself.</summary>
    private static string TypeName(Value value) =>
        value.Kind switch
        {
            ValueKind.Null => "null_type",
            ValueKind.Timestamp => "google.protobuf.Timestamp",
            ValueKind.Duration => "google.protobuf.Duration",
            ValueKind.Optional => "optional_type",
            _ => Faults.Word(value),
        };

    private static Value NotA(string type) => new ExpressionFault($"The string is no {type}.");
}
