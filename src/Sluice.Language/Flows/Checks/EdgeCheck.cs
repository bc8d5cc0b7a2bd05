using Sluice.Language.Documents;
using Sluice.Language.Expressions;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// The type rules of edges. A whole-message edge sets every field that both messages have, by name. A placement that waits
/// for all its edges gets the fields of all, each set by one edge; one that takes the first edge gets that edge's alone.
/// Where a whole-message edge takes part, every field that is not declared optional has to be set by some edge; where only
/// adapters do, the author has listed what is meant, and the rest stays at its default.
/// </summary>
internal sealed class EdgeCheck(FlowDocument flow, FlowTypes types, FlowMistakes mistakes)
{
    // What an adapter may say beside the names of fields.
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "value",
        "config",
        "true",
        "false",
        "null",
    };

    private readonly Dictionary<FlowEdge, IReadOnlyList<GraphField>> fields = new(
        ReferenceEqualityComparer.Instance
    );

    /// <summary>What an edge with an adapter sets, each a path or an expression; empty for other edges.</summary>
    public IReadOnlyList<GraphField> Fields(FlowEdge edge) => fields.GetValueOrDefault(edge) ?? [];

    /// <param name="edges">With known ends.</param>
    /// <param name="placements">By alias.</param>
    public void Check(
        IReadOnlyList<FlowEdge> edges,
        IReadOnlyDictionary<string, FlowPlacement> placements
    )
    {
        foreach (var group in edges.GroupBy(e => e.To))
        {
            var entering = group.Where(e => !e.Loop).ToArray();
            var placement = placements.GetValueOrDefault(group.Key);
            var isOutput = group.Key == FlowDocument.FlowOutput;
            var join = isOutput ? flow.OutputFacade?.Join : placement?.Join;
            var compose = isOutput ? flow.OutputFacade?.Compose : placement?.Compose;
            foreach (var loop in group.Where(e => e.Loop))
                Set(loop, new Claims(mistakes));
            // Without a facade, the output is whatever the last placement gives.
            if (isOutput && flow.OutputFacade is null)
                continue;
            if (compose is not null)
                ComposedEdges(entering);
            else if (join?.Kind == GraphJoin.Xor)
                foreach (var edge in entering)
                    Join([edge], complete: true, isOutput);
            else
                Join(
                    entering,
                    entering.Length == flow.Edges.Count(e => e.To == group.Key && !e.Loop),
                    isOutput
                );
        }
    }

    private void ComposedEdges(FlowEdge[] entering)
    {
        foreach (var edge in entering.Where(e => e.Adapter is not null))
            mistakes.Add(
                "flow_compose_adapter",
                $"`{edge.To}` is put together by its compose plan; an edge to it has no adapter.",
                edge
            );
    }

    /// <summary>All edges whose fields come together.</summary>
    /// <param name="complete">False when an edge with a broken end may have set what else seems to be missing.</param>
    /// <param name="all">True when every field has to be set, whatever sets it.</param>
    private void Join(FlowEdge[] entering, bool complete, bool all)
    {
        var claims = new Claims(mistakes);
        foreach (var edge in entering)
            complete &= Set(edge, claims);
        var whole = entering.FirstOrDefault(e => e.Adapter is null);
        if (complete && entering.Length > 0 && (whole is not null || all))
            CheckMissing(whole, entering, claims);
    }

    /// <summary>Checks what one edge sets; false when that cannot be said in full.</summary>
    private bool Set(FlowEdge edge, Claims claims)
    {
        if (types.Source(edge) is not { } source || types.Target(edge) is not { } target)
            return false;
        if (edge.Adapter is null)
            return Whole(edge, source, target, claims);
        Adapt(edge, edge.Adapter, source, target, claims);
        return true;
    }

    private bool Whole(FlowEdge edge, MessageType source, MessageType target, Claims claims)
    {
        var fits = true;
        var any = target.Fields.Count == 0;
        foreach (var field in target.Fields)
        {
            if (source.Field(field.Name) is not { } from)
                continue;
            any = true;
            if (MessageFit.FaultOfSame(field, from) is { } fault)
            {
                fits = false;
                mistakes.Add(
                    "flow_edge_type",
                    $"{Ends(edge, source, target)}: field `{field.Name}` does not fit: {fault}.",
                    edge
                );
            }
            claims.Claim(edge, field, edge.At);
        }
        if (edge.Loop && !any)
            mistakes.Add(
                "flow_edge_type",
                $"{Ends(edge, source, target)}, and the two have no field in common.",
                edge
            );
        return fits;
    }

    private void Adapt(
        FlowEdge edge,
        IReadOnlyList<FieldAssignment> adapter,
        MessageType source,
        MessageType target,
        Claims claims
    )
    {
        var frozen = new List<GraphField>();
        foreach (var assignment in adapter)
        {
            var to = target.Field(assignment.To);
            if (to is null)
                mistakes.AddAt(
                    "flow_unknown_field",
                    $"`{edge.To}` takes `{target.FullName}`, which has no field `{Shown.Text(assignment.To)}`{FieldPath.Has(target)}.",
                    assignment.At,
                    edge.ToString()
                );
            var isPath = IsPath(assignment.From, source);
            if (isPath)
                Path(edge, assignment, to, source, target);
            else
                Value(edge, assignment, to, source);
            if (to is null)
                continue;
            claims.Claim(edge, to, assignment.At);
            frozen.Add(
                isPath
                    ? new GraphField(assignment.To, assignment.From)
                    : new GraphField(assignment.To, null, assignment.From)
            );
        }
        fields[edge] = frozen;
    }

    /// <summary>A path is what leads through fields; a word that is no field is an expression, when it can be one.</summary>
    public static bool IsPath(string text, MessageType source)
    {
        if (!NameRules.IsMessageName(text))
            return false;
        var first = text.Split('.')[0];
        return source.Field(first) is not null || !Words.Contains(first);
    }

    private void Path(
        FlowEdge edge,
        FieldAssignment assignment,
        FieldType? to,
        MessageType source,
        MessageType target
    )
    {
        if (FieldPath.Find(source, assignment.From, edge.From, out var wrong) is not { } from)
            mistakes.AddAt(wrong.Code, wrong.Message, assignment.ValueAt, edge.ToString());
        else if (to is not null && MessageFit.Fault(to, from) is { } fault)
            mistakes.AddAt(
                "flow_edge_type",
                $"{Ends(edge, source, target)}: {fault}.",
                assignment.ValueAt,
                edge.ToString()
            );
    }

    private void Value(FlowEdge edge, FieldAssignment assignment, FieldType? to, MessageType source)
    {
        var scope = new ExpressionScope { Message = source };
        var value = mistakes.Compile(assignment.From, scope, assignment.ValueAt, edge.ToString());
        if (to is not null && value?.Misfit(to) is { } misfit)
            mistakes.AddAt(
                "flow_edge_type",
                $"`{to.Name}` of `{edge.To}` cannot be set: {misfit}.",
                assignment.ValueAt,
                edge.ToString()
            );
    }

    private void CheckMissing(FlowEdge? whole, FlowEdge[] entering, Claims claims)
    {
        var edge = whole ?? entering[0];
        var (source, target) = (types.Source(edge)!, types.Target(edge)!);
        string[] missing =
        [
            .. MessageFit.Required(target).Where(f => !claims.Has(f)).Select(f => f.Name),
        ];
        if (missing.Length > 0)
            mistakes.Add(
                "flow_edge_incomplete",
                entering.Length == 1 && whole is not null
                    ? $"{Ends(edge, source, target)}, which also needs {Shown.List(missing)}; add an adapter."
                    : $"The edges to `{edge.To}` leave {Shown.List(missing)} of `{target.FullName}` without a value; "
                        + "add an adapter that sets what is missing.",
                edge
            );
        else if (whole is not null && target.Fields.Count > 0 && !claims.Any(whole))
            mistakes.Add(
                "flow_edge_type",
                $"{Ends(whole, source, target)}, and the two have no field in common.",
                whole
            );
    }

    private static string Ends(FlowEdge edge, MessageType source, MessageType target) =>
        $"`{edge.From}` gives `{source.FullName}`, but `{edge.To}` takes `{target.FullName}`";
}

/// <summary>Which edge sets which field: each field is set once, and of a oneof one.</summary>
internal sealed class Claims(FlowMistakes mistakes)
{
    private readonly Dictionary<string, FlowEdge> setBy = new(StringComparer.Ordinal);

    public bool Has(FieldType field) => setBy.ContainsKey(field.Name);

    public bool Any(FlowEdge edge) => setBy.ContainsValue(edge);

    public void Claim(FlowEdge edge, FieldType field, Position at)
    {
        if (!setBy.TryAdd(field.Name, edge))
        {
            mistakes.AddAt(
                "flow_field_set_twice",
                $"The field `{field.Name}` of `{edge.To}` is set by `{setBy[field.Name]}` and by `{edge}`; one edge may set it.",
                at,
                edge.ToString()
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
                mistakes.AddAt(
                    "flow_field_set_twice",
                    $"`{sibling.Name}` and `{field.Name}` of `{edge.To}` exclude each other (oneof `{field.Oneof.Name}`), "
                        + "yet both are set.",
                    at,
                    edge.ToString()
                );
    }
}
