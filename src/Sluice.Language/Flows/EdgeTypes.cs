using Sluice.Language.Documents;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows;

/// <summary>
/// The type rules of edges. A whole-message edge sets every field that both messages have, by name. A placement with
/// several edges waits for all of them and gets the fields of all; each field is set by one edge. Where a whole-message
/// edge takes part, every field that is not declared optional has to be set by some edge; where only adapters do, the
/// author has listed what is meant, and the rest stays at its default.
/// </summary>
internal sealed class EdgeTypes(
    FlowDocument flow,
    IReadOnlyDictionary<string, Placed> placed,
    MistakeList mistakes
)
{
    /// <summary>The placement whose input type is the flow's; null when there is none.</summary>
    public Placed? Entry { get; private set; }

    public void Check(IReadOnlyList<FlowEdge> edges)
    {
        FindEntry(edges);
        foreach (var group in edges.Where(e => e.To != FlowDocument.FlowOutput).GroupBy(e => e.To))
            if (placed.TryGetValue(group.Key, out var target))
                CheckJoin(target, [.. group]);
    }

    private void FindEntry(IReadOnlyList<FlowEdge> edges)
    {
        var first = edges.Where(e => e.From == FlowDocument.FlowInput).ToArray();
        if (first.Length > 0 && first.All(e => e.Adapter is not null))
            Add(
                "flow_no_entry",
                "No edge carries `@flow_input` whole, so nothing says what message the flow takes; leave out one adapter.",
                first[0]
            );
        foreach (var edge in first.Where(e => e.Adapter is null))
        {
            if (!placed.TryGetValue(edge.To, out var target))
                continue;
            Entry ??= target;
            if (!Same(Entry.Input, target.Input))
                Add(
                    "flow_ambiguous_entry",
                    $"`{Entry.Placement.Alias}` takes `{Entry.Input.FullName}` from `@flow_input`, but `{edge.To}` takes "
                        + $"`{target.Input.FullName}`; give one of the edges an adapter.",
                    edge
                );
        }
    }

    private static bool Same(MessageType a, MessageType b) =>
        ReferenceEquals(a, b)
        || a.FullName == b.FullName
            && a.Fields.Count == b.Fields.Count
            && a.Fields.All(f =>
                b.Field(f.Name) is { } other
                && MessageFit.FaultOfSame(f, other) is null
                && MessageFit.FaultOfSame(other, f) is null
            );

    private MessageType? Source(FlowEdge edge) =>
        edge.From == FlowDocument.FlowInput
            ? Entry?.Input
            : placed.GetValueOrDefault(edge.From)?.Output;

    /// <summary>All edges that lead to one placement.</summary>
    private void CheckJoin(Placed target, IReadOnlyList<FlowEdge> edges)
    {
        var setBy = new Dictionary<string, FlowEdge>(StringComparer.Ordinal);
        // An edge with a broken end may have set what else seems to be missing.
        var complete = edges.Count == flow.Edges.Count(e => e.To == target.Placement.Alias);
        foreach (var edge in edges)
        {
            if (Source(edge) is not { } source)
                complete = false;
            else if (edge.Adapter is { } adapter)
                Assign(edge, adapter, source, target.Input, setBy);
            else
                complete &= AssignWhole(edge, source, target.Input, setBy);
        }
        if (complete && edges.FirstOrDefault(e => e.Adapter is null) is { } whole)
            CheckMissing(whole, edges, target.Input, setBy);
    }

    private bool AssignWhole(
        FlowEdge edge,
        MessageType source,
        MessageType target,
        Dictionary<string, FlowEdge> setBy
    )
    {
        var fits = true;
        foreach (var field in target.Fields)
        {
            if (source.Field(field.Name) is not { } from)
                continue;
            if (MessageFit.FaultOfSame(field, from) is { } fault)
            {
                fits = false;
                Add(
                    "flow_edge_type",
                    $"{Ends(edge, source, target)}: field `{field.Name}` does not fit: {fault}.",
                    edge
                );
            }
            Claim(edge, field, setBy);
        }
        return fits;
    }

    private void Assign(
        FlowEdge edge,
        IReadOnlyList<FieldAssignment> adapter,
        MessageType source,
        MessageType target,
        Dictionary<string, FlowEdge> setBy
    )
    {
        foreach (var assignment in adapter)
        {
            var to = target.Field(assignment.To);
            if (to is null)
                AddAt(
                    "flow_unknown_field",
                    $"`{edge.To}` takes `{target.FullName}`, which has no field `{assignment.To}`{Has(target)}.",
                    assignment.At,
                    edge
                );
            var from = FindSource(edge, assignment, source);
            if (to is null)
                continue;
            if (from is not null && MessageFit.Fault(to, from) is { } fault)
                AddAt(
                    "flow_edge_type",
                    $"{Ends(edge, source, target)}: {fault}.",
                    assignment.At,
                    edge
                );
            Claim(edge, to, setBy);
        }
    }

    /// <summary>Follows a path of fields; every step but the last leads into a single nested message.</summary>
    private FieldType? FindSource(FlowEdge edge, FieldAssignment assignment, MessageType source)
    {
        var steps = assignment.From.Split('.');
        var type = source;
        for (var i = 0; ; i++)
        {
            if (type.Field(steps[i]) is not { } field)
            {
                AddAt(
                    "flow_unknown_field",
                    $"`{edge.From}` gives `{source.FullName}`; `{type.FullName}` has no field `{steps[i]}`{Has(type)}.",
                    assignment.At,
                    edge
                );
                return null;
            }
            if (i == steps.Length - 1)
                return field;
            if (field.IsRepeated || field.Message is not { WellKnown: WellKnown.None } nested)
            {
                AddAt(
                    "flow_path",
                    $"The path `{assignment.From}` cannot go on after `{field.Name}`, which is `{field.TypeText}` "
                        + "and not a single message.",
                    assignment.At,
                    edge
                );
                return null;
            }
            type = nested;
        }
    }

    private void Claim(FlowEdge edge, FieldType field, Dictionary<string, FlowEdge> setBy)
    {
        if (!setBy.TryAdd(field.Name, edge))
        {
            Add(
                "flow_field_set_twice",
                $"The field `{field.Name}` of `{edge.To}` is set by `{setBy[field.Name]}` and by `{edge}`; one edge may set it.",
                edge
            );
            return;
        }
        if (field.Oneof is null)
            return;
        foreach (var sibling in field.Oneof.Fields)
            if (
                sibling != field
                && setBy.TryGetValue(sibling.Name, out var other)
                && (other != edge || edge.Adapter is not null)
            )
                Add(
                    "flow_field_set_twice",
                    $"`{sibling.Name}` and `{field.Name}` of `{edge.To}` exclude each other (oneof `{field.Oneof.Name}`), "
                        + "yet both are set.",
                    edge
                );
    }

    private void CheckMissing(
        FlowEdge whole,
        IReadOnlyList<FlowEdge> edges,
        MessageType target,
        Dictionary<string, FlowEdge> setBy
    )
    {
        string[] missing =
        [
            .. MessageFit
                .Required(target)
                .Where(f => !setBy.ContainsKey(f.Name))
                .Select(f => f.Name),
        ];
        if (missing.Length > 0)
            Add(
                "flow_edge_incomplete",
                edges.Count == 1
                    ? $"{Ends(whole, Source(whole)!, target)}, which also needs {Shown.List(missing)}; add an adapter."
                    : $"The edges to `{whole.To}` leave {Shown.List(missing)} of `{target.FullName}` without a value; "
                        + "add an adapter that sets what is missing.",
                whole
            );
        else if (target.Fields.Count > 0 && !setBy.ContainsValue(whole))
            Add(
                "flow_edge_type",
                $"{Ends(whole, Source(whole)!, target)}, and the two have no field in common.",
                whole
            );
    }

    private static string Ends(FlowEdge edge, MessageType source, MessageType target) =>
        $"`{edge.From}` gives `{source.FullName}`, but `{edge.To}` takes `{target.FullName}`";

    private static string Has(MessageType type) =>
        type.Fields.Count == 0
            ? ""
            : $"; it has {Shown.List(type.Fields.Take(20).Select(f => f.Name))}";

    private void Add(string code, string message, FlowEdge edge) =>
        AddAt(code, message, edge.At, edge);

    private void AddAt(string code, string message, Position at, FlowEdge edge) =>
        mistakes.Add(new Mistake(code, message, flow.File, at.Line, at.Column, edge.ToString()));
}
