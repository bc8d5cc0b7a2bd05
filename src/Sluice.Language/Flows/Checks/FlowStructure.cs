using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Checks;

/// <summary>The wiring of a flow, apart from its types: ends, cycles, loops, reachability, order.</summary>
internal sealed class FlowStructure
{
    // Placements of a cycle that are named.
    private const int LongestWay = 20;

    private readonly FlowDocument flow;
    private readonly FlowMistakes mistakes;
    private readonly List<string> aliases;
    private readonly HashSet<string> compensators;
    private readonly List<FlowEdge> edges = [];

    private FlowStructure(FlowDocument flow, List<string> aliases, FlowMistakes mistakes)
    {
        this.flow = flow;
        this.aliases = aliases;
        this.mistakes = mistakes;
        compensators = flow
            .Nodes.Select(n => n.Compensate)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The edges whose ends are both known, in the order of the document.</summary>
    public IReadOnlyList<FlowEdge> Edges => edges;

    /// <summary>The aliases in topological order, those that are free to choose in the order of the document. Without meaning when there are mistakes.</summary>
    public IReadOnlyList<string> Order { get; private set; } = [];

    public static FlowStructure Check(
        FlowDocument flow,
        List<string> aliases,
        FlowMistakes mistakes
    )
    {
        var structure = new FlowStructure(flow, aliases, mistakes);
        structure.CheckEnds();
        structure.CheckOutput();
        var cyclic = structure.FindCycles();
        if (!cyclic)
            new LoopCheck(structure.edges, mistakes).Check();
        // A broken end hides what the author meant; what then seems unreachable would be noise.
        if (structure.edges.Count == flow.Edges.Count)
            structure.CheckReach();
        structure.Order = structure.Sort();
        return structure;
    }

    private void CheckEnds()
    {
        var known = aliases.ToHashSet(StringComparer.Ordinal);
        var pairs = new Dictionary<(string From, string To), FlowEdge>();
        var allNamed = flow.Nodes.All(n => n.Alias.Length > 0);
        if (flow.Nodes.Count == 0)
            mistakes.AddHead(
                "flow_empty",
                "A flow needs at least one placement in `nodes`.",
                "nodes",
                FlowReader.Flow
            );
        foreach (var edge in flow.Edges)
        {
            var ends = Known(edge.From, FlowDocument.FlowInput, FlowDocument.FlowOutput, "from");
            ends &= Known(edge.To, FlowDocument.FlowOutput, FlowDocument.FlowInput, "to");
            if (ends && Allowed(edge, pairs))
                edges.Add(edge);

            bool Known(string end, string allowed, string forbidden, string key)
            {
                if (end == allowed || known.Contains(end))
                    return true;
                // What is empty has a mistake already, and may be what a name without a placement stands for.
                if (end.Length == 0 || end != forbidden && !allNamed)
                    return false;
                mistakes.Add(
                    end == forbidden ? "flow_edge" : "flow_unknown_alias",
                    end == forbidden
                        ? $"`{key}` cannot be `{forbidden}`."
                        : $"`{key}` names `{end}`, but no placement has that alias{Near(end)}.",
                    edge
                );
                return false;
            }
        }
    }

    private string Near(string alias) =>
        aliases.FirstOrDefault(a => a.Equals(alias, StringComparison.OrdinalIgnoreCase)) is { } near
            ? $"; there is `{near}`"
            : "";

    private bool Allowed(FlowEdge edge, Dictionary<(string From, string To), FlowEdge> pairs)
    {
        if (edge is { From: FlowDocument.FlowInput, To: FlowDocument.FlowOutput })
            mistakes.Add(
                "flow_edge",
                "An edge from `@flow_input` straight to `@flow_output` does nothing.",
                edge
            );
        else if (compensators.Contains(edge.From) || compensators.Contains(edge.To))
            mistakes.Add(
                "flow_compensator_edge",
                $"`{(compensators.Contains(edge.To) ? edge.To : edge.From)}` undoes another placement, and such a placement has no edges.",
                edge
            );
        else if (edge.Loop && (edge.From[0] == '@' || edge.To[0] == '@'))
            mistakes.Add(
                "flow_loop",
                "A loop edge leads from a placement to a placement.",
                edge,
                "loop"
            );
        else if (!pairs.TryAdd((edge.From, edge.To), edge))
            mistakes.Add("flow_duplicate_edge", Twice(edge, pairs[(edge.From, edge.To)]), edge);
        else
            return true;
        return false;
    }

    private static string Twice(FlowEdge edge, FlowEdge first) =>
        $"There is an edge from `{edge.From}` to `{edge.To}` already"
        + (first.At.Line > 0 ? $", in line {first.At.Line}" : "")
        + "; one edge with an adapter carries several fields"
        + (edge.OnError || first.OnError ? ", and an error edge needs a target of its own." : ".");

    /// <summary>Without an output facade exactly one edge leads to the output, and it carries a whole message: that message is the flow's.</summary>
    private void CheckOutput()
    {
        var last = edges.Where(e => e.To == FlowDocument.FlowOutput).ToArray();
        var meant = flow.Edges.Any(e => e.To is FlowDocument.FlowOutput or "");
        if (!meant && flow.Nodes.Count > 0)
            mistakes.AddHead(
                "flow_no_output",
                flow.OutputFacade is null
                    ? "No edge leads to `@flow_output`; exactly one is expected."
                    : "No edge leads to `@flow_output`; at least one is expected.",
                "edges",
                FlowDocument.FlowOutput
            );
        if (flow.OutputFacade is not null)
            return;
        foreach (var edge in last.Skip(1))
            mistakes.Add(
                "flow_two_outputs",
                $"`{last[0].From}` leads to `@flow_output` already; join the two in a placement before it, or give the flow an `output_facade`.",
                edge
            );
        foreach (var edge in last.Where(e => e.Adapter is not null || e.OnError))
            mistakes.Add(
                "flow_output_adapter",
                edge.OnError
                    ? "What leaves the flow is a placement's whole output; an error edge to `@flow_output` needs an `output_facade`."
                    : $"What leaves the flow is the whole output of `{edge.From}`; an edge to `@flow_output` has no adapter unless the flow has an `output_facade`.",
                edge
            );
    }

    private IEnumerable<FlowEdge> Forward => edges.Where(e => !e.Loop);

    private bool FindCycles()
    {
        var next = Forward.ToLookup(e => e.From, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var onPath = new Dictionary<string, int>(StringComparer.Ordinal);
        var path = new List<string>();
        var found = false;
        foreach (var alias in aliases)
            Visit(alias);
        return found;

        void Visit(string alias)
        {
            if (!done.Add(alias))
                return;
            onPath[alias] = path.Count;
            path.Add(alias);
            foreach (var edge in next[alias])
            {
                if (onPath.TryGetValue(edge.To, out var start))
                {
                    found = true;
                    mistakes.Add(
                        "flow_cycle",
                        $"This edge closes a cycle: {Way(path, start)} -> {edge.To}; an edge that leads back needs `loop: true` and `max_iterations`.",
                        edge
                    );
                }
                else
                    Visit(edge.To);
            }
            path.RemoveAt(path.Count - 1);
            onPath.Remove(alias);
        }
    }

    /// <summary>A way from where it starts; of a long one both ends.</summary>
    private static string Way(List<string> path, int start) =>
        string.Join(
            " -> ",
            path.Count - start <= LongestWay
                ? path.Skip(start)
                : [.. path.Skip(start).Take(LongestWay / 2), "…", .. path.TakeLast(LongestWay / 2)]
        );

    private void CheckReach()
    {
        var forward = Reach.Along(Forward, e => e.From, e => e.To).From(FlowDocument.FlowInput);
        var backward = Reach.Along(Forward, e => e.To, e => e.From).From(FlowDocument.FlowOutput);
        if (aliases.Count > 0 && !edges.Exists(e => e.From == FlowDocument.FlowInput))
            mistakes.AddHead(
                "flow_no_entry",
                "No edge leads from `@flow_input`; at least one is expected.",
                "edges",
                FlowDocument.FlowInput
            );
        foreach (
            var placement in flow
                .Nodes.DistinctBy(n => n.Alias)
                .Where(n => !compensators.Contains(n.Alias))
        )
        {
            if (!forward.Contains(placement.Alias))
                mistakes.Add(
                    "flow_unreachable",
                    $"`{placement.Alias}` is never reached: no path leads to it from `@flow_input`.",
                    placement
                );
            if (!backward.Contains(placement.Alias))
                mistakes.Add(
                    "flow_dead_end",
                    $"`{placement.Alias}` leads nowhere: no path leads from it to `@flow_output`.",
                    placement
                );
        }
    }

    private List<string> Sort()
    {
        var rank = aliases.Select((alias, i) => (alias, i)).ToDictionary(a => a.alias, a => a.i);
        var waits = aliases.ToDictionary(a => a, _ => 0);
        var inner = Forward
            .Where(e => rank.ContainsKey(e.From) && rank.ContainsKey(e.To))
            .ToArray();
        foreach (var edge in inner)
            waits[edge.To]++;
        var next = inner.ToLookup(e => e.From, e => e.To);
        var ready = new PriorityQueue<string, int>(
            aliases.Where(a => waits[a] == 0).Select(a => (a, rank[a]))
        );
        var order = new List<string>(aliases.Count);
        while (ready.TryDequeue(out var alias, out _))
        {
            order.Add(alias);
            foreach (var to in next[alias])
                if (--waits[to] == 0)
                    ready.Enqueue(to, rank[to]);
        }
        return order;
    }
}
