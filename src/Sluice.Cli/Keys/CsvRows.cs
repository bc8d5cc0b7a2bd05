using System.Text;
using Sluice.Language;

namespace Sluice.Cli.Keys;

/// <summary>Reads CSV as RFC 4180 has it: commas, cells in double quotes where they hold a comma, a quote (doubled) or a line end.</summary>
internal static class CsvRows
{
    /// <summary>The rows, without empty lines; a quote where none may be is a mistake.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text, List<Mistake> mistakes)
    {
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var line = 1;
        for (var at = 0; at < text.Length; )
        {
            var begins = line;
            var cell = text[at] == '"' ? Quoted(text, ref at, ref line) : Plain(text, ref at);
            if (cell is null || (at < text.Length && text[at] is not (',' or '\r' or '\n')))
            {
                mistakes.Add(
                    new Mistake(
                        "csv",
                        "a quote stands where none may be, or is not closed",
                        Line: begins
                    )
                );
                return rows;
            }
            row.Add(cell);
            if (at < text.Length && text[at] == ',')
            {
                at++;
                if (at < text.Length && text[at] is not ('\r' or '\n'))
                    continue;
                row.Add("");
            }
            if (at < text.Length && text[at] == '\r')
                at++;
            if (at < text.Length && text[at] == '\n')
                at++;
            line++;
            if (row is not [""])
                rows.Add(row);
            row = [];
        }
        return rows;
    }

    private static string Plain(string text, ref int at)
    {
        var begin = at;
        while (at < text.Length && text[at] is not (',' or '\r' or '\n' or '"'))
            at++;
        return text[begin..at];
    }

    private static string? Quoted(string text, ref int at, ref int line)
    {
        var cell = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (at + 1 == text.Length || text[at + 1] != '"')
                {
                    at++;
                    return cell.ToString();
                }
                at++;
            }
            if (text[at] == '\n')
                line++;
            cell.Append(text[at]);
        }
        return null;
    }
}
