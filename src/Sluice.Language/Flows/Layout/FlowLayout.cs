using System.Runtime.InteropServices;

namespace Sluice.Language.Flows.Layout;

/// <summary>A cell of a drawing's grid; both count from 0.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Cell(int Col, int Row);

/// <summary>Where everything of a flow is drawn.</summary>
public sealed record FlowLayout
{
    /// <summary>By alias. Placements that undo others stand below them.</summary>
    public required IReadOnlyDictionary<string, Cell> Placements { get; init; }

    /// <summary>The flow's beginning; one column before the first placement, so its column may be -1.</summary>
    public required Cell Input { get; init; }

    /// <summary>The flow's end, one column behind the last placement.</summary>
    public required Cell Output { get; init; }

    /// <summary>Cells that an edge passes between its ends, in the order of the document's edges; empty for short ones and those that lead back.</summary>
    public required IReadOnlyList<IReadOnlyList<Cell>> Routes { get; init; }

    /// <summary>Lays a flow out anew. A flow with mistakes is laid out as far as its edges lead somewhere.</summary>
    public static FlowLayout Of(FlowDocument flow)
    {
        var undoing = flow
            .Nodes.Select(n => n.Compensate)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        string[] names =
        [
            FlowDocument.FlowInput,
            .. flow
                .Nodes.Select(n => n.Alias)
                .Where(a => a.Length > 0 && !undoing.Contains(a))
                .Distinct(),
            FlowDocument.FlowOutput,
        ];
        var forward = Forward(flow, names);
        // Whatever leads nowhere still stands before the end, and what comes from nowhere behind the beginning.
        var (from, to) = (
            forward.Select(i => flow.Edges[i].From).ToHashSet(StringComparer.Ordinal),
            forward.Select(i => flow.Edges[i].To).ToHashSet(StringComparer.Ordinal)
        );
        (string, string)[] edges =
        [
            .. forward.Select(i => (flow.Edges[i].From, flow.Edges[i].To)),
            .. names[1..^1].Where(n => !to.Contains(n)).Select(n => (names[0], n)),
            .. names[1..^1].Where(n => !from.Contains(n)).Select(n => (n, names[^1])),
        ];
        var (cells, routes) = LayeredLayout.Of(names, edges);
        var placed = names[1..^1]
            .ToDictionary(
                n => n,
                n => cells[n] with { Col = cells[n].Col - 1 },
                StringComparer.Ordinal
            );
        var passed = forward
            .Select((edge, i) => (edge, route: routes[i]))
            .ToDictionary(x => x.edge, x => x.route);
        PutBelow(flow, placed, cells.Values.Concat(routes.SelectMany(r => r)));
        return new FlowLayout
        {
            Placements = placed,
            Input = cells[FlowDocument.FlowInput] with { Col = -1 },
            Output = cells[FlowDocument.FlowOutput] with
            {
                Col = Math.Max(1, cells[FlowDocument.FlowOutput].Col) - 1,
            },
            Routes =
            [
                .. flow.Edges.Select(
                    (_, i) =>
                        (IReadOnlyList<Cell>)
                            [
                                .. passed
                                    .GetValueOrDefault(i, [])
                                    .Select(c => c with { Col = c.Col - 1 }),
                            ]
                ),
            ],
        };
    }

    /// <summary>The cells that the author gave, when every placement has one of its own; else as <see cref="Of"/>.</summary>
    public static FlowLayout OrGiven(FlowDocument flow)
    {
        var laid = Of(flow);
        var given = new Dictionary<string, Cell>(StringComparer.Ordinal);
        foreach (var node in flow.Nodes)
            if (node is { Col: { } col, Row: { } row })
                given[node.Alias] = new Cell(col, row);
        if (
            given.Count < flow.Nodes.Count
            || given.Values.Distinct().Count() < given.Count
            || laid.Placements.All(p => given.GetValueOrDefault(p.Key) == p.Value)
        )
            return laid;
        var input = new Cell(
            given.Values.Min(c => c.Col) - 1,
            Middle(flow.Edges.Where(e => e.From == FlowDocument.FlowInput).Select(e => e.To))
        );
        var output = new Cell(
            given.Values.Max(c => c.Col) + 1,
            Middle(flow.Edges.Where(e => e.To == FlowDocument.FlowOutput).Select(e => e.From))
        );
        return new FlowLayout
        {
            Placements = given,
            Input = input,
            Output = output,
            Routes = FreeRoutes.Of(
                flow.Edges,
                new Dictionary<string, Cell>(given, StringComparer.Ordinal)
                {
                    [FlowDocument.FlowInput] = input,
                    [FlowDocument.FlowOutput] = output,
                }
            ),
        };

        int Middle(IEnumerable<string> aliases)
        {
            int[] rows = [.. aliases.Where(given.ContainsKey).Select(a => given[a].Row).Order()];
            return rows.Length == 0 ? 0 : rows[rows.Length / 2];
        }
    }

    /// <summary>The document with the cells of a layout in its placements.</summary>
    public FlowDocument ApplyTo(FlowDocument flow) =>
        flow with
        {
            Nodes =
            [
                .. flow.Nodes.Select(n =>
                    Placements.TryGetValue(n.Alias, out var cell)
                        ? n with
                        {
                            Col = cell.Col,
                            Row = cell.Row,
                        }
                        : n
                ),
            ],
        };

    /// <summary>The edges that lead forward between known ends, by index: without loops, and without what closes a cycle by mistake.</summary>
    private static List<int> Forward(FlowDocument flow, string[] names)
    {
        var known = names.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<(string, string)>();
        int[] candidates =
        [
            .. Enumerable
                .Range(0, flow.Edges.Count)
                .Where(i =>
                    flow.Edges[i] is { Loop: false } edge
                    && edge.From != FlowDocument.FlowOutput
                    && edge.To != FlowDocument.FlowInput
                    && known.Contains(edge.From)
                    && known.Contains(edge.To)
                    && seen.Add((edge.From, edge.To))
                ),
        ];
        var next = candidates.ToLookup(i => flow.Edges[i].From, StringComparer.Ordinal);
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        var forward = new List<int>();
        foreach (var name in names)
            Visit(name);
        forward.Sort();
        return forward;

        void Visit(string name)
        {
            if (!state.TryAdd(name, true))
                return;
            foreach (var i in next[name])
            {
                // True: on the way from here.
                if (state.TryGetValue(flow.Edges[i].To, out var open) && open)
                    continue;
                forward.Add(i);
                Visit(flow.Edges[i].To);
            }
            state[name] = false;
        }
    }

    private static void PutBelow(
        FlowDocument flow,
        Dictionary<string, Cell> placed,
        IEnumerable<Cell> taken
    )
    {
        var bottom = taken.Select(c => c.Row).DefaultIfEmpty(0).Max() + 1;
        var used = new HashSet<Cell>();
        foreach (var undone in flow.Nodes.Where(n => n.Compensate is not null))
        {
            var alias = undone.Compensate!;
            if (placed.ContainsKey(alias) || flow.Nodes.All(n => n.Alias != alias))
                continue;
            var cell = new Cell(placed.GetValueOrDefault(undone.Alias).Col, bottom);
            while (!used.Add(cell))
                cell = cell with { Row = cell.Row + 1 };
            placed[alias] = cell;
        }
    }
}
