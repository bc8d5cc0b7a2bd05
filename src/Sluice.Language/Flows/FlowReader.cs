using Sluice.Language.Documents;
using Sluice.Language.Flows.Forms;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows;

/// <summary>Reads <c>flow.yaml</c>, or the same document as JSON.</summary>
public static class FlowReader
{
    /// <summary>Placements of one flow.</summary>
    public const int MostNodes = 1_000;

    /// <summary>Edges of one flow.</summary>
    public const int MostEdges = 5_000;

    /// <summary>Characters of a description.</summary>
    public const int LongestDescription = 4_000;

    /// <summary>Names of secrets, fields of a facade, of an adapter or of a compose plan.</summary>
    public const int MostFields = 500;

    /// <summary>Columns and rows of the drawing.</summary>
    public const int LargestCell = 9_999;

    internal const string Flow = "flow";

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

    /// <summary>What a document names outside of itself, also one with mistakes: a compiler can only judge the rest when it is given these.</summary>
    public static FlowReferences References(string yamlOrJson, string file)
    {
        var nodes = ReadPart(yamlOrJson, file, new MistakeList(file))?.Nodes ?? [];
        return new FlowReferences(
            [
                .. nodes
                    .Where(n => n.Subflow is null && n.Package.Name.Length > 0)
                    .Select(n => n.Package)
                    .Distinct(),
            ],
            [.. nodes.Select(n => n.Subflow).OfType<string>().Where(id => id.Length > 0).Distinct()]
        );
    }

    /// <summary>The name of the flow whose document this is; null when it is none, or has no name that one can have.</summary>
    public static string? NameOf(string yamlOrJson, string file)
    {
        var mistakes = new MistakeList(file);
        return ReadPart(yamlOrJson, file, mistakes) is { Name.Length: > 0, Edges.Count: > 0 } flow
            ? flow.Name
            : null;
    }

    /// <summary>
    /// What can be read beside the mistakes, for a compiler that goes on looking for more: a name that is missing or
    /// malformed is empty, and has a mistake.
    /// </summary>
    internal static FlowDocument? ReadPart(string yamlOrJson, string file, MistakeList mistakes)
    {
        mistakes.Where = Flow;
        var root = IsJson(yamlOrJson, file)
            ? JsonTree.Read(yamlOrJson, mistakes)
            : YamlTree.Read(yamlOrJson, mistakes);
        if (root is null || MapReader.Over(root, "a flow", "flow", mistakes) is not { } map)
            return null;
        var spots = new Spots();
        var document = new FlowDocument
        {
            Name = map.Checked(
                "name",
                NameRules.IsPackageName,
                "`handle/flow-name` in lower-case letters, digits and `-`"
            ),
            Version = Version(map),
            Description = map.Limited("description", LongestDescription),
            PipelineMode = map.Flag("pipeline_mode"),
            Start = map.Optional("start", NameRules.IsAlias, "the alias of a placement"),
            Nodes = Nodes(map),
            Edges = Edges(map),
            InputFacade = Facade(map, "input_facade", FlowDocument.FlowInput),
            OutputFacade = Facade(map, "output_facade", FlowDocument.FlowOutput),
            SecretRefs = SecretRefs(map),
            File = file,
            Text = yamlOrJson,
            Spots = spots,
        };
        map.Spot(spots, "start");
        map.Spot(spots, "pipeline_mode");
        map.Spot(spots, "nodes");
        map.Spot(spots, "edges");
        map.Finish(warnings: false);
        return document;
    }

    internal static bool IsJson(string text, string file) =>
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
            map.Mistakes.Where = Peek(item, "alias") ?? $"nodes[{nodes.Count}]";
            nodes.Add(
                MapReader.Over(item, "a placement", "flow", map.Mistakes) is { } entry
                    ? PlacementReader.Read(entry)
                    : new FlowPlacement { Alias = "", At = item.At() }
            );
        }
        map.Mistakes.Where = Flow;
        return nodes;
    }

    private static List<FlowEdge> Edges(MapReader map)
    {
        var edges = new List<FlowEdge>();
        var index = 0;
        foreach (var item in Bounded(map, "edges", MostEdges))
        {
            map.Mistakes.Where =
                Peek(item, "from") is { } from && Peek(item, "to") is { } to
                    ? $"{from} -> {to}"
                    : $"edges[{index}]";
            index++;
            if (MapReader.Over(item, "an edge", "flow", map.Mistakes) is { } entry)
                edges.Add(EdgeReader.Read(entry));
        }
        map.Mistakes.Where = Flow;
        return edges;
    }

    private static FlowFacade? Facade(MapReader map, string key, string end)
    {
        map.Mistakes.Where = end;
        var facade = map.Inner(key) is { } inner ? FacadeReader.Read(inner, end) : null;
        map.Mistakes.Where = Flow;
        return facade;
    }

    private static List<string> SecretRefs(MapReader map)
    {
        var names = new List<string>();
        if (map.Inner("run_config") is not { } config)
            return names;
        foreach (var name in config.Texts("secret_refs"))
            if (names.Count == MostFields || !NameRules.IsSecretName(name.Text))
                map.Mistakes.Add(
                    "flow_secret_ref",
                    $"`secret_refs` holds at most {MostFields} names of secrets; `{Shown.Text(name.Text)}` is no such name or one too many.",
                    name
                );
            else
                names.Add(name.Text);
        config.Finish(warnings: false);
        return names;
    }

    /// <summary>The text of a key, to say where a mistake is before anything is checked.</summary>
    private static string? Peek(TreeNode node, string key) =>
        (node as MapNode)?.Entries.FirstOrDefault(e => e.Key == key)?.Value
            is ScalarNode { Type: not ScalarType.Null } text
            ? Shown.Text(text.Text)
            : null;

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
}

/// <summary>What a flow is made of that is not in its document.</summary>
/// <param name="Packages">Versions of packages, each once.</param>
/// <param name="Subflows">Ids of compiled graphs and names of flows, each once.</param>
public sealed record FlowReferences(
    IReadOnlyList<PackageReference> Packages,
    IReadOnlyList<string> Subflows
);
