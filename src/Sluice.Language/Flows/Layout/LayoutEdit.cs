using System.Globalization;
using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Layout;

/// <summary>Writes a layout into a document's own text, so that comments and the author's style stay.</summary>
public static class LayoutEdit
{
    /// <param name="text">A flow as YAML or JSON, without mistakes of form.</param>
    /// <param name="file">Its path.</param>
    /// <param name="kept">False when the text had to be written anew, in canonical form.</param>
    /// <returns>The text with `col` and `row` in every placement; null when it does not read as a flow.</returns>
    public static string? Apply(string text, string file, out bool kept)
    {
        kept = true;
        if (FlowReader.Read(text, file).Value is not { } flow)
            return null;
        var wanted = FlowLayout.Of(flow).ApplyTo(flow);
        var edited = Edit(text, file, wanted);
        // Only an edit that reads as exactly what was meant is taken.
        if (
            edited is not null
            && FlowReader.Read(edited, file).Value is { } read
            && read.ToJson() == wanted.ToJson()
        )
            return edited;
        kept = false;
        return text.AsSpan().TrimStart() is ['{', ..] ? wanted.ToJson() : wanted.ToYaml();
    }

    private static string? Edit(string text, string file, FlowDocument wanted)
    {
        var mistakes = new MistakeList(file);
        var isJson = text.AsSpan().TrimStart() is ['{', ..];
        var root = isJson ? JsonTree.Read(text, mistakes) : YamlTree.Read(text, mistakes);
        var nodes =
            (root as MapNode)?.Entries.FirstOrDefault(e => e.Key == "nodes")?.Value as ListNode;
        if (nodes is null || nodes.Items.Count != wanted.Nodes.Count)
            return null;
        var lines = text.Split('\n');
        // From the end, so that what is inserted moves nothing that is still to be found.
        for (var i = nodes.Items.Count - 1; i >= 0; i--)
        {
            if (
                nodes.Items[i] is not MapNode map
                || wanted.Nodes[i] is not { Col: { } col, Row: { } row }
            )
                return null;
            Insert(lines, map, col, row, isJson);
        }
        return string.Join('\n', lines);
    }

    private static void Insert(string[] lines, MapNode map, int col, int row, bool isJson)
    {
        var missing = new List<(string Key, int Value)>();
        // A later key in the same line first.
        foreach (
            var (key, value) in new[] { ("col", col), ("row", row) }
                .OrderByDescending(k => Find(map, k.Item1)?.Value.Line ?? 0)
                .ThenByDescending(k => Find(map, k.Item1)?.Value.Column ?? 0)
        )
            if (Find(map, key) is { Value: ScalarNode old })
            {
                var (before, after) = Split(lines, old.Line, old.Column);
                lines[old.Line - 1] =
                    before
                    + value.ToString(CultureInfo.InvariantCulture)
                    + after[old.Text.Length..];
            }
            else
                missing.Add((key, value));
        if (missing.Count == 0)
            return;
        missing.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        var inline =
            lines[map.Line - 1].Length >= map.Column && lines[map.Line - 1][map.Column - 1] == '{';
        if (inline)
        {
            var (before, after) = Split(lines, map.Line, map.Column + 1);
            var said = string.Concat(
                missing.Select(m => (isJson ? $"\"{m.Key}\"" : m.Key) + $": {m.Value}, ")
            );
            lines[map.Line - 1] = before + said + after;
            return;
        }
        // In block style, behind what is placed, each key in a line of its own.
        var last = map.Entries.Last(e => e.Key is "alias" or "package" or "node" or "subflow");
        var indent = new string(' ', map.Column - 1);
        var end = lines[last.Value.Line - 1].EndsWith('\r') ? "\r" : "";
        lines[last.Value.Line - 1] =
            lines[last.Value.Line - 1].TrimEnd('\r')
            + end
            + string.Concat(missing.Select(m => $"\n{indent}{m.Key}: {m.Value}{end}"));
    }

    private static MapEntry? Find(MapNode map, string key) =>
        map.Entries.FirstOrDefault(e => e.Key == key);

    private static (string Before, string After) Split(string[] lines, int line, int column) =>
        (lines[line - 1][..(column - 1)], lines[line - 1][(column - 1)..]);
}
