using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Functions;

/// <summary>Values that may be absent.</summary>
internal static class Optionals
{
    private static readonly ExpressionFault Absent = new("An optional without value was taken.");

    public static readonly Function[] Functions =
    [
        new((ref Evaluation _, in Arguments a) => Value.Some(a.A), "optional.of(A) -> optional(A)"),
        new((ref Evaluation _, in Arguments _) => Value.None, "optional.none() -> optional(A)"),
        new(
            (ref Evaluation e, in Arguments a) => IsZero(ref e, a.A) ? Value.None : Value.Some(a.A),
            "optional.ofNonZeroValue(A) -> optional(A)"
        ),
        new(
            (ref Evaluation _, in Arguments a) =>
                a.A.Kind != ValueKind.Optional
                    ? Faults.Overload("hasValue", in a)
                    : a.A.Optional is not null,
            "optional(A).hasValue() -> bool"
        ),
        new(
            (ref Evaluation _, in Arguments a) =>
                a.A.Kind != ValueKind.Optional
                    ? Faults.Overload("value", in a)
                    : a.A.Optional?.Value ?? Absent,
            "optional(A).value() -> A"
        ),
        new(
            (ref Evaluation _, in Arguments a) =>
                a.A.Kind != ValueKind.Optional
                    ? Faults.Overload("orValue", in a)
                    : a.A.Optional?.Value ?? a.B,
            "optional(A).orValue(A) -> A"
        ),
        new(
            (ref Evaluation _, in Arguments a) =>
                a.A.Kind != ValueKind.Optional || a.B.Kind != ValueKind.Optional
                    ? Faults.Overload("or", in a)
                : a.A.Optional is null ? a.B
                : a.A,
            "optional(A).or(optional(A)) -> optional(A)"
        ),
    ];

    private static bool IsZero(ref Evaluation evaluation, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String or ValueKind.Bytes:
                return value.Length == 0;
            case ValueKind.List:
                return value.List.Count == 0;
            case ValueKind.Map:
                return value.Map.Count == 0;
            case ValueKind.Message:
                foreach (var field in value.Message.Fields)
                    if (WireFields.Has(ref evaluation, value, field))
                        return false;
                return true;
            case ValueKind.Null:
                return true;
            case ValueKind.Int or ValueKind.UInt or ValueKind.Bool:
                return value.AsInt == 0;
            case ValueKind.Double:
                return value.AsDouble == 0;
            case ValueKind.Timestamp or ValueKind.Duration:
                return value.Seconds == 0 && value.Nanos == 0;
            case ValueKind.Optional:
                return value.Optional is null;
            default:
                return false;
        }
    }
}
