using Sluice.Language.Expressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>The type rules of conditions, and the expression that each is frozen as.</summary>
internal sealed class ConditionCheck(FlowTypes types, FlowMistakes mistakes)
{
    private readonly Dictionary<FlowEdge, string> frozen = new(ReferenceEqualityComparer.Instance);

    /// <summary>The expression of an edge's condition; null: it is always taken.</summary>
    public string? Frozen(FlowEdge edge) => frozen.GetValueOrDefault(edge);

    public void Check(IReadOnlyList<FlowEdge> edges)
    {
        foreach (var edge in edges)
            if (edge.Condition is { } condition && types.Sends(edge) is { } source)
                Check(edge, condition, source);
    }

    private void Check(FlowEdge edge, FlowCondition condition, MessageType source)
    {
        var scope = new ExpressionScope { Message = source };
        if (condition.Cel is null)
        {
            Leaf(edge, condition, source, scope);
            return;
        }
        if (
            mistakes.Compile(condition.Cel, scope, condition.ValueAt, edge.ToString())
            is not { } compiled
        )
            return;
        if (!compiled.IsBool)
            mistakes.AddAt(
                "flow_condition_type",
                "A condition is true or false; this expression gives something else.",
                condition.ValueAt,
                edge.ToString()
            );
        frozen[edge] = condition.Cel;
    }

    private void Leaf(
        FlowEdge edge,
        FlowCondition condition,
        MessageType source,
        ExpressionScope scope
    )
    {
        if (LeafCondition.Write(condition, source, edge.From, out var wrong) is not { } text)
            mistakes.AddAt(wrong.Code, wrong.Message, condition.ValueAt, edge.ToString());
        // A list of long texts can be more than an expression may cost.
        else if (Expression.Compile(text, scope).Value is null)
            mistakes.AddAt(
                "flow_condition",
                $"The comparison with `{condition.Field}` is too long.",
                condition.ValueAt,
                edge.ToString()
            );
        else
            frozen[edge] = text;
    }
}
