using System.Globalization;
using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Language.Documents;

/// <summary>Writes a tree as YAML in one fixed style: blocks, two spaces, quotes only where the text needs them.</summary>
internal static class TreeYaml
{
    // Words that older readers of YAML take for something else than a text.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "y",
        "n",
        "yes",
        "no",
        "on",
        "off",
    };

    public static string Write(TreeNode root)
    {
        var text = new StringBuilder();
        if (root is MapNode { Entries.Count: > 0 } map)
            Map(text, map, 0, started: false);
        else
            Inline(text, root, 0);
        return text.ToString();
    }

    /// <param name="started">True when the first key goes on in the line of a list's dash.</param>
    private static void Map(StringBuilder text, MapNode map, int indent, bool started)
    {
        foreach (var entry in map.Entries)
        {
            if (!started)
                text.Append(' ', indent);
            started = false;
            Quoted(text, entry.Key);
            text.Append(':');
            Value(text, entry.Value, indent);
        }
    }

    private static void Value(StringBuilder text, TreeNode node, int indent)
    {
        switch (node)
        {
            case MapNode { Entries.Count: > 0 } map:
                text.Append('\n');
                Map(text, map, indent + 2, started: false);
                break;
            case ListNode { Items.Count: > 0 } list:
                text.Append('\n');
                List(text, list, indent + 2);
                break;
            default:
                text.Append(' ');
                Inline(text, node, indent + 2);
                break;
        }
    }

    private static void List(StringBuilder text, ListNode list, int indent)
    {
        foreach (var item in list.Items)
        {
            text.Append(' ', indent).Append('-');
            if (item is MapNode { Entries.Count: > 0 } map)
            {
                text.Append(' ');
                Map(text, map, indent + 2, started: true);
            }
            else
                Value(text, item, indent);
        }
    }

    /// <summary>What begins in the line of its key, with its line end.</summary>
    private static void Inline(StringBuilder text, TreeNode node, int indent)
    {
        switch (node)
        {
            case MapNode:
                text.Append("{}\n");
                break;
            case ListNode:
                text.Append("[]\n");
                break;
            case ScalarNode { Type: ScalarType.Text } scalar when IsBlock(scalar.Text):
                Block(text, scalar.Text, indent);
                break;
            case ScalarNode { Type: ScalarType.Text } scalar:
                Quoted(text, scalar.Text);
                text.Append('\n');
                break;
            case ScalarNode scalar:
                text.Append(scalar.Type == ScalarType.Null ? "null" : scalar.Text).Append('\n');
                break;
        }
    }

    /// <summary>Several lines that a block text carries as they are.</summary>
    private static bool IsBlock(string text)
    {
        if (
            !text.Contains('\n')
            || text[0] is '\n' or ' '
            || text.EndsWith("\n\n", StringComparison.Ordinal)
        )
            return false;
        return text.Split('\n')
            .All(line =>
                !line.EndsWith(' ')
                && line.All(c => c == '\t' || IsPlainChar(c))
                && !line.StartsWith('\t')
            );
    }

    private static void Block(StringBuilder text, string value, int indent)
    {
        var ends = value.EndsWith('\n');
        text.Append(ends ? "|\n" : "|-\n");
        foreach (var line in (ends ? value[..^1] : value).Split('\n'))
        {
            if (line.Length > 0)
                text.Append(' ', indent).Append(line);
            text.Append('\n');
        }
    }

    private static void Quoted(StringBuilder text, string value)
    {
        if (IsPlain(value))
        {
            text.Append(value);
            return;
        }
        text.Append('"');
        foreach (var c in value)
            text.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ when IsPlainChar(c) => c.ToString(),
                    _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                }
            );
        text.Append('"');
    }

    private static bool IsPlain(string value)
    {
        if (value.Length is 0 or > 200 || Words.Contains(value))
            return false;
        if (!char.IsAsciiLetter(value[0]) && value[0] != '_' && !NameRules.IsVersion(value))
            return false;
        return YamlTree.PlainType(value) == ScalarType.Text
            && value.All(IsPlainChar)
            && !value.Contains(": ", StringComparison.Ordinal)
            && !value.Contains(" #", StringComparison.Ordinal)
            && value[^1] is not (' ' or ':');
    }

    private static bool IsPlainChar(char c) =>
        c is >= ' ' and not '\x7f' and (< '\x80' or > '\xa0')
        && c is not ('\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff');
}
