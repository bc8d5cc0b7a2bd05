using Spectre.Console;

namespace Sluice.Cli.Terminals;

/// <summary>Output for people: aligned tables and short lines. Every text is made harmless on its way.</summary>
internal sealed class Report
{
    private readonly IAnsiConsole _console;

    public Report(TextWriter writer, bool isScreen, int width, bool colour)
    {
        _console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isScreen && colour ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem =
                    isScreen && colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        // In a pipe nothing is wrapped: a line is a record there.
        _console.Profile.Width = isScreen ? width : 4_000;
    }

    public void Line(string text = "") => _console.WriteLine(Plain.Line(text));

    public void Good(string text) => Marked("green", "✓", text);

    public void Bad(string text) => Marked("red", "✗", text);

    public void Careful(string text) => Marked("yellow", "!", text);

    public void Faint(string text)
    {
        _console.Write(new Text(Plain.Text(text), new Style(decoration: Decoration.Dim)));
        _console.WriteLine();
    }

    /// <summary>A block of text with its own lines.</summary>
    public void Block(string text) => _console.WriteLine(Plain.Text(text).TrimEnd('\n'));

    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var head in heads)
        {
            var column = new TableColumn(new Text(head, new Style(decoration: Decoration.Dim)));
            table.AddColumn(column.Padding(0, 0, 3, 0).NoWrap());
        }
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Plain.Line(cell ?? "–"), Tint(cell))));
        _console.Write(table);
    }

    /// <summary>Names on the left, values on the right; a null value leaves its line out.</summary>
    public void Facts(params IEnumerable<(string Name, string? Value)> facts)
    {
        var shown = facts.Where(fact => fact.Value is not null).ToList();
        var width = shown.Count == 0 ? 0 : shown.Max(fact => fact.Name.Length);
        foreach (var (name, value) in shown)
        {
            _console.Write(
                new Text(name.PadRight(width + 2), new Style(decoration: Decoration.Dim))
            );
            _console.Write(new Text(Plain.Line(value), Tint(value)));
            _console.WriteLine();
        }
    }

    private void Marked(string colour, string mark, string text)
    {
        _console.Markup($"[{colour}]{mark}[/] ");
        _console.WriteLine(Plain.Line(text));
    }

    private static Style Tint(string? word) =>
        word switch
        {
            "succeeded" => new Style(Color.Green),
            "failed" or "revoked" => new Style(Color.Red),
            "running" or "queued" or "paused" or "cancelled" => new Style(Color.Yellow),
            _ => Style.Plain,
        };
}
