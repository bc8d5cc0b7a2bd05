using System.Text;
using System.Text.Json;

namespace Sluice.Language.Documents;

/// <summary>Reads a JSON document into the same tree as YAML, with positions.</summary>
internal ref struct JsonTree
{
    private readonly MistakeList mistakes;
    private readonly ReadOnlySpan<byte> bytes;
    private Utf8JsonReader reader;
    private int nodes;
    private long seen;
    private int line;
    private int column;

    private JsonTree(ReadOnlySpan<byte> bytes, MistakeList mistakes)
    {
        this.mistakes = mistakes;
        this.bytes = bytes;
        line = column = 1;
        reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions { MaxDepth = DocumentLimits.Depth }
        );
    }

    /// <summary>Null when the text is no usable JSON; the mistakes then say where and why.</summary>
    public static TreeNode? Read(string text, MistakeList mistakes)
    {
        if (text.Length > DocumentLimits.Length)
        {
            mistakes.Add(
                "document_too_large",
                $"The file has {text.Length} characters; at most {DocumentLimits.Length} are read.",
                1,
                1
            );
            return null;
        }
        var tree = new JsonTree(Encoding.UTF8.GetBytes(text), mistakes);
        try
        {
            tree.reader.Read();
            var root = tree.Node();
            tree.reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            mistakes.Add(
                "json_syntax",
                "This is not valid JSON; a value, `,` or the end of a list or mapping is expected here, "
                    + $"at most {DocumentLimits.Depth} deep.",
                (int)(e.LineNumber ?? 0) + 1,
                (int)(e.BytePositionInLine ?? 0) + 1
            );
            return null;
        }
        catch (InvalidOperationException)
        {
            // The reader's word for a text with half a surrogate pair.
            var (line, column) = tree.Position();
            mistakes.Add("json_text", "This text is not valid Unicode.", line, column);
            return null;
        }
    }

    private TreeNode? Node()
    {
        var (atLine, atColumn) = Position();
        if (++nodes > DocumentLimits.Nodes)
        {
            if (nodes == DocumentLimits.Nodes + 1)
                mistakes.Add(
                    "document_too_large",
                    $"The file holds more than {DocumentLimits.Nodes} values.",
                    atLine,
                    atColumn
                );
            reader.Skip();
            return null;
        }
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Map(atLine, atColumn),
            JsonTokenType.StartArray => List(atLine, atColumn),
            JsonTokenType.String => new ScalarNode(
                reader.GetString()!,
                ScalarType.Text,
                atLine,
                atColumn
            ),
            JsonTokenType.Number => new ScalarNode(
                Encoding.ASCII.GetString(reader.ValueSpan),
                ScalarType.Number,
                atLine,
                atColumn
            ),
            JsonTokenType.True => new ScalarNode("true", ScalarType.Flag, atLine, atColumn),
            JsonTokenType.False => new ScalarNode("false", ScalarType.Flag, atLine, atColumn),
            _ => new ScalarNode("", ScalarType.Null, atLine, atColumn),
        };
    }

    private ListNode List(int atLine, int atColumn)
    {
        var items = new List<TreeNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            if (Node() is { } item)
                items.Add(item);
        return new ListNode(items, atLine, atColumn);
    }

    private MapNode Map(int atLine, int atColumn)
    {
        var entries = new List<MapEntry>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (keyLine, keyColumn) = Position();
            var key = reader.GetString()!;
            reader.Read();
            if (Node() is not { } value)
                continue;
            if (first.TryAdd(key, keyLine))
                entries.Add(new MapEntry(key, value, keyLine, keyColumn));
            else
                mistakes.Add(
                    "duplicate_key",
                    $"The key `{Shown.Text(key)}` stands here a second time; the first is in line {first[key]}.",
                    keyLine,
                    keyColumn
                );
        }
        return new MapNode(entries, atLine, atColumn);
    }

    /// <summary>Line and column of the current token; walks forward only, so that a document costs one pass.</summary>
    private (int Line, int Column) Position()
    {
        for (; seen < reader.TokenStartIndex; seen++)
        {
            var b = bytes[(int)seen];
            if (b == (byte)'\n')
                (line, column) = (line + 1, 1);
            else if (b >= 0xF0)
                column += 2; // Two UTF-16 units outside of the basic plane.
            else if ((b & 0xC0) != 0x80)
                column++;
        }
        return (line, column);
    }
}
