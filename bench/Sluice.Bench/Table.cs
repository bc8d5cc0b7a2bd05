using System.Text;

namespace Sluice.Bench;

/// <summary>A row of what was measured; an empty cell says that it does not apply.</summary>
/// <param name="Name">What ran.</param>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="P50">Median, in milliseconds.</param>
/// <param name="P99">99th percentile, in milliseconds.</param>
/// <param name="Cpu">Processor time of the server's own process for each answer, in microseconds.</param>
/// <param name="StoreCpu">The same of PostgreSQL's processes.</param>
/// <param name="Ratio">To the baseline that the row names, and the target where there is one.</param>
internal sealed record TableRow(
    string Name,
    string PerSecond = "",
    string P50 = "",
    string P99 = "",
    string Cpu = "",
    string StoreCpu = "",
    string Ratio = ""
);

/// <summary>Rows for people, as Markdown: what is printed can be pasted into a page.</summary>
internal sealed class Table(string ratio)
{
    private readonly List<TableRow> _rows = [];
    private readonly List<string> _notes = [];

    public void Add(TableRow row) => _rows.Add(row);

    public void Add(string name, Window window, string ratio = "") =>
        _rows.Add(
            new TableRow(
                window.Bad > 0 ? $"{name} ({window.Bad} FAILED)" : name,
                $"{window.PerSecond:N0}",
                $"{window.P50Ms:0.00}",
                $"{window.P99Ms:0.00}",
                window.CpuUs > 0 ? $"{window.CpuUs:0.0}" : "",
                window.StoreCpuUs > 0 ? $"{window.StoreCpuUs:0.0}" : "",
                ratio
            )
        );

    /// <summary>A line under the table, such as the limits in force.</summary>
    public void Note(string text) => _notes.Add(text);

    public string Print()
    {
        TableRow[] all =
        [
            new("row", "per s", "p50 ms", "p99 ms", "CPU µs", "store CPU µs", ratio),
            .. _rows,
        ];
        var cells = all.Select(row =>
                new[]
                {
                    row.Name,
                    row.PerSecond,
                    row.P50,
                    row.P99,
                    row.Cpu,
                    row.StoreCpu,
                    row.Ratio,
                }
            )
            .ToList();
        var columns = Enumerable
            .Range(0, cells[0].Length)
            .Where(i => cells.Skip(1).Any(row => row[i].Length > 0))
            .Select(i => (At: i, Width: cells.Max(row => row[i].Length), Right: i is > 0 and < 6))
            .ToList();
        var text = new StringBuilder();
        foreach (var row in cells)
        {
            Line(column =>
                column.Right
                    ? row[column.At].PadLeft(column.Width)
                    : row[column.At].PadRight(column.Width)
            );
            if (row == cells[0])
                Line(column => new string('-', column.Width - 1) + (column.Right ? ":" : "-"));
        }
        text.Append('\n');
        foreach (var note in _notes)
            text.Append(note).Append('\n');
        return text.ToString();

        void Line(Func<(int At, int Width, bool Right), string> cell) =>
            text.Append("| ").AppendJoin(" | ", columns.Select(cell)).Append(" |\n");
    }
}
