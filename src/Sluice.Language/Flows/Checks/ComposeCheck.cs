using Sluice.Language.Documents;
using Sluice.Language.Expressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>The type rules of compose plans.</summary>
internal sealed class ComposeCheck(FlowDocument flow, FlowTypes types, FlowMistakes mistakes)
{
    public static IReadOnlyList<GraphCompose>? ToGraph(IReadOnlyList<FlowCompose>? fields) =>
        fields is null
            ? null
            : [.. fields.Select(f => new GraphCompose(f.To, f.Source, f.Path, f.Cel))];

    /// <param name="edges">With known ends.</param>
    public void Check(IReadOnlyList<FlowEdge> edges, IReadOnlyDictionary<string, Placed> placed)
    {
        var entering = edges.Where(e => !e.Loop).ToLookup(e => e.To);
        foreach (var placement in flow.Nodes)
            if (
                placement.Compose is { } fields
                && placed.GetValueOrDefault(placement.Alias)?.Input is { } target
            )
                Plan(fields, target, placement.Alias, [.. entering[placement.Alias]]);
        if (flow.OutputFacade?.Compose is { } output && types.Output is { } given)
        {
            Plan(output, given, FlowDocument.FlowOutput, [.. entering[FlowDocument.FlowOutput]]);
            Missing(output, given);
        }
    }

    private void Plan(
        IReadOnlyList<FlowCompose> fields,
        MessageType target,
        string alias,
        FlowEdge[] entering
    )
    {
        var sources = new Dictionary<string, MessageType>(StringComparer.Ordinal);
        foreach (var edge in entering)
            if (types.Source(edge) is { } source)
                sources[edge.From] = source;
        var scope = new ExpressionScope
        {
            Inputs = sources.ToDictionary(
                s => FlowDocument.InputName(s.Key),
                s => s.Value,
                StringComparer.Ordinal
            ),
        };
        var set = new HashSet<FieldType>();
        foreach (var field in fields)
        {
            if (target.Field(field.To) is not { } to)
            {
                mistakes.AddAt(
                    "flow_unknown_field",
                    $"`{alias}` takes `{target.FullName}`, which has no field `{Shown.Text(field.To)}`{FieldPath.Has(target)}.",
                    field.At,
                    alias
                );
                continue;
            }
            Twice(to, set, field, alias);
            if (field.Cel is not null)
                Value(field, to, scope, alias);
            else
                Path(field, to, sources, entering, alias);
        }
    }

    private void Twice(FieldType to, HashSet<FieldType> set, FlowCompose field, string alias)
    {
        var other = (to.Oneof?.Fields ?? []).FirstOrDefault(f => f != to && set.Contains(f));
        if (set.Add(to) && other is null)
            return;
        mistakes.AddAt(
            "flow_field_set_twice",
            other is null
                ? $"The compose plan of `{alias}` sets `{to.Name}` twice."
                : $"`{other.Name}` and `{to.Name}` of `{alias}` exclude each other (oneof `{to.Oneof!.Name}`), yet both are set.",
            field.At,
            alias
        );
    }

    private void Value(FlowCompose field, FieldType to, ExpressionScope scope, string alias)
    {
        var value = mistakes.Compile(field.Cel!, scope, field.ValueAt, alias);
        if (value?.Misfit(to) is { } misfit)
            mistakes.AddAt(
                "flow_edge_type",
                $"`{to.Name}` of `{alias}` cannot be set: {misfit}.",
                field.ValueAt,
                alias
            );
    }

    private void Path(
        FlowCompose field,
        FieldType to,
        Dictionary<string, MessageType> sources,
        FlowEdge[] entering,
        string alias
    )
    {
        if (!sources.TryGetValue(field.Source!, out var source))
        {
            // A source whose messages could not be found has its own mistake.
            if (!entering.Any(e => e.From == field.Source))
                mistakes.AddAt(
                    "flow_compose_source",
                    $"`src_edge` names `{field.Source}`, but no edge leads from there to `{alias}`"
                        + (
                            entering.Length == 0
                                ? "."
                                : $"; edges lead from {Shown.List(entering.Select(e => e.From))}."
                        ),
                    field.At,
                    alias
                );
            return;
        }
        if (FieldPath.Find(source, field.Path!, field.Source!, out var wrong) is not { } from)
            mistakes.AddAt(wrong.Code, wrong.Message, field.ValueAt, alias);
        else if (MessageFit.Fault(to, from) is { } fault)
            mistakes.AddAt(
                "flow_edge_type",
                $"The compose plan of `{alias}` does not fit: {fault}.",
                field.ValueAt,
                alias
            );
    }

    /// <summary>What the flow gives is complete.</summary>
    private void Missing(IReadOnlyList<FlowCompose> fields, MessageType target)
    {
        string[] missing =
        [
            .. MessageFit
                .Required(target)
                .Select(f => f.Name)
                .Where(name => fields.All(f => f.To != name)),
        ];
        if (missing.Length > 0)
            mistakes.AddAt(
                "flow_edge_incomplete",
                $"The compose plan of `@flow_output` leaves {Shown.List(missing)} of `{target.FullName}` without a value.",
                flow.OutputFacade!.Spots.Of("compose", flow.OutputFacade.At),
                FlowDocument.FlowOutput
            );
    }
}
