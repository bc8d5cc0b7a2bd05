using Sluice.Language.Documents;
using Sluice.Language.Flows.Plans;

namespace Sluice.Language.Flows.Checks;

/// <summary>The rules of placements that undo others.</summary>
internal static class CompensationCheck
{
    public static void Check(
        FlowDocument flow,
        IReadOnlyDictionary<string, Placed> placed,
        FlowMistakes mistakes
    )
    {
        var nodes = flow
            .Nodes.Where(n => n.Alias.Length > 0)
            .DistinctBy(n => n.Alias)
            .ToDictionary(n => n.Alias, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var undone in flow.Nodes.Where(n => n.Compensate is not null))
        {
            if (!nodes.TryGetValue(undone.Compensate!, out var compensator))
            {
                mistakes.Add(
                    "flow_unknown_alias",
                    $"`compensate` names `{undone.Compensate}`, but no placement has that alias.",
                    undone,
                    "compensate"
                );
                continue;
            }
            if (compensator.Compensate is not null)
                mistakes.Add(
                    "flow_compensator_compensated",
                    compensator == undone
                        ? $"`{undone.Alias}` cannot undo itself."
                        : $"`{compensator.Alias}` undoes `{undone.Alias}`; what undoes is not undone in its turn.",
                    undone,
                    "compensate"
                );
            if (
                seen.Add(compensator.Alias)
                && (compensator.Join is not null || compensator.Compose is not null)
            )
                mistakes.Add(
                    "flow_compensator_config",
                    $"`{compensator.Alias}` undoes another placement and has no edges; `join` and `compose` do not go with that.",
                    compensator,
                    compensator.Join is not null ? "join" : "compose"
                );
            if (
                placed.GetValueOrDefault(compensator.Alias) is { } undoing
                && placed.GetValueOrDefault(undone.Alias) is { } done
            )
                Fields(undoing, done, mistakes);
        }
    }

    /// <summary>Each field comes by name from what the call to undo gave, else from what it took.</summary>
    private static void Fields(Placed compensator, Placed undone, FlowMistakes mistakes)
    {
        var names = (compensator.Placement.Alias, undone.Placement.Alias);
        foreach (var field in compensator.Input.Fields)
        {
            var side = UndoPlan.Side(field, undone.Input, undone.Output);
            if (side is null)
            {
                if (field.IsOptional || field.Oneof is not null)
                    continue;
                mistakes.Add(
                    "flow_compensate_field",
                    $"`{names.Item1}` needs `{field.Name}`, but `{names.Item2}` has no field of that name in what it gives (`{undone.Output.FullName}`) or takes (`{undone.Input.FullName}`).",
                    undone.Placement,
                    "compensate"
                );
            }
            else if (MessageFit.FaultOfSame(field, side.Field(field.Name)!) is { } fault)
                mistakes.Add(
                    "flow_compensate_field",
                    $"`{names.Item1}` takes `{field.Name}` from `{side.FullName}` of `{names.Item2}`, which does not fit: {fault}.",
                    undone.Placement,
                    "compensate"
                );
        }
    }
}
