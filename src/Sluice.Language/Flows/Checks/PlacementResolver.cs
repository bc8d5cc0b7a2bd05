using Sluice.Language.Documents;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>Finds what each placement names: a node of a package, or a compiled flow.</summary>
internal sealed class PlacementResolver(
    Func<PackageReference, ResolvedPackage?> resolve,
    Func<string, FlowGraph?> subflows,
    Func<string, string>? whyMissing,
    FlowMistakes mistakes
)
{
    private readonly Dictionary<PackageReference, ResolvedPackage?> packages = [];
    private readonly Dictionary<string, FlowGraph?> graphs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int?> depths = new(StringComparer.Ordinal);

    /// <summary>Null when something was not found; the mistake is then on record.</summary>
    public Placed? Resolve(FlowPlacement placement)
    {
        if (placement.Subflow is { } id)
            return id.Length == 0 ? null : Subflow(placement, id);
        var reference = placement.Package;
        if (reference.Name.Length == 0 || placement.Node.Length == 0)
            return null;
        if (!packages.TryGetValue(reference, out var package))
            packages[reference] = package = resolve(reference);
        if (package is null)
            return Refuse(
                placement,
                "flow_unknown_package",
                $"There is no package `{reference}` here."
            );
        if (package.Manifest.Node(placement.Node) is not { } node)
        {
            var names = package.Manifest.Nodes.Select(n => n.Name).ToArray();
            var has = names.Length == 0 ? "it has none" : $"it has {Shown.List(names)}";
            return Refuse(
                placement,
                "flow_unknown_node",
                $"`{reference}` has no node `{placement.Node}`; {has}."
            );
        }
        if (
            Message(placement, package, node.Input) is not { } input
            || Message(placement, package, node.Output) is not { } output
        )
            return null;
        return new Placed(placement, input, output) { Package = package, Node = node };
    }

    private MessageType? Message(FlowPlacement placement, ResolvedPackage package, string name)
    {
        if (package.Schema.Find(name) is { } type)
            return type;
        Refuse(
            placement,
            "flow_unknown_message",
            $"`{placement.Package}` does not declare the message `{name}`."
        );
        return null;
    }

    private Placed? Subflow(FlowPlacement placement, string id)
    {
        if (Find(id) is not { } graph)
            return Refuse(
                placement,
                "flow_unknown_subflow",
                whyMissing?.Invoke(id) ?? Missing(id),
                "subflow"
            );
        if (Depth(id) is not { } depth)
            return Refuse(
                placement,
                "flow_unknown_subflow",
                $"The graph `{id}` has a subflow that is not here.",
                "subflow"
            );
        if (depth > FlowCompiler.DeepestSubflow)
            return Refuse(
                placement,
                "flow_subflow_depth",
                $"With `{id}`, flows lie more than {FlowCompiler.DeepestSubflow} deep in each other.",
                "subflow"
            );
        if (graph.IsPipeline)
            return Refuse(
                placement,
                "flow_pipeline_subflow",
                $"`{id}` gives a stream; such a flow cannot be part of another.",
                "subflow"
            );
        var plan = FlowPlan.For(graph, inner => Find(inner)!);
        var fits = Named(placement, "input", placement.Input, plan.Input);
        fits &= Named(placement, "output", placement.Output, plan.Output);
        return fits ? new Placed(placement, plan.Input, plan.Output) : null;
    }

    private static string Missing(string id) =>
        id.Contains('/', StringComparison.Ordinal)
            ? $"There is no flow `{id}` here that has been compiled."
            : $"There is no compiled graph `{id}` here.";

    private bool Named(FlowPlacement placement, string key, string? said, MessageType type)
    {
        if (said is null || said == type.Name || said == type.FullName)
            return true;
        Refuse(
            placement,
            "flow_subflow_message",
            $"`{key}` says `{said}`, but the {key} of `{placement.Subflow}` is `{type.FullName}`.",
            key
        );
        return false;
    }

    private FlowGraph? Find(string id) =>
        graphs.TryGetValue(id, out var known) ? known : graphs[id] = subflows(id);

    /// <summary>1 for a flow without flows in it, and so on; null when one of them is not there. Each graph is followed once.</summary>
    private int? Depth(string id)
    {
        if (depths.TryGetValue(id, out var known))
            return known;
        int? depth = Find(id) is null ? null : 1;
        if (Find(id) is { } graph)
            foreach (var inner in graph.Subflows)
                depth =
                    Depth(inner) is { } below && depth is { } deep
                        ? Math.Max(deep, below + 1)
                        : null;
        return depths[id] = depth;
    }

    private Placed? Refuse(FlowPlacement placement, string code, string message, string? key = null)
    {
        mistakes.Add(code, message, placement, key);
        return null;
    }
}
