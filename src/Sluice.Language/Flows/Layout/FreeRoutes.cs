namespace Sluice.Language.Flows.Layout;

/// <summary>Finds a way past the placements for edges over several columns, where an author gave the cells.</summary>
internal static class FreeRoutes
{
    // Beyond this an edge takes the straight way; a drawing of such a flow is unreadable anyway.
    private const int MostCells = 20_000;

    /// <returns>Per edge the cells that it passes between its ends, each its own.</returns>
    public static IReadOnlyList<IReadOnlyList<Cell>> Of(
        IReadOnlyList<FlowEdge> edges,
        IReadOnlyDictionary<string, Cell> cells
    )
    {
        var taken = cells.Values.ToHashSet();
        var columns = taken.Select(c => c.Col).Distinct().Order().ToArray();
        var room = MostCells;
        var routes = new List<IReadOnlyList<Cell>>(edges.Count);
        foreach (var edge in edges)
        {
            var route = new List<Cell>();
            if (
                cells.TryGetValue(edge.From, out var from) && cells.TryGetValue(edge.To, out var to)
            )
                foreach (var col in columns.Where(c => c > from.Col && c < to.Col))
                {
                    if (--room < 0)
                        break;
                    var share = (double)(col - from.Col) / (to.Col - from.Col);
                    var cell = Nearest(col, from.Row + share * (to.Row - from.Row), taken);
                    taken.Add(cell);
                    route.Add(cell);
                }
            routes.Add(room < 0 ? [] : route);
        }
        return routes;
    }

    private static Cell Nearest(int col, double row, HashSet<Cell> taken)
    {
        var wish = (int)Math.Floor(row + 0.5);
        for (var distance = 0; ; distance++)
        {
            if (!taken.Contains(new Cell(col, wish + distance)))
                return new Cell(col, wish + distance);
            if (wish >= distance && !taken.Contains(new Cell(col, wish - distance)))
                return new Cell(col, wish - distance);
        }
    }
}
