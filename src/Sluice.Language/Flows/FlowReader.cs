using Sluice.Language.Documents;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows;

/// <summary>Reads <c>flow.yaml</c>, or the same document as JSON.</summary>
public static class FlowReader
{
    /// <summary>Placements of one flow.</summary>
    public const int MostNodes = 1_000;

    /// <summary>Edges of one flow.</summary>
    public const int MostEdges = 5_000;

    /// <summary>
    /// Checks the form of the document: known keys, kinds of values, shapes of names. A key that is unknown is a mistake,
    /// for a flow that quietly ignored a word of its author would be wired otherwise than it reads.
    /// </summary>
    /// <param name="yamlOrJson">At most 1 Mi characters; JSON when the file is named <c>.json</c> or the text starts with a brace.</param>
    /// <param name="file">The path to name in mistakes.</param>
    public static Reading<FlowDocument> Read(string yamlOrJson, string file)
    {
        var mistakes = new MistakeList(file);
        return mistakes.Finish(ReadPart(yamlOrJson, file, mistakes));
    }

    /// <summary>
    /// What can be read beside the mistakes, for a compiler that goes on looking for more: a name that is missing or
    /// malformed is empty, and has a mistake.
    /// </summary>
    internal static FlowDocument? ReadPart(string yamlOrJson, string file, MistakeList mistakes)
    {
        var root = IsJson(yamlOrJson, file)
            ? JsonTree.Read(yamlOrJson, mistakes)
            : YamlTree.Read(yamlOrJson, mistakes);
        if (root is null || MapReader.Over(root, "a flow", "flow", mistakes) is not { } map)
            return null;
        var document = new FlowDocument
        {
            Name = Checked(
                map,
                "name",
                NameRules.IsPackageName,
                "`handle/flow-name` in lower-case letters, digits and `-`"
            ),
            Version = Version(map),
            Description = map.Text("description")?.Text ?? "",
            Nodes = Nodes(map),
            Edges = Edges(map),
            File = file,
        };
        map.Finish(warnings: false);
        return document;
    }

    private static bool IsJson(string text, string file) =>
        file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        || text.AsSpan().TrimStart() is ['{', ..];

    private static string Version(MapReader map)
    {
        if (map.Text("version") is not { } text || NameRules.IsVersion(text.Text))
            return map.Text("version")?.Text ?? "";
        map.Mistakes.Add(
            "flow_version",
            $"`version` is expected to be a semantic version such as 0.1.0, not `{Shown.Text(text.Text)}`.",
            text
        );
        return "";
    }

    private static List<FlowPlacement> Nodes(MapReader map)
    {
        var nodes = new List<FlowPlacement>();
        foreach (var item in Bounded(map, "nodes", MostNodes))
        {
            if (MapReader.Over(item, "a placement", "flow", map.Mistakes) is not { } entry)
                continue;
            var package = entry.Text("package", required: true);
            PackageReference? reference = null;
            if (package is not null && !PackageReference.TryParse(package.Text, out reference))
                map.Mistakes.Add(
                    "flow_package",
                    "`package` is expected to be `handle/package-name@version` with one exact version, "
                        + $"not `{Shown.Text(package.Text)}`.",
                    package
                );
            nodes.Add(
                new FlowPlacement
                {
                    Alias = Checked(
                        entry,
                        "alias",
                        NameRules.IsAlias,
                        "letters, digits, `_` and `-`, starting with a letter"
                    ),
                    Package = reference ?? new PackageReference("", ""),
                    Node = Checked(
                        entry,
                        "node",
                        NameRules.IsNodeName,
                        "the name of a node in PascalCase, such as Greet"
                    ),
                    At = new Position(item.Line, item.Column),
                }
            );
            entry.Finish(warnings: false);
        }
        return nodes;
    }

    private static List<FlowEdge> Edges(MapReader map)
    {
        var edges = new List<FlowEdge>();
        const string end = "an alias, `@flow_input` or `@flow_output`";
        foreach (var item in Bounded(map, "edges", MostEdges))
        {
            if (MapReader.Over(item, "an edge", "flow", map.Mistakes) is not { } entry)
                continue;
            edges.Add(
                new FlowEdge
                {
                    From = Checked(entry, "from", IsEnd, end),
                    To = Checked(entry, "to", IsEnd, end),
                    Adapter = Adapter(entry),
                    At = new Position(item.Line, item.Column),
                }
            );
            entry.Finish(warnings: false);
        }
        return edges;
    }

    private static bool IsEnd(string text) =>
        text is FlowDocument.FlowInput or FlowDocument.FlowOutput || NameRules.IsAlias(text);

    private static List<FieldAssignment>? Adapter(MapReader edge)
    {
        if (edge.Inner("adapter") is not { } adapter)
            return null;
        var fields = new List<FieldAssignment>();
        foreach (var entry in adapter.Map.Entries)
        {
            if (!NameRules.IsFieldName(entry.Key))
                edge.Mistakes.Add(
                    "flow_adapter",
                    $"`{Shown.Text(entry.Key)}` is no name of a field of the receiving message.",
                    entry.Line,
                    entry.Column
                );
            if (entry.Value is not ScalarNode source || !NameRules.IsMessageName(source.Text))
                edge.Mistakes.Add(
                    "flow_adapter",
                    "A field of the sending message is expected, or a path such as `address.city`.",
                    entry.Value
                );
            else
                fields.Add(
                    new FieldAssignment(
                        entry.Key,
                        source.Text,
                        new Position(entry.Line, entry.Column)
                    )
                );
        }
        if (adapter.Map.Entries.Count == 0)
            edge.Mistakes.Add(
                "flow_adapter",
                "An adapter names at least one field (`destination: source`); an edge without one carries the whole message.",
                adapter.Map
            );
        return fields;
    }

    private static IEnumerable<TreeNode> Bounded(MapReader map, string key, int most)
    {
        var items = map.List(key);
        if (map.Find(key) is null)
            map.Mistakes.Add("flow_missing", $"A flow needs the key `{key}`.", map.Map);
        else if (items.Count > most)
            map.Mistakes.Add(
                "flow_too_large",
                $"A flow has at most {most} {key}; here are {items.Count}.",
                items[most]
            );
        return items.Take(most);
    }

    private static string Checked(MapReader map, string key, Func<string, bool> fits, string shape)
    {
        if (map.Text(key, required: true) is not { } text)
            return "";
        if (fits(text.Text))
            return text.Text;
        map.Mistakes.Add(
            $"flow_{key}",
            $"`{key}` is expected to be {shape}, not `{Shown.Text(text.Text)}`.",
            text
        );
        return "";
    }
}
