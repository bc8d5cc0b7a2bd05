using Sluice.Language.Documents;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows.Forms;

/// <summary>Reads one entry of <c>edges</c>.</summary>
internal static class EdgeReader
{
    /// <summary>Characters of one expression.</summary>
    public const int LongestExpression = 8_192;

    /// <summary>Values that one field is compared with.</summary>
    private const int MostValues = 1_000;

    public static FlowEdge Read(MapReader entry)
    {
        const string end = "an alias, `@flow_input` or `@flow_output`";
        var spots = new Spots();
        var edge = new FlowEdge
        {
            From = entry.Checked("from", IsEnd, end),
            To = entry.Checked("to", IsEnd, end),
            Adapter = Adapter(entry),
            Condition = Condition(entry),
            Loop = entry.Flag("loop"),
            MaxIterations = entry.Small("max_iterations"),
            OnError = entry.Flag("on_error"),
            FanOut = entry.Inner("fan_out") is { } fanOut ? FanOut(fanOut, spots) : null,
            At = entry.Map.At(),
            Spots = spots,
        };
        foreach (var key in new[] { "condition", "loop", "max_iterations", "on_error", "fan_out" })
            entry.Spot(spots, key);
        entry.Finish(warnings: false);
        return edge;
    }

    public static bool IsEnd(string text) =>
        text is FlowDocument.FlowInput or FlowDocument.FlowOutput || NameRules.IsAlias(text);

    private static List<FieldAssignment>? Adapter(MapReader edge)
    {
        if (edge.Inner("adapter") is not { } adapter)
            return null;
        var fields = new List<FieldAssignment>();
        foreach (var entry in adapter.Map.Entries.Take(FlowReader.MostFields))
        {
            if (!NameRules.IsFieldName(entry.Key))
                edge.Mistakes.Add(
                    "flow_adapter",
                    $"`{Shown.Text(entry.Key)}` is no name of a field of the receiving message.",
                    entry.Line,
                    entry.Column
                );
            if (entry.Value is not ScalarNode { Type: not ScalarType.Null } source)
                edge.Mistakes.Add(
                    "flow_adapter",
                    "A field of the sending message is expected, a path such as `address.city`, or an expression.",
                    entry.Value
                );
            else
                fields.Add(
                    new FieldAssignment(entry.Key, source.Text, entry.At())
                    {
                        ValueAt = source.At(),
                    }
                );
        }
        if (adapter.Map.Entries.Count is 0 or > FlowReader.MostFields)
            edge.Mistakes.Add(
                "flow_adapter",
                $"An adapter names 1 to {FlowReader.MostFields} fields (`destination: source`); an edge without one carries the whole message.",
                adapter.Map
            );
        return fields;
    }

    private static FlowCondition? Condition(MapReader edge)
    {
        if (edge.Find("condition")?.Value is not { } node)
            return null;
        if (node is ScalarNode { Type: ScalarType.Null })
            return null;
        if (node is ScalarNode text)
            return new FlowCondition
            {
                Op = "CEL",
                Cel = text.Text,
                At = node.At(),
                ValueAt = node.At(),
            };
        if (MapReader.Over(node, "`condition`", FlowReader.Flow, edge.Mistakes) is not { } map)
            return null;
        var op = map.Text("op")?.Text is { Length: > 0 } given ? given.ToUpperInvariant() : "EQ";
        var condition = op == "CEL" ? Expression(map) : Leaf(map, op);
        map.Finish(warnings: false);
        return condition;
    }

    private static FlowCondition? Expression(MapReader map) =>
        map.Text("cel", required: true) is { } cel
            ? new FlowCondition
            {
                Op = "CEL",
                Cel = cel.Text,
                At = map.Map.At(),
                ValueAt = cel.At(),
            }
            : null;

    private static FlowCondition? Leaf(MapReader map, string op)
    {
        var field = map.Text("field", required: true);
        var value = map.Find("value");
        if (!FlowCondition.Operators.Contains(op))
        {
            map.Mistakes.Add(
                "flow_condition",
                $"`op` is {Shown.List(FlowCondition.Operators.Append("CEL"), "or")}, not `{Shown.Text(op)}`.",
                map.Find("op")!.Value
            );
            return null;
        }
        if (field is not null && !NameRules.IsMessageName(field.Text))
        {
            map.Mistakes.Add(
                "flow_condition",
                $"`field` is expected to be a field or a path such as `address.city`, not `{Shown.Text(field.Text)}`.",
                field
            );
            return null;
        }
        if (field is null || !FitsOperator(map, op, value))
            return null;
        return new FlowCondition
        {
            Op = op,
            Field = field.Text,
            Value = value is null ? null : TreeJson.Compact(value.Value),
            At = map.Map.At(),
            ValueAt = value?.Value.At() ?? field.At(),
        };
    }

    private static bool FitsOperator(MapReader map, string op, MapEntry? value)
    {
        var fits = (op, value?.Value) switch
        {
            ("EXISTS", null or ScalarNode { Type: ScalarType.Flag }) => true,
            ("EXISTS", _) => false,
            ("IN", ListNode list) => list.Items.Count is > 0 and <= MostValues
                && list.Items.All(i => i is ScalarNode { Type: not ScalarType.Null }),
            ("IN", _) => false,
            (_, ScalarNode { Type: not ScalarType.Null }) => true,
            _ => false,
        };
        if (fits)
            return true;
        map.Mistakes.Add(
            "flow_condition",
            op switch
            {
                "EXISTS" => "`EXISTS` takes no `value`, or true or false.",
                "IN" =>
                    $"`IN` needs a `value` that is a list of 1 to {MostValues} texts, numbers or flags.",
                _ => $"`{op}` needs a `value`: a text, a number, true or false.",
            },
            value?.Value ?? map.Map
        );
        return false;
    }

    private static FlowFanOut? FanOut(MapReader map, Spots spots)
    {
        var items = map.Checked(
            "items",
            NameRules.IsMessageName,
            "the path of a repeated field of the sending message"
        );
        var usual = new FlowFanOut(items);
        var fanOut = usual with
        {
            Concurrency = map.Small("concurrency") ?? usual.Concurrency,
            MaxItems = map.Small("max_items") ?? usual.MaxItems,
            FailurePolicy = map.Word("failure_policy", GraphJoin.FailFast, GraphJoin.Tolerate),
        };
        foreach (var key in new[] { "items", "concurrency", "max_items", "failure_policy" })
            map.Spot(spots, key, "fan_out." + key);
        map.Finish(warnings: false);
        return items.Length == 0 ? null : fanOut;
    }
}
