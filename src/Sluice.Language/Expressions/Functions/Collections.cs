using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Functions;

/// <summary>What lists and maps have in common with texts: a size, and what is in them.</summary>
internal static class Collections
{
    public static readonly Function[] Functions =
    [
        new(
            Size,
            "size(string) -> int",
            "size(bytes) -> int",
            "size(list(A)) -> int",
            "size(map(A, B)) -> int",
            "string.size() -> int",
            "bytes.size() -> int",
            "list(A).size() -> int",
            "map(A, B).size() -> int"
        ),
        new(In, "@in(A, list(A)) -> bool", "@in(A, map(A, B)) -> bool"),
    ];

    private static Value Size(ref Evaluation evaluation, in Arguments arguments)
    {
        var value = arguments.A;
        switch (value.Kind)
        {
            case ValueKind.String:
                return evaluation.SpendBytes(value.Length)
                    ? Utf8Text.Count(value.Span)
                    : Evaluation.TooCostly;
            case ValueKind.Bytes:
                return (long)value.Length;
            case ValueKind.List:
                return (long)value.List.Count;
            case ValueKind.Map:
                return (long)value.Map.Count;
            default:
                return Faults.Overload("size", in arguments);
        }
    }

    private static Value In(ref Evaluation evaluation, in Arguments arguments)
    {
        var (wanted, within) = (arguments.A, arguments.B);
        if (within.Kind == ValueKind.Map)
            return (wanted.IsNumber || wanted.Kind is ValueKind.String or ValueKind.Bool)
                && within.Map.TryGet(wanted, out _);
        if (within.Kind != ValueKind.List)
            return Faults.Overload("in", in arguments);
        for (var i = 0; i < within.List.Count; i++)
        {
            if (!evaluation.Spend())
                return Evaluation.TooCostly;
            var element = within.List.At(ref evaluation, i);
            if (element.IsFault)
                return element;
            if (Equality.Of(ref evaluation, wanted, element))
                return Value.True;
        }

        return Value.False;
    }
}
