using Sluice.Language.Expressions;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>How the fields of one placement are put together from what several edges brought. Built once per placement.</summary>
internal sealed class ComposePlan
{
    private readonly string alias;
    private readonly Dictionary<string, CopyPlan> picks = new(StringComparer.Ordinal);
    private readonly (FieldType To, Expression Value)[] values;

    private ComposePlan(string alias, (FieldType, Expression)[] values)
    {
        this.alias = alias;
        this.values = values;
    }

    /// <param name="sources">What the entering edges bring, by the alias at their beginning.</param>
    public static ComposePlan For(
        string alias,
        MessageType target,
        IReadOnlyList<GraphCompose> fields,
        IReadOnlyDictionary<string, MessageType> sources
    )
    {
        var scope = new ExpressionScope
        {
            Inputs = sources.ToDictionary(
                s => FlowDocument.InputName(s.Key),
                s => s.Value,
                StringComparer.Ordinal
            ),
        };
        var plan = new ComposePlan(
            alias,
            [
                .. fields
                    .Where(f => f.Cel is not null)
                    .Select(f => (target.Field(f.To)!, CarryPlan.Compile(f.Cel!, scope))),
            ]
        );
        foreach (var group in fields.Where(f => f.Source is not null).GroupBy(f => f.Source!))
            plan.picks[group.Key] = CopyPlan.Picks(
                target,
                sources[group.Key],
                [.. group.Select(f => new GraphField(f.To, f.From))]
            );
        return plan;
    }

    /// <summary>Appends the message. An edge that brought nothing sets nothing; an expression that needs it is a fault.</summary>
    public EdgeFault? Run(
        ReadOnlySpan<Carried> carried,
        IReadOnlyDictionary<string, string> config,
        WireWriter output
    )
    {
        foreach (var (edge, source) in carried)
            if (
                !edge.Edge.Loop
                && picks.TryGetValue(edge.Edge.From, out var copy)
                && CarryPlan.Fault(edge.Edge, copy.Run(source.Span, output)) is { } broken
            )
                return broken;
        if (values.Length == 0)
            return null;
        var inputs = new Dictionary<string, ReadOnlyMemory<byte>>(carried.Length);
        foreach (var (edge, source) in carried)
            if (!edge.Edge.Loop)
                inputs[FlowDocument.InputName(edge.Edge.From)] = source;
        foreach (var (to, value) in values)
        {
            if (value.Assign(new ExpressionInput(default, inputs, config), to, output) is { } fault)
                return new EdgeFault(
                    null,
                    $"The input of `{alias}` could not be composed: `{to.Name}`: {CarryPlan.Sentence(fault)}"
                );
            if (output.Length > FlowPlan.LongestMessage)
                return new EdgeFault(
                    null,
                    $"The input of `{alias}` could not be composed: it is longer than {FlowPlan.LongestMessage} bytes."
                );
        }
        return null;
    }
}
