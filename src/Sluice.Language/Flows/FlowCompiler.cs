using Sluice.Language.Documents;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows;

/// <summary>
/// Turns a flow into its immutable graph.
/// <list type="number">
/// <item>resolve: every placement names a package, a node in it and two messages</item>
/// <item>wire: every edge has two known ends, no pair has two edges, no alias is given twice</item>
/// <item>shape: no cycles; every placement is reached from the input and leads to the output; one output</item>
/// <item>type: every edge fits, every field is set once, no required field is left out</item>
/// <item>freeze: placements in topological order, with all that a run needs</item>
/// </list>
/// All mistakes of all steps are reported together, as far as a later step can be judged at all.
/// </summary>
public static class FlowCompiler
{
    /// <summary>Reads and compiles in one, so that mistakes of form and mistakes of wiring are told together.</summary>
    /// <param name="yamlOrJson">The text of a flow; see <see cref="FlowReader.Read"/>.</param>
    /// <param name="file">The path to name in mistakes.</param>
    /// <param name="resolve">Asked once per package version; null means that there is no such package for the caller.</param>
    public static Reading<FlowGraph> Compile(
        string yamlOrJson,
        string file,
        Func<PackageReference, ResolvedPackage?> resolve
    )
    {
        var mistakes = new MistakeList(file);
        return FlowReader.ReadPart(yamlOrJson, file, mistakes) is { } flow
            ? Compile(flow, resolve, mistakes)
            : mistakes.Finish<FlowGraph>(null);
    }

    /// <param name="flow">As read by <see cref="FlowReader"/>.</param>
    /// <param name="resolve">Asked once per package version; null means that there is no such package for the caller.</param>
    /// <returns>A graph, or every mistake with position and <c>Where</c>: an alias or both ends of an edge.</returns>
    public static Reading<FlowGraph> Compile(
        FlowDocument flow,
        Func<PackageReference, ResolvedPackage?> resolve
    ) => Compile(flow, resolve, new MistakeList(flow.File));

    private static Reading<FlowGraph> Compile(
        FlowDocument flow,
        Func<PackageReference, ResolvedPackage?> resolve,
        MistakeList mistakes
    )
    {
        var packages = new Dictionary<PackageReference, ResolvedPackage?>();

        // 1 resolve
        var placed = new Dictionary<string, Placed>(StringComparer.Ordinal);
        var aliases = new List<string>();
        foreach (var placement in flow.Nodes)
        {
            var alias = placement.Alias;
            if (alias.Length == 0)
                continue;
            if (aliases.Contains(alias))
                Add(
                    "flow_duplicate_alias",
                    $"There is a placement with the alias `{alias}` already.",
                    placement
                );
            else
                aliases.Add(alias);
            if (Resolve(placement, packages, resolve, mistakes) is { } node)
                placed.TryAdd(alias, node);
        }

        // 2 wire, 3 shape
        var structure = FlowStructure.Check(flow, aliases, mistakes);

        // 4 type
        var types = new EdgeTypes(flow, placed, mistakes);
        types.Check(structure.Edges);

        // 5 freeze
        return mistakes.HasErrors
            ? mistakes.Finish<FlowGraph>(null)
            : mistakes.Finish(Freeze(flow, structure, placed, types.Entry!));

        void Add(string code, string message, FlowPlacement at) =>
            mistakes.Add(code, message, at.At.Line, at.At.Column, at.Alias);
    }

    private static Placed? Resolve(
        FlowPlacement placement,
        Dictionary<PackageReference, ResolvedPackage?> packages,
        Func<PackageReference, ResolvedPackage?> resolve,
        MistakeList mistakes
    )
    {
        var reference = placement.Package;
        if (reference.Name.Length == 0 || placement.Node.Length == 0)
            return null;
        if (!packages.TryGetValue(reference, out var package))
            packages[reference] = package = resolve(reference);
        if (package is null)
            return Refuse("flow_unknown_package", $"There is no package `{reference}` here.");
        if (package.Manifest.Node(placement.Node) is not { } node)
        {
            var names = package.Manifest.Nodes.Select(n => n.Name).ToArray();
            var has = names.Length == 0 ? "it has none" : $"it has {Shown.List(names)}";
            return Refuse(
                "flow_unknown_node",
                $"`{reference}` has no node `{placement.Node}`; {has}."
            );
        }
        if (node.Type == NodeType.Pipeline)
            return Refuse(
                "flow_pipeline_node",
                $"`{node.Name}` of `{reference}` works on streams; a flow takes nodes of the type `unary`."
            );
        if (Message(node.Input) is not { } input || Message(node.Output) is not { } output)
            return null;
        return new Placed(placement, package, node, input, output);

        MessageType? Message(string name)
        {
            if (package.Schema.Find(name) is { } type)
                return type;
            Refuse("flow_unknown_message", $"`{reference}` does not declare the message `{name}`.");
            return null;
        }

        Placed? Refuse(string code, string message)
        {
            var at = placement.At;
            mistakes.Add(code, message, at.Line, at.Column, placement.Alias);
            return null;
        }
    }

    private static FlowGraph Freeze(
        FlowDocument flow,
        FlowStructure structure,
        Dictionary<string, Placed> placed,
        Placed entry
    )
    {
        var terminal = structure.Edges.First(e => e.To == FlowDocument.FlowOutput).From;
        return new FlowGraph
        {
            Name = flow.Name,
            Version = flow.Version,
            Nodes = [.. structure.Order.Select(alias => placed[alias].ToGraph())],
            Edges =
            [
                .. structure.Edges.Select(e => new GraphEdge
                {
                    From = e.From,
                    To = e.To,
                    Fields = e.Adapter is null
                        ? null
                        : [.. e.Adapter.Select(f => new GraphField(f.To, f.From))],
                }),
            ],
            Packages =
            [
                .. structure
                    .Order.Select(alias => placed[alias])
                    .DistinctBy(p => p.Placement.Package)
                    .Select(p => p.ToGraphPackage()),
            ],
            Entry = entry.Placement.Alias,
            Terminal = terminal,
            InputType = entry.Input.FullName,
            OutputType = placed[terminal].Output.FullName,
        };
    }
}

/// <summary>A placement with what its names were found to mean.</summary>
internal sealed record Placed(
    FlowPlacement Placement,
    ResolvedPackage Package,
    ManifestNode Node,
    MessageType Input,
    MessageType Output
)
{
    public GraphNode ToGraph() =>
        new()
        {
            Alias = Placement.Alias,
            Package = Placement.Package.Name,
            Version = Placement.Package.Version,
            Digest = Package.Digest,
            Language = Package.Manifest.Language,
            Node = Node.Name,
            InputType = Input.FullName,
            OutputType = Output.FullName,
            RequiredSecrets = Node.RequiredSecrets,
        };

    public GraphPackage ToGraphPackage() =>
        new()
        {
            Name = Placement.Package.Name,
            Version = Placement.Package.Version,
            Digest = Package.Digest,
            SchemaFingerprint = Package.Schema.Fingerprint,
            Protos = new SortedDictionary<string, string>(
                Package.Schema.Sources.ToDictionary(),
                StringComparer.Ordinal
            ),
        };
}
