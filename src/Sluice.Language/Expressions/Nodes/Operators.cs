using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Nodes;

/// <summary><c>==</c> and <c>!=</c>.</summary>
internal sealed class EqualNode(Node left, Node right, bool negated) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var a = left.Evaluate(ref evaluation);
        if (a.IsFault)
            return a;
        var b = right.Evaluate(ref evaluation);
        return b.IsFault ? b : Equality.Of(ref evaluation, a, b) != negated;
    }
}

/// <summary>The four comparisons.</summary>
internal sealed class OrderNode(Node left, Node right, string symbol) : Node
{
    private readonly bool less = symbol[0] == '<';
    private readonly bool orEqual = symbol.Length == 2;

    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var a = left.Evaluate(ref evaluation);
        if (a.IsFault)
            return a;
        var b = right.Evaluate(ref evaluation);
        if (b.IsFault)
            return b;
        if (a.Kind is ValueKind.String or ValueKind.Bytes)
            evaluation.SpendBytes(Math.Min(a.Length, b.Length));
        return Ordering.Of(a, b) switch
        {
            Order.Less => less,
            Order.Greater => !less,
            Order.Equal => orEqual,
            Order.None => Value.False,
            _ => Faults.Overload(symbol, a, b),
        };
    }
}

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c> over two or more terms. A term that decides makes the faults of the others void; else the
/// first fault is the result.
/// </summary>
internal sealed class LogicNode(Node[] terms, bool isAnd) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        ExpressionFault? fault = null;
        foreach (var term in terms)
        {
            var value = term.Evaluate(ref evaluation);
            if (value.Kind != ValueKind.Bool)
                fault ??= value.IsFault
                    ? value.Reason
                    : Faults.Overload(isAnd ? "&&" : "||", value);
            else if (value.IsTrue != isAnd)
                return !isAnd;
        }

        return fault is null ? isAnd : fault;
    }
}

internal sealed class ConditionalNode(Node condition, Node then, Node other) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var value = condition.Evaluate(ref evaluation);
        if (value.Kind == ValueKind.Bool)
            return (value.IsTrue ? then : other).Evaluate(ref evaluation);
        return value.IsFault ? value : Faults.Overload("? :", value);
    }
}

/// <summary><c>matches</c> with a pattern that is written out.</summary>
internal sealed class MatchNode(Node text, Patterns.Pattern pattern) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var value = text.Evaluate(ref evaluation);
        if (value.Kind != ValueKind.String)
            return value.IsFault ? value : Faults.Overload("matches", value);
        return pattern.IsMatch(ref evaluation, value.Span);
    }
}
