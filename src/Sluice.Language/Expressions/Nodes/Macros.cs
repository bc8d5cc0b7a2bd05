using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Nodes;

/// <summary>What goes over the elements of a list or the keys of a map.</summary>
internal abstract class MacroNode(Node range, int slot, string name) : Node
{
    protected static readonly ExpressionFault NoBool = new(
        "The condition of a macro is neither true nor false."
    );

    public sealed override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var over = range.Evaluate(ref evaluation);
        if (over.IsFault)
            return over;
        if (over.Kind is not (ValueKind.List or ValueKind.Map))
            return Faults.Overload(name, over);
        var count = over.Kind == ValueKind.List ? over.List.Count : over.Map.Count;
        return Over(ref evaluation, over, count);
    }

    protected abstract Value Over(ref Evaluation evaluation, Value over, int count);

    /// <summary>Makes an element the value of the variable. False when it cannot be paid for or read.</summary>
    protected bool Set(ref Evaluation evaluation, Value over, int index)
    {
        if (!evaluation.Spend())
            return false;
        var element =
            over.Kind == ValueKind.List
                ? over.List.At(ref evaluation, index)
                : over.Map.KeyAt(index);
        evaluation.Locals[slot] = element;
        return !element.IsFault;
    }

    protected Value Stopped(in Evaluation evaluation) =>
        evaluation.Exhausted ? Evaluation.TooCostly : evaluation.Locals[slot];
}

/// <summary><c>all</c> and <c>exists</c>: logic over the elements, with faults treated as there.</summary>
internal sealed class QuantifierNode(Node range, int slot, Node predicate, bool isAll)
    : MacroNode(range, slot, isAll ? "all" : "exists")
{
    protected override Value Over(ref Evaluation evaluation, Value over, int count)
    {
        ExpressionFault? fault = null;
        for (var i = 0; i < count; i++)
        {
            if (!Set(ref evaluation, over, i))
                return Stopped(in evaluation);
            var value = predicate.Evaluate(ref evaluation);
            if (value.Kind != ValueKind.Bool)
                fault ??= value.IsFault ? value.Reason : NoBool;
            else if (value.IsTrue != isAll)
                return !isAll;
        }

        return fault is null ? isAll : fault;
    }
}

/// <summary><c>exists_one</c>.</summary>
internal sealed class ExistsOneNode(Node range, int slot, Node predicate)
    : MacroNode(range, slot, "exists_one")
{
    protected override Value Over(ref Evaluation evaluation, Value over, int count)
    {
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Set(ref evaluation, over, i))
                return Stopped(in evaluation);
            var value = predicate.Evaluate(ref evaluation);
            if (value.Kind != ValueKind.Bool)
                return value.IsFault ? value : NoBool;
            found += value.IsTrue ? 1 : 0;
        }

        return found == 1;
    }
}

/// <summary><c>map</c> with or without a condition, and <c>filter</c>, which has only that.</summary>
internal sealed class MapMacroNode(Node range, int slot, Node? predicate, Node? transform)
    : MacroNode(range, slot, transform is null ? "filter" : "map")
{
    private readonly int slot = slot;

    protected override Value Over(ref Evaluation evaluation, Value over, int count)
    {
        var results = new List<Value>();
        for (var i = 0; i < count; i++)
        {
            if (!Set(ref evaluation, over, i))
                return Stopped(in evaluation);
            if (predicate is not null)
            {
                var holds = predicate.Evaluate(ref evaluation);
                if (holds.Kind != ValueKind.Bool)
                    return holds.IsFault ? holds : NoBool;
                if (holds.IsFalse)
                    continue;
            }

            var value = transform is null
                ? evaluation.Locals[slot]
                : transform.Evaluate(ref evaluation);
            if (value.IsFault)
                return value;
            results.Add(value);
        }

        return new ListValue(results);
    }
}

/// <summary><c>optMap</c> and <c>optFlatMap</c>: an optional's value, if there is one, is made into another.</summary>
internal sealed class OptionalMapNode(Node operand, int slot, Node transform, bool isFlat) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var optional = operand.Evaluate(ref evaluation);
        if (optional.Kind != ValueKind.Optional)
            return optional.IsFault ? optional : Faults.Overload("optMap", optional);
        if (optional.Optional is not { } inner)
            return Value.None;
        evaluation.Locals[slot] = inner.Value;
        var value = transform.Evaluate(ref evaluation);
        if (value.IsFault || (isFlat && value.Kind == ValueKind.Optional))
            return value;
        return isFlat ? Faults.Overload("optFlatMap", value) : Value.Some(value);
    }
}
