using Sluice.Language.Documents;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows.Forms;

/// <summary>Reads <c>input_facade</c> and <c>output_facade</c>.</summary>
internal static class FacadeReader
{
    /// <summary>Characters of an example, as compact JSON.</summary>
    private const int LongestExample = 64 * 1024;

    /// <param name="end">Which of the two it is: the input has an example, the output joins.</param>
    public static FlowFacade Read(MapReader map, string end)
    {
        var spots = new Spots();
        var facade = new FlowFacade
        {
            MessageName = map.Checked(
                "message_name",
                NameRules.IsNodeName,
                "the name of a message in PascalCase, such as OrderRequest"
            ),
            Description = map.Limited("description", FlowReader.LongestDescription),
            Fields = Fields(map),
            At = map.Map.At(),
            Spots = spots,
        };
        if (end == FlowDocument.FlowInput)
            facade = facade with { ExampleInput = Example(map) };
        else
            facade = facade with
            {
                Join = map.Inner("join") is { } join ? JoinReader.Join(join) : null,
                Compose = JoinReader.Compose(map),
            };
        foreach (var key in new[] { "message_name", "example_input", "join", "compose" })
            if (map.Map.Entries.Any(e => e.Key == key))
                map.Spot(spots, key);
        map.Finish(warnings: false);
        return facade;
    }

    private static string? Example(MapReader map)
    {
        if (map.Find("example_input")?.Value is not { } node)
            return null;
        if (node is not MapNode)
        {
            map.Mistakes.Add(
                "flow_example",
                $"`example_input` is expected to be a mapping: the message as JSON shows it, not {node.Kind}.",
                node
            );
            return null;
        }
        var json = TreeJson.Compact(node);
        if (json.Length <= LongestExample)
            return json;
        map.Mistakes.Add(
            "flow_too_large",
            $"`example_input` has {json.Length} characters; at most {LongestExample} are taken.",
            node
        );
        return null;
    }

    private static List<FacadeField> Fields(MapReader map)
    {
        var fields = new List<FacadeField>();
        if (map.Inner("fields") is not { } inner)
            return fields;
        if (inner.Map.Entries.Count > FlowReader.MostFields)
            map.Mistakes.Add(
                "flow_too_large",
                $"A facade has at most {FlowReader.MostFields} fields.",
                inner.Map
            );
        foreach (var entry in inner.Map.Entries.Take(FlowReader.MostFields))
            if (Field(entry, map.Mistakes) is { } field)
                fields.Add(field);
        return fields;
    }

    private static FacadeField? Field(MapEntry entry, MistakeList mistakes)
    {
        if (!NameRules.IsFieldName(entry.Key))
            mistakes.Add(
                "flow_facade_field",
                $"`{Shown.Text(entry.Key)}` is no name of a field: letters, digits and `_`, at most 64.",
                entry.Line,
                entry.Column
            );
        if (
            MapReader.Over(entry.Value, "a field of a facade", FlowReader.Flow, mistakes)
            is not { } map
        )
            return null;
        var kind = map.Checked(
            "kind",
            NameRules.IsMessageName,
            "a type such as string, int32 or google.protobuf.Timestamp"
        );
        var field = new FacadeField(entry.Key, kind)
        {
            Repeated = map.Flag("repeated"),
            Optional = map.Flag("optional"),
            Description = map.Limited("description", FlowReader.LongestDescription),
            At = entry.At(),
        };
        map.Finish(warnings: false);
        return field;
    }
}
