using Sluice.Language.Documents;
using Sluice.Language.Flows.Checks;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows;

/// <summary>
/// Turns a flow into its immutable graph.
/// <list type="number">
/// <item>resolve: every placement names a package, a node in it and two messages, or a compiled flow</item>
/// <item>wire: every edge has two known ends, no pair has two edges, no alias is given twice</item>
/// <item>shape: no cycles but bounded loops; every placement is reached from the input and leads to the output</item>
/// <item>type: every edge fits, every field is set once, no required field is left out, every expression has its type</item>
/// <item>freeze: placements in topological order, with all that a run needs</item>
/// </list>
/// All mistakes of all steps are reported together, as far as a later step can be judged at all.
/// </summary>
public static class FlowCompiler
{
    /// <summary>Flows within flows, the outermost not counted.</summary>
    public const int DeepestSubflow = 8;

    /// <summary>Reads and compiles in one, so that mistakes of form and mistakes of wiring are told together.</summary>
    /// <param name="yamlOrJson">The text of a flow; see <see cref="FlowReader.Read"/>.</param>
    /// <param name="file">The path to name in mistakes.</param>
    /// <param name="resolve">Asked once per package version; null means that there is no such package for the caller.</param>
    /// <param name="subflows">Asked once per graph id or name of a flow, as the document has it, also for flows within flows; null means that there is none for the caller.</param>
    /// <param name="whyMissing">A sentence about a subflow that is not there, for callers who know more of it; null: that it is not there.</param>
    public static Reading<FlowGraph> Compile(
        string yamlOrJson,
        string file,
        Func<PackageReference, ResolvedPackage?> resolve,
        Func<string, FlowGraph?>? subflows = null,
        Func<string, string>? whyMissing = null
    )
    {
        var mistakes = new MistakeList(file);
        return FlowReader.ReadPart(yamlOrJson, file, mistakes) is { } flow
            ? Compile(flow, resolve, subflows, whyMissing, mistakes)
            : mistakes.Finish<FlowGraph>(null);
    }

    /// <param name="flow">As read by <see cref="FlowReader"/>.</param>
    /// <param name="resolve">Asked once per package version; null means that there is no such package for the caller.</param>
    /// <param name="subflows">Asked once per graph id or name of a flow, as the document has it, also for flows within flows; null means that there is none for the caller.</param>
    /// <returns>A graph, or every mistake with position and <c>Where</c>: an alias, both ends of an edge, one of the flow's ends, or <c>flow</c>.</returns>
    public static Reading<FlowGraph> Compile(
        FlowDocument flow,
        Func<PackageReference, ResolvedPackage?> resolve,
        Func<string, FlowGraph?>? subflows = null
    ) => Compile(flow, resolve, subflows, null, new MistakeList(flow.File));

    private static Reading<FlowGraph> Compile(
        FlowDocument flow,
        Func<PackageReference, ResolvedPackage?> resolve,
        Func<string, FlowGraph?>? subflows,
        Func<string, string>? whyMissing,
        MistakeList list
    )
    {
        list.Where = FlowReader.Flow;
        var mistakes = new FlowMistakes(flow, list);
        var resolver = new PlacementResolver(
            resolve,
            subflows ?? (_ => null),
            whyMissing,
            mistakes
        );

        // 1 resolve
        var placed = new Dictionary<string, Placed>(StringComparer.Ordinal);
        var placements = new Dictionary<string, FlowPlacement>(StringComparer.Ordinal);
        var aliases = new List<string>();
        foreach (var placement in flow.Nodes.Where(n => n.Alias.Length > 0))
        {
            if (placements.TryAdd(placement.Alias, placement))
                aliases.Add(placement.Alias);
            else
                mistakes.Add(
                    "flow_duplicate_alias",
                    $"There is a placement with the alias `{placement.Alias}` already.",
                    placement
                );
            SettingCheck.Check(placement, mistakes);
            if (resolver.Resolve(placement) is { } node)
                placed.TryAdd(placement.Alias, node);
        }

        // 2 wire, 3 shape
        foreach (var edge in flow.Edges)
            SettingCheck.Check(edge, mistakes);
        var structure = FlowStructure.Check(flow, aliases, mistakes);
        new JoinCheck(flow, mistakes).Check(structure.Edges);
        new PipelineCheck(flow, mistakes).Check(structure.Edges, placed);

        // 4 type
        var facades = new Facades(flow, placed.Values, mistakes);
        var types = new FlowTypes(flow, placed, structure.Edges, facades, mistakes);
        var carried = new EdgeCheck(flow, types, mistakes);
        carried.Check(structure.Edges, placements);
        new ComposeCheck(flow, types, mistakes).Check(structure.Edges, placed);
        var conditions = new ConditionCheck(types, mistakes);
        conditions.Check(structure.Edges);
        CompensationCheck.Check(flow, placed, mistakes);

        // 5 freeze
        return mistakes.HasErrors
            ? mistakes.Finish<FlowGraph>(null)
            : mistakes.Finish(
                new FlowFreezer(
                    flow,
                    structure,
                    placed,
                    facades,
                    types,
                    carried,
                    conditions
                ).Freeze()
            );
    }
}
