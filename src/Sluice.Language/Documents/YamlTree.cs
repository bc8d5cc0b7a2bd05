using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sluice.Language.Documents;

/// <summary>
/// Reads one YAML document into a tree. What makes YAML dangerous or surprising is refused: anchors, aliases, tags,
/// several documents, keys that are not plain text, duplicate keys.
/// </summary>
internal sealed partial class YamlTree
{
    private readonly MistakeList mistakes;
    private readonly Parser parser;
    private int nodes;

    private YamlTree(string text, MistakeList mistakes)
    {
        this.mistakes = mistakes;
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Null when the text is no usable YAML; the mistakes then say where and why.</summary>
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
        var reader = new YamlTree(text, mistakes);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            // A tab is found while a text before it is scanned; what begins that text is of no interest.
            var tab = e.Message.Contains("tab", StringComparison.OrdinalIgnoreCase);
            var at = tab ? e.End : e.Start;
            mistakes.Add("yaml_syntax", YamlSyntax.Explain(e), Line(at), Column(at));
            return null;
        }
        catch (TooMuchException)
        {
            return null;
        }
        catch (Exception e)
            when (e
                    is InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or OverflowException
            )
        {
            // The parser's own slips on odd input, such as document ends without a document.
            var at = reader.parser.Current?.End ?? default;
            mistakes.Add("yaml_syntax", YamlSyntax.General, Line(at), Column(at));
            return null;
        }
    }

    /// <summary>Whether a text that reads as YAML has comments, which no tree holds.</summary>
    public static bool HasComments(string text)
    {
        var scanner = new Scanner(new StringReader(text), skipComments: false);
        try
        {
            while (scanner.MoveNext())
                if (scanner.Current is YamlDotNet.Core.Tokens.Comment)
                    return true;
        }
        catch (YamlException)
        {
            // It reads without its comments, so what the scanner stumbles over is one.
            return true;
        }
        return false;
    }

    private TreeNode? Document()
    {
        Next();
        Next();
        if (parser.Current is StreamEnd)
        {
            mistakes.Add("document_empty", "The file is empty; a mapping is expected.", 1, 1);
            return null;
        }
        Next();
        var root = Node(0);
        Next();
        if (parser.MoveNext() && parser.Current is DocumentStart second)
            mistakes.Add(
                "yaml_documents",
                "A second document starts here; the file holds exactly one.",
                Line(second.Start),
                Column(second.Start)
            );
        return root;
    }

    private void Next()
    {
        if (!parser.MoveNext())
            throw new YamlException(default, default, "unexpected end");
    }

    /// <summary>Reads the node that starts at the current event and stops on its last event.</summary>
    private TreeNode Node(int depth)
    {
        var start = parser.Current!.Start;
        if (depth > DocumentLimits.Depth)
            throw TooMuch(start, $"Values are nested more than {DocumentLimits.Depth} deep.");
        if (++nodes > DocumentLimits.Nodes)
            throw TooMuch(start, $"The file holds more than {DocumentLimits.Nodes} values.");
        Check(parser.Current);
        return parser.Current switch
        {
            Scalar scalar => Scalar(scalar),
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => new ScalarNode("", ScalarType.Null, Line(start), Column(start)),
        };
    }

    private ListNode List(int depth)
    {
        var start = parser.Current!.Start;
        var items = new List<TreeNode>();
        for (Next(); parser.Current is not SequenceEnd; Next())
            items.Add(Node(depth + 1));
        return new ListNode(items, Line(start), Column(start));
    }

    private MapNode Map(int depth)
    {
        var start = parser.Current!.Start;
        var entries = new List<MapEntry>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (Next(); parser.Current is not MappingEnd; Next())
        {
            var key = Node(depth + 1);
            Next();
            var value = Node(depth + 1);
            if (key is not ScalarNode { Type: not ScalarType.Null } name)
                mistakes.Add(
                    "yaml_key",
                    $"A key is expected to be a plain text, not {key.Kind}.",
                    key
                );
            else if (!first.TryAdd(name.Text, key.Line))
                mistakes.Add(
                    "duplicate_key",
                    $"The key `{Shown.Text(name.Text)}` stands here a second time; the first is in line {first[name.Text]}.",
                    key
                );
            else
                entries.Add(new MapEntry(name.Text, value, key.Line, key.Column));
        }
        return new MapNode(entries, Line(start), Column(start));
    }

    private static ScalarNode Scalar(Scalar scalar)
    {
        var type = scalar.Style == ScalarStyle.Plain ? PlainType(scalar.Value) : ScalarType.Text;
        return new ScalarNode(scalar.Value, type, Line(scalar.Start), Column(scalar.Start));
    }

    /// <summary>The core schema of YAML 1.2: <c>no</c> and <c>1.2.3</c> are texts.</summary>
    public static ScalarType PlainType(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarType.Flag,
            _ when text.Length <= 64 && NumberPattern().IsMatch(text) => ScalarType.Number,
            _ => ScalarType.Text,
        };

    private void Check(ParsingEvent current)
    {
        if (current is AnchorAlias)
            Refuse("An alias (`*name`)", current);
        else if (current is NodeEvent { Anchor.IsEmpty: false })
            Refuse("An anchor (`&name`)", current);
        else if (current is NodeEvent node && !node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            Refuse("A tag (`!name`)", current);
    }

    private void Refuse(string what, ParsingEvent at) =>
        mistakes.Add(
            "yaml_feature",
            $"{what} is not allowed here; write the value out.",
            Line(at.Start),
            Column(at.Start)
        );

    private TooMuchException TooMuch(Mark at, string message)
    {
        mistakes.Add("document_too_large", message, Line(at), Column(at));
        return new TooMuchException();
    }

    private static int Line(Mark mark) => (int)Math.Clamp(mark.Line, 1, int.MaxValue);

    private static int Column(Mark mark) => (int)Math.Clamp(mark.Column, 1, int.MaxValue);

    [GeneratedRegex(
        @"^[-+]?(0x[0-9A-Fa-f]+|0o[0-7]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))$|^\.(nan|NaN|NAN)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NumberPattern();

    /// <summary>Stops the reading of a document that costs too much; never leaves this class.</summary>
    private sealed class TooMuchException : Exception;
}
