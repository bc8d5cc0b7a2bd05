namespace Sluice.Language.Flows.Layout;

/// <summary>
/// Places the ends of edges in a grid: columns by the longest path from the start, rows so that edges cross little and run
/// straight. An edge over several columns keeps a cell free in each. The same input gives the same cells.
/// </summary>
internal sealed class LayeredLayout
{
    private const int Sweeps = 8;

    // Beyond this an edge that skips columns gets no cells of its own; a drawing of such a flow is unreadable anyway.
    private const int MostBends = 20_000;

    private readonly List<Item> items = [];
    private readonly List<List<Item>> layers = [];
    private readonly Dictionary<string, Item> byName = new(StringComparer.Ordinal);

    private LayeredLayout() { }

    /// <param name="names">In the order that decides where nothing else does.</param>
    /// <param name="edges">Leading forward: what closes a cycle is left out by the caller.</param>
    /// <returns>Per name its cell; per edge the cells that it passes between its ends.</returns>
    public static (
        IReadOnlyDictionary<string, Cell> Cells,
        IReadOnlyList<IReadOnlyList<Cell>> Routes
    ) Of(IReadOnlyList<string> names, IReadOnlyList<(string From, string To)> edges)
    {
        var layout = new LayeredLayout();
        var columns = Columns(names, edges);
        foreach (var name in names)
            layout.byName[name] = layout.Add(columns[name]);
        var bends = layout.Connect(edges);
        layout.Order();
        layout.Rows();
        return (
            layout.byName.ToDictionary(n => n.Key, n => n.Value.Cell, StringComparer.Ordinal),
            [.. bends.Select(b => (IReadOnlyList<Cell>)[.. b.Select(i => i.Cell)])]
        );
    }

    private static Dictionary<string, int> Columns(
        IReadOnlyList<string> names,
        IReadOnlyList<(string From, string To)> edges
    )
    {
        var columns = names.ToDictionary(n => n, _ => 0, StringComparer.Ordinal);
        var waits = names.ToDictionary(n => n, _ => 0, StringComparer.Ordinal);
        foreach (var (_, to) in edges)
            waits[to]++;
        var next = edges.ToLookup(e => e.From, e => e.To, StringComparer.Ordinal);
        var ready = new Queue<string>(names.Where(n => waits[n] == 0));
        while (ready.TryDequeue(out var name))
            foreach (var to in next[name])
            {
                columns[to] = Math.Max(columns[to], columns[name] + 1);
                if (--waits[to] == 0)
                    ready.Enqueue(to);
            }
        return columns;
    }

    private Item Add(int layer)
    {
        while (layers.Count <= layer)
            layers.Add([]);
        var item = new Item(layer) { Order = layers[layer].Count };
        layers[layer].Add(item);
        items.Add(item);
        return item;
    }

    private List<List<Item>> Connect(IReadOnlyList<(string From, string To)> edges)
    {
        var bends = new List<List<Item>>(edges.Count);
        var room = MostBends;
        foreach (var (from, to) in edges)
        {
            var (start, end) = (byName[from], byName[to]);
            var route = new List<Item>();
            room -= end.Layer - start.Layer - 1;
            var before = start;
            for (var layer = start.Layer + 1; room >= 0 && layer < end.Layer; layer++)
            {
                var bend = Add(layer);
                route.Add(bend);
                Link(before, bend);
                before = bend;
            }
            Link(before, end);
            bends.Add(route);
        }
        return bends;
    }

    private static void Link(Item from, Item to)
    {
        from.After.Add(to);
        to.Before.Add(from);
    }

    /// <summary>Sorts each column by the middle of its neighbours, forth and back, and keeps the order with the fewest crossings.</summary>
    private void Order()
    {
        var best = items.ConvertAll(i => i.Order);
        var fewest = Crossings();
        for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            if (sweep % 2 == 0)
                for (var i = 1; i < layers.Count; i++)
                    Sort(layers[i], item => item.Before);
            else
                for (var i = layers.Count - 2; i >= 0; i--)
                    Sort(layers[i], item => item.After);
            if (Crossings() is var crossings && crossings < fewest)
            {
                fewest = crossings;
                best = items.ConvertAll(i => i.Order);
            }
        }
        for (var i = 0; i < items.Count; i++)
            items[i].Order = best[i];
        foreach (var layer in layers)
            layer.Sort((a, b) => a.Order.CompareTo(b.Order));
    }

    private static void Sort(List<Item> layer, Func<Item, List<Item>> neighbours)
    {
        Item[] sorted =
        [
            .. layer.OrderBy(item =>
                neighbours(item) is { Count: > 0 } near ? near.Average(n => n.Order) : item.Order
            ),
        ];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i].Order = i;
            layer[i] = sorted[i];
        }
    }

    /// <summary>Pairs of edges between neighbouring columns that cross, counted with a tree of sums.</summary>
    private long Crossings()
    {
        long crossings = 0;
        foreach (var layer in layers)
        {
            var ends = layer
                .OrderBy(i => i.Order)
                .SelectMany(i =>
                    i.After.Where(a => a.Layer == i.Layer + 1).Select(a => a.Order).Order()
                )
                .ToArray();
            if (ends.Length == 0)
                continue;
            var sums = new int[ends.Max() + 2];
            for (var i = ends.Length - 1; i >= 0; i--)
            {
                for (var at = ends[i]; at > 0; at -= at & -at)
                    crossings += sums[at];
                for (var at = ends[i] + 1; at < sums.Length; at += at & -at)
                    sums[at]++;
            }
        }
        return crossings;
    }

    /// <summary>Rows as near to the neighbours' as the order allows.</summary>
    private void Rows()
    {
        foreach (var item in items)
            item.Row = item.Order;
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            if (sweep % 2 == 0)
                for (var i = 1; i < layers.Count; i++)
                    Settle(layers[i], item => item.Before);
            else
                for (var i = layers.Count - 2; i >= 0; i--)
                    Settle(layers[i], item => item.After);
        }
        var top = items.Count == 0 ? 0 : items.Min(i => i.Row);
        foreach (var item in items)
            item.Row -= top;
    }

    /// <summary>The rows with the least squares of distance to what each wishes, one apart at least: neighbours that want to pass each other are pooled.</summary>
    private static void Settle(List<Item> layer, Func<Item, List<Item>> neighbours)
    {
        var pools = new List<(double Sum, int Count)>();
        for (var i = 0; i < layer.Count; i++)
        {
            var near = neighbours(layer[i]);
            var wish = near.Count == 0 ? layer[i].Row : near.Average(n => n.Row);
            pools.Add((wish - i, 1));
            while (
                pools.Count > 1
                && pools[^2].Sum / pools[^2].Count >= pools[^1].Sum / pools[^1].Count
            )
            {
                pools[^2] = (pools[^2].Sum + pools[^1].Sum, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }
        var at = 0;
        foreach (var (sum, count) in pools)
        {
            var shift = (int)Math.Floor(sum / count + 0.5);
            for (var i = 0; i < count; i++, at++)
                layer[at].Row = shift + at;
        }
    }

    private sealed class Item(int layer)
    {
        public int Layer => layer;
        public int Order { get; set; }
        public int Row { get; set; }
        public List<Item> Before { get; } = [];
        public List<Item> After { get; } = [];
        public Cell Cell => new(layer, Row);
    }
}
