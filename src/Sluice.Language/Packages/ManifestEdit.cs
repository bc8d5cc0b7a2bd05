using System.Text;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>Changes the text of a manifest in one place, so that comments and layout stay as their author left them.</summary>
internal static class ManifestEdit
{
    /// <summary>Adds an entry at the end of <c>nodes</c>. The text must be a readable manifest; the caller reads the result again.</summary>
    public static string AddNode(string yaml, NodeTemplate node)
    {
        var end = yaml.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var lines = yaml.Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        var map = (MapNode)YamlTree.Read(yaml, new MistakeList(null))!;
        var nodes = map.Entries.FirstOrDefault(e => e.Key == "nodes");
        if (nodes is null)
        {
            while (lines.Count > 0 && lines[^1].Trim().Length == 0)
                lines.RemoveAt(lines.Count - 1);
            lines.AddRange(["nodes:", .. Entry(node, 2), ""]);
        }
        else if (nodes.Value is ListNode { Items: [.., var last] })
        {
            var dash = lines[last.Line - 1].LastIndexOf('-', Math.Max(0, last.Column - 2));
            lines.InsertRange(EndOf(lines, last.Line - 1, dash), Entry(node, dash));
        }
        else
        {
            // `nodes:` or `nodes: []`: the list begins below the key; a comment behind it stays.
            var line = lines[nodes.Line - 1];
            var brackets = line.IndexOf("[]", StringComparison.Ordinal);
            if (brackets >= 0)
                lines[nodes.Line - 1] =
                    line[..brackets].TrimEnd()
                    + (line[(brackets + 2)..] is { Length: > 0 } rest ? rest : "");
            lines.InsertRange(nodes.Line, Entry(node, 2));
            if (lines[^1].Length > 0)
                lines.Add("");
        }
        return string.Join(end, lines);
    }

    /// <summary>The line index after the last line that belongs to the list item which starts at a line.</summary>
    private static int EndOf(List<string> lines, int start, int dash)
    {
        var end = start + 1;
        for (var i = start + 1; i < lines.Count; i++)
        {
            var text = lines[i].TrimStart();
            if (text.Length == 0)
                continue;
            if (lines[i].Length - text.Length <= dash)
                break;
            end = i + 1;
        }
        if (end == lines.Count)
            lines.Add("");
        return end;
    }

    private static IEnumerable<string> Entry(NodeTemplate node, int indent)
    {
        var space = new string(' ', Math.Max(0, indent));
        yield return $"{space}- name: {node.Name}";
        yield return $"{space}  input: {node.Input}";
        yield return $"{space}  output: {node.Output}";
        if (node.Type == NodeType.Pipeline)
            yield return $"{space}  type: pipeline";
        if (node.Description.Length > 0)
            yield return $"{space}  description: {Quote(node.Description)}";
    }

    /// <summary>A text as a double-quoted YAML scalar on one line.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                _ when char.IsControl(c) => quoted.Append("\\u").Append(((int)c).ToString("x4")),
                _ => quoted.Append(c),
            };
        return quoted.Append('"').ToString();
    }
}
