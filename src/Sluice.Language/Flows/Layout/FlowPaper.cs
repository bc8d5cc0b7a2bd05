namespace Sluice.Language.Flows.Layout;

/// <summary>The geometry of a drawing: where on it a cell lies, and how far it reaches. Lengths are in SVG's user units.</summary>
internal sealed class FlowPaper
{
    public const int BoxWidth = 176;
    public const int BoxHeight = 56;
    private const int Margin = 24;

    // Between two columns: wider where an edge has something to say.
    private const int PlainGap = 64;
    private const int LabelGap = 184;

    // Between two rows: wider where edges lead back below each other.
    private const int RowGap = 56;
    private const int FirstTurn = 22;
    private const int NextTurn = 28;
    private const int BelowTurn = 32;

    private readonly Dictionary<string, Cell> cells = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<IReadOnlyList<Cell>> routes;
    private readonly Dictionary<FlowEdge, int> levels = new(ReferenceEqualityComparer.Instance);

    // By row.
    private readonly Dictionary<int, int> deepest = [];
    private readonly int[] lefts;
    private readonly int[] tops;

    public FlowPaper(FlowDocument flow, FlowLayout layout)
    {
        var ends = layout
            .Placements.Append(new(FlowDocument.FlowInput, layout.Input))
            .Append(new(FlowDocument.FlowOutput, layout.Output))
            .ToArray();
        var used = ends.Select(e => e.Value).Concat(layout.Routes.SelectMany(r => r)).ToArray();
        // What is empty all over takes no room, however far apart an author put things.
        var (columns, rows) = (Ranks(used.Select(c => c.Col)), Ranks(used.Select(c => c.Row)));
        foreach (var (name, cell) in ends)
            cells[name] = Ranked(cell);
        routes = [.. layout.Routes.Select(r => r.Select(Ranked).ToArray())];
        SetLevels(flow);
        lefts = Lefts(flow, columns.Count);
        tops = Tops(rows.Count);
        Width = lefts[^1] + BoxWidth + Margin;
        Height = tops[^1] + BoxHeight + Math.Max(Margin, Turns(rows.Count - 1));

        Cell Ranked(Cell cell) => new(columns[cell.Col], rows[cell.Row]);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>False for an edge with an end that no placement has.</summary>
    public bool Has(FlowEdge edge) => cells.ContainsKey(edge.From) && cells.ContainsKey(edge.To);

    public bool Has(string name) => cells.ContainsKey(name);

    /// <summary>The upper left corner of the box of a placement, or of one of the flow's ends.</summary>
    public (int X, int Y) Corner(string name) => Corner(cells[name]);

    /// <summary>The corners of the cells that an edge passes on its way.</summary>
    public IReadOnlyList<(int X, int Y)> Route(int edge) => [.. routes[edge].Select(Corner)];

    /// <summary>True when the target stands left of the source, or is the source.</summary>
    public bool LeadsBack(FlowEdge edge) =>
        cells[edge.To].Col < cells[edge.From].Col || edge.From == edge.To;

    /// <summary>True when the target stands above or below the source.</summary>
    public bool LeadsUpOrDown(FlowEdge edge) =>
        cells[edge.To].Col == cells[edge.From].Col && edge.From != edge.To;

    /// <summary>For an edge that leads back: 1, or more where it runs below others.</summary>
    public int Level(FlowEdge edge) => levels[edge];

    /// <summary>How far below the boxes an edge that leads back turns.</summary>
    public int Turn(FlowEdge edge) => Turn(Level(edge));

    private static int Turn(int level) => FirstTurn + (level - 1) * NextTurn;

    private (int X, int Y) Corner(Cell cell) => (lefts[cell.Col], tops[cell.Row]);

    private static Dictionary<int, int> Ranks(IEnumerable<int> values) =>
        values.Distinct().Order().Select((v, i) => (v, i)).ToDictionary(x => x.v, x => x.i);

    /// <summary>Edges that lead back are nested below each other, the shortest on top.</summary>
    private void SetLevels(FlowDocument flow)
    {
        var drawn = new List<(int Row, int From, int To, int Level)>();
        foreach (
            var edge in flow
                .Edges.Where(e => Has(e) && LeadsBack(e))
                .OrderBy(e => cells[e.From].Col - cells[e.To].Col)
        )
        {
            var (from, to) = (cells[edge.From], cells[edge.To]);
            var row = Math.Max(from.Row, to.Row);
            var above = drawn
                .Where(o => o.Row == row && o.From >= to.Col && o.To <= from.Col)
                .Select(o => o.Level)
                .DefaultIfEmpty(0)
                .Max();
            drawn.Add((row, from.Col, to.Col, above + 1));
            levels[edge] = above + 1;
            deepest[row] = Math.Max(deepest.GetValueOrDefault(row), above + 1);
        }
    }

    private int[] Lefts(FlowDocument flow, int columns)
    {
        var wide = flow
            .Edges.Where(e => Has(e) && !LeadsBack(e) && FlowWords.Edge(e).Length > 0)
            .Select(e => cells[e.From].Col)
            .ToHashSet();
        var at = new int[columns];
        at[0] = Margin;
        for (var i = 1; i < columns; i++)
            at[i] = at[i - 1] + BoxWidth + (wide.Contains(i - 1) ? LabelGap : PlainGap);
        return at;
    }

    private int[] Tops(int rows)
    {
        var at = new int[rows];
        at[0] = Margin;
        for (var i = 1; i < rows; i++)
            at[i] = at[i - 1] + BoxHeight + Math.Max(RowGap, Turns(i - 1));
        return at;
    }

    /// <summary>What the edges that lead back need below a row.</summary>
    private int Turns(int row) =>
        deepest.TryGetValue(row, out var level) ? Turn(level) + BelowTurn : 0;
}
