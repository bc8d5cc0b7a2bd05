using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>Reads <c>sluice.yaml</c> (or <c>axiom.yaml</c>, which is the same thing under an older name).</summary>
public static class ManifestReader
{
    /// <summary>What the manifest is called, the preferred name first.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["sluice.yaml", "axiom.yaml"];

    private const int MostNodes = 500;
    private const int LongestText = 10_000;

    /// <summary>Checks everything that the manifest alone can tell; unknown keys are warnings.</summary>
    /// <param name="yaml">The text of the file, at most 1 Mi characters.</param>
    /// <param name="file">The path to name in mistakes.</param>
    public static Reading<Manifest> Read(string yaml, string file)
    {
        var mistakes = new MistakeList(file);
        if (
            YamlTree.Read(yaml, mistakes) is not { } root
            || MapReader.Over(root, "the manifest", "manifest", mistakes) is not { } map
        )
            return mistakes.Finish<Manifest>(null);
        return mistakes.Finish(Top(map));
    }

    private static Manifest Top(MapReader map)
    {
        var type = Word(map, "type", ["proto-only"]);
        var nodes = Nodes(map);
        var manifest = new Manifest
        {
            Name = Checked(
                map,
                "name",
                NameRules.IsPackageName,
                "`handle/package-name` in lower-case letters, digits and `-`"
            ),
            Version = Checked(
                map,
                "version",
                NameRules.IsVersion,
                "a semantic version such as 0.1.0"
            ),
            Language = Word(map, "language", PackageLanguages.All, required: true) ?? "",
            Type = type,
            Description = Prose(map, "description"),
            Author = Prose(map, "author"),
            License = Prose(map, "license"),
            Tags = [.. map.Texts("tags").Select(t => t.Text)],
            Nodes = nodes,
            Imports = ManifestParts.Imports(map),
            Env = ManifestParts.Env(map),
            Build = ManifestParts.Build(map),
            Egress = ManifestParts.Egress(map),
        };
        if (type is not null && nodes.Count > 0)
            map.Mistakes.Add(
                "manifest_proto_only",
                "A package of type `proto-only` holds messages alone; it has no `nodes`.",
                nodes[0].Line,
                nodes[0].Column
            );
        map.Finish(warnings: true);
        return manifest;
    }

    private static List<ManifestNode> Nodes(MapReader map)
    {
        var nodes = new List<ManifestNode>();
        var items = map.List("nodes");
        if (items.Count > MostNodes)
            map.Mistakes.Add(
                "manifest_too_many_nodes",
                $"A package has at most {MostNodes} nodes; here are {items.Count}.",
                items[MostNodes]
            );
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in items.Take(MostNodes))
        {
            if (MapReader.Over(item, "a node", "manifest", map.Mistakes) is not { } entry)
                continue;
            var node = Node(entry);
            nodes.Add(node);
            if (NameRules.Snake(node.Name).EndsWith("_test", StringComparison.Ordinal))
                entry.Mistakes.Add(
                    "manifest_name",
                    $"`{node.Name}` would lie in a file that is taken for a test; the name may not end in `Test`.",
                    node.Line,
                    node.Column
                );
            if (node.Name.Length == 0 || files.TryAdd(NameRules.Snake(node.Name), node.Name))
                continue;
            var other = files[NameRules.Snake(node.Name)];
            entry.Mistakes.Add(
                "manifest_duplicate_node",
                other == node.Name
                    ? $"There is a node named `{node.Name}` already."
                    : $"The nodes `{other}` and `{node.Name}` would share one file, `{NameRules.Snake(node.Name)}`.",
                node.Line,
                node.Column
            );
        }
        return nodes;
    }

    private static ManifestNode Node(MapReader entry)
    {
        var (line, column) = (entry.Map.Line, entry.Map.Column);
        const string message = "the name of a message, such as GreetRequest";
        var node = new ManifestNode
        {
            Name = Checked(
                entry,
                "name",
                NameRules.IsNodeName,
                "letters and digits in PascalCase, such as Greet"
            ),
            Input = Checked(entry, "input", NameRules.IsMessageName, message),
            Output = Checked(entry, "output", NameRules.IsMessageName, message),
            Type =
                Word(entry, "type", ["unary", "pipeline"]) == "pipeline"
                    ? NodeType.Pipeline
                    : NodeType.Unary,
            Description = Prose(entry, "description"),
            RequiredSecrets = Secrets(entry),
            Line = line,
            Column = column,
        };
        Unsupported(entry);
        entry.Finish(warnings: true);
        return node;
    }

    private static List<string> Secrets(MapReader entry)
    {
        var names = new List<string>();
        foreach (var name in entry.Texts("required_secrets"))
            if (!NameRules.IsSecretName(name.Text))
                entry.Mistakes.Add(
                    "manifest_secret_name",
                    $"`{Shown.Text(name.Text)}` is no name of a secret: letters, digits and `_`, "
                        + "not starting with a digit, at most 128 characters.",
                    name
                );
            else if (names.Contains(name.Text))
                entry.Mistakes.Warn(
                    "manifest_duplicate_secret",
                    $"`{name.Text}` stands in this list twice.",
                    name.Line,
                    name.Column
                );
            else
                names.Add(name.Text);
        return names;
    }

    /// <summary>Keys that other platforms document for nodes and that mean nothing, or nothing yet, here.</summary>
    private static void Unsupported(MapReader entry)
    {
        if (entry.Flag("mutation_capable"))
            entry.Mistakes.Warn(
                "manifest_no_effect",
                "`mutation_capable` has no effect: a compiled graph never changes.",
                entry.Map.Line,
                entry.Map.Column
            );
        var ports = entry.Find("generic_ports");
        if (entry.Text("kind") is { } kind)
            entry.Mistakes.Add(
                "manifest_kind",
                $"A node of the kind `{Shown.Text(kind.Text)}` cannot be built; leave `kind` out.",
                kind
            );
        else if (ports is not null)
            entry.Mistakes.Add(
                "manifest_kind",
                "`generic_ports` belongs to generic nodes, which cannot be built; leave it out.",
                ports.Line,
                ports.Column
            );
    }

    /// <summary>A required text of a given shape; empty, with a mistake, when it is not that.</summary>
    private static string Checked(MapReader map, string key, Func<string, bool> fits, string shape)
    {
        if (map.Text(key, required: true) is not { } text)
            return "";
        if (fits(text.Text))
            return text.Text;
        map.Mistakes.Add(
            $"manifest_{key}",
            $"`{key}` is expected to be {shape}, not `{Shown.Text(text.Text)}`.",
            text
        );
        return "";
    }

    /// <summary>One of a few words; null when it is absent or another (with a mistake).</summary>
    private static string? Word(
        MapReader map,
        string key,
        IReadOnlyList<string> words,
        bool required = false
    )
    {
        if (map.Text(key, required) is not { } text)
            return null;
        if (words.Contains(text.Text))
            return text.Text;
        map.Mistakes.Add(
            $"manifest_{key}",
            $"`{key}` is expected to be {Shown.List(words, "or")}, not `{Shown.Text(text.Text)}`.",
            text
        );
        return null;
    }

    private static string Prose(MapReader map, string key)
    {
        if (map.Text(key) is not { } text)
            return "";
        if (text.Text.Length > LongestText)
            map.Mistakes.Add(
                "manifest_too_long",
                $"`{key}` has {text.Text.Length} characters; at most {LongestText} are kept.",
                text
            );
        return text.Text;
    }
}
