using Sluice.Language.Documents;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows.Forms;

/// <summary>Reads <c>join</c> and <c>compose</c>, of a placement and of the output facade alike.</summary>
internal static class JoinReader
{
    public static GraphJoin Join(MapReader map)
    {
        var usual = new GraphJoin();
        var join = new GraphJoin
        {
            Kind = map.Word("kind", GraphJoin.And, GraphJoin.Xor) ?? usual.Kind,
            FailurePolicy =
                map.Word("failure_policy", GraphJoin.FailFast, GraphJoin.Tolerate)
                ?? usual.FailurePolicy,
        };
        map.Finish(warnings: false);
        return join;
    }

    /// <summary>Null when there is no key <c>compose</c>.</summary>
    public static List<FlowCompose>? Compose(MapReader owner)
    {
        if (owner.Inner("compose") is not { } compose)
            return null;
        var fields = new List<FlowCompose>();
        if (compose.Inner("compose_plan") is not { } plan || plan.Map.Entries.Count == 0)
            owner.Mistakes.Add(
                "flow_compose",
                "`compose` needs the key `compose_plan` with at least one field.",
                compose.Map
            );
        else if (plan.Map.Entries.Count > FlowReader.MostFields)
            owner.Mistakes.Add(
                "flow_too_large",
                $"A compose plan has at most {FlowReader.MostFields} fields.",
                plan.Map
            );
        else
            foreach (var entry in plan.Map.Entries)
                if (Field(entry, owner.Mistakes) is { } field)
                    fields.Add(field);
        compose.Finish(warnings: false);
        return fields;
    }

    private static FlowCompose? Field(MapEntry entry, MistakeList mistakes)
    {
        if (!NameRules.IsFieldName(entry.Key))
            mistakes.Add(
                "flow_compose",
                $"`{Shown.Text(entry.Key)}` is no name of a field of the receiving message.",
                entry.Line,
                entry.Column
            );
        if (
            MapReader.Over(entry.Value, "a field of a compose plan", FlowReader.Flow, mistakes)
            is not { } map
        )
            return null;
        var source = map.Text("src_edge");
        var path = map.Text("src_path");
        var cel = map.Text("cel");
        map.Finish(warnings: false);
        var whole = cel is null
            ? source is not null && path is not null
            : source is null && path is null;
        if (
            !whole
            || source is not null && !EdgeReader.IsEnd(source.Text)
            || path is not null && !NameRules.IsMessageName(path.Text)
        )
        {
            mistakes.Add(
                "flow_compose",
                "A field of a compose plan is `{src_edge: alias, src_path: path}` or `{cel: expression}`.",
                entry.Value
            );
            return null;
        }
        return new FlowCompose(entry.Key, source?.Text, path?.Text, cel?.Text, entry.At())
        {
            ValueAt = (cel ?? path)!.At(),
        };
    }
}
