using Sluice.Language.Documents;

namespace Sluice.Language.Flows;

/// <summary>The wiring of a flow, apart from its types: ends, cycles, reachability, order.</summary>
internal sealed class FlowStructure
{
    private readonly FlowDocument flow;
    private readonly MistakeList mistakes;
    private readonly List<string> aliases;
    private readonly List<FlowEdge> edges = [];

    private FlowStructure(FlowDocument flow, List<string> aliases, MistakeList mistakes)
    {
        this.flow = flow;
        this.aliases = aliases;
        this.mistakes = mistakes;
    }

    /// <summary>The edges whose ends are both known, in the order of the document.</summary>
    public IReadOnlyList<FlowEdge> Edges => edges;

    /// <summary>The aliases in topological order, those that are free to choose in the order of the document. Without meaning when there are mistakes.</summary>
    public IReadOnlyList<string> Order { get; private set; } = [];

    public static FlowStructure Check(FlowDocument flow, List<string> aliases, MistakeList mistakes)
    {
        var structure = new FlowStructure(flow, aliases, mistakes);
        structure.CheckEnds();
        structure.CheckOutput();
        structure.FindCycles();
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
            mistakes.Add("flow_empty", "A flow needs at least one placement in `nodes`.", 1, 1);
        foreach (var edge in flow.Edges)
        {
            var ends = Known(
                edge,
                edge.From,
                FlowDocument.FlowInput,
                FlowDocument.FlowOutput,
                "from"
            );
            ends &= Known(edge, edge.To, FlowDocument.FlowOutput, FlowDocument.FlowInput, "to");
            if (!ends)
                continue;
            if (edge is { From: FlowDocument.FlowInput, To: FlowDocument.FlowOutput })
                Add(
                    "flow_edge",
                    "An edge from `@flow_input` straight to `@flow_output` does nothing.",
                    edge
                );
            else if (!pairs.TryAdd((edge.From, edge.To), edge))
                Add(
                    "flow_duplicate_edge",
                    $"There is an edge from `{edge.From}` to `{edge.To}` already, in line "
                        + $"{pairs[(edge.From, edge.To)].At.Line}; one edge with an adapter carries several fields.",
                    edge
                );
            else
                edges.Add(edge);
        }

        bool Known(FlowEdge edge, string end, string allowed, string forbidden, string key)
        {
            if (end == allowed || known.Contains(end))
                return true;
            // What is empty has a mistake already, and may be what a name without a placement stands for.
            if (end.Length == 0 || end != forbidden && !allNamed)
                return false;
            Add(
                end == forbidden ? "flow_edge" : "flow_unknown_alias",
                end == forbidden
                    ? $"`{key}` cannot be `{forbidden}`."
                    : $"`{key}` names `{end}`, but no placement has that alias.",
                edge
            );
            return false;
        }
    }

    /// <summary>Exactly one edge leads to the output, and it carries a whole message: that message is the flow's.</summary>
    private void CheckOutput()
    {
        var last = edges.Where(e => e.To == FlowDocument.FlowOutput).ToArray();
        var meant = flow.Edges.Any(e => e.To is FlowDocument.FlowOutput or "");
        if (!meant && flow.Nodes.Count > 0)
            mistakes.Add(
                "flow_no_output",
                "No edge leads to `@flow_output`; exactly one is expected.",
                1,
                1,
                FlowDocument.FlowOutput
            );
        foreach (var edge in last.Skip(1))
            Add(
                "flow_two_outputs",
                $"`{last[0].From}` leads to `@flow_output` already; join the two in a placement before it.",
                edge
            );
        foreach (var edge in last.Where(e => e.Adapter is not null))
            Add(
                "flow_output_adapter",
                $"What leaves the flow is the whole output of `{edge.From}`; an edge to `@flow_output` has no adapter.",
                edge
            );
    }

    private void FindCycles()
    {
        var next = edges.ToLookup(e => e.From, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var alias in aliases)
            Visit(alias);

        void Visit(string alias)
        {
            if (!done.Add(alias))
                return;
            path.Add(alias);
            foreach (var edge in next[alias])
            {
                var start = path.IndexOf(edge.To);
                if (start >= 0)
                    Add(
                        "flow_cycle",
                        $"This edge closes a cycle: {string.Join(" -> ", path.Skip(start))} -> {edge.To}.",
                        edge
                    );
                else
                    Visit(edge.To);
            }
            path.RemoveAt(path.Count - 1);
        }
    }

    private void CheckReach()
    {
        var forward = Reach(FlowDocument.FlowInput, e => e.From, e => e.To);
        var backward = Reach(FlowDocument.FlowOutput, e => e.To, e => e.From);
        if (aliases.Count > 0 && !edges.Exists(e => e.From == FlowDocument.FlowInput))
            mistakes.Add(
                "flow_no_entry",
                "No edge leads from `@flow_input`; at least one is expected.",
                1,
                1,
                FlowDocument.FlowInput
            );
        foreach (var placement in flow.Nodes.DistinctBy(n => n.Alias))
        {
            if (!forward.Contains(placement.Alias))
                mistakes.Add(
                    "flow_unreachable",
                    $"`{placement.Alias}` is never reached: no path leads to it from `@flow_input`.",
                    placement.At.Line,
                    placement.At.Column,
                    placement.Alias
                );
            if (!backward.Contains(placement.Alias))
                mistakes.Add(
                    "flow_dead_end",
                    $"`{placement.Alias}` leads nowhere: no path leads from it to `@flow_output`.",
                    placement.At.Line,
                    placement.At.Column,
                    placement.Alias
                );
        }
    }

    private HashSet<string> Reach(
        string start,
        Func<FlowEdge, string> from,
        Func<FlowEdge, string> to
    )
    {
        var next = edges.ToLookup(from, to, StringComparer.Ordinal);
        var reached = new HashSet<string>(StringComparer.Ordinal) { start };
        var open = new Stack<string>([start]);
        while (open.TryPop(out var end))
            foreach (var other in next[end])
                if (reached.Add(other))
                    open.Push(other);
        return reached;
    }

    private List<string> Sort()
    {
        var rank = aliases.Select((alias, i) => (alias, i)).ToDictionary(a => a.alias, a => a.i);
        var waits = aliases.ToDictionary(a => a, _ => 0);
        var inner = edges.Where(e => rank.ContainsKey(e.From) && rank.ContainsKey(e.To)).ToArray();
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

    private void Add(string code, string message, FlowEdge edge) =>
        mistakes.Add(code, message, edge.At.Line, edge.At.Column, edge.ToString());
}
