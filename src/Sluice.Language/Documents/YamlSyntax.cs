using YamlDotNet.Core;

namespace Sluice.Language.Documents;

/// <summary>Says in our own words what a YAML reader stumbled over and what it expected.</summary>
internal static class YamlSyntax
{
    public const string General =
        "This is not valid YAML; `key: value`, `- item` or an indented block of them is expected.";

    // The reader tells its cases apart by text alone; what matches nothing gets the general sentence.
    private static readonly (string Sign, string Sentence)[] Sentences =
    [
        ("tab", "A tab stands where YAML expects indentation by spaces."),
        ("quoted scalar, found unexpected end", "A quoted text starts here and is never closed."),
        (
            "escape character",
            "This escape is unknown; a backslash in double quotes is expected before one of \\n \\t \\\" \\\\ \\u and the like."
        ),
        ("hexadecimal", "Hexadecimal digits are expected after this escape."),
        (
            "block mapping",
            "A key (`name: value`) is expected here, indented like the key before it."
        ),
        (
            "block collection",
            "A list item (`- value`) is expected here, indented like the item before it."
        ),
        ("flow mapping", "`,` or `}` is expected here."),
        ("flow sequence", "`,` or `]` is expected here."),
        ("could not find expected ':'", "`:` is expected after this key."),
        (
            "Mapping values are not allowed",
            "`:` is not expected here; quote a text that holds `: `, and indent keys alike."
        ),
        (
            "invalid mapping",
            "`:` is not expected here; quote a text that holds `: `, and indent keys alike."
        ),
        (
            "Block sequence entries are not allowed",
            "A list item (`- value`) is not expected here; start it on a line of its own."
        ),
        (
            "Mapping keys are not allowed",
            "A key is not expected here; start it on a line of its own."
        ),
        ("cannot start any token", "This character cannot start a value; put the text in quotes."),
        ("undefined tag handle", "A tag (`!name`) is not allowed here."),
        ("anchor", "An anchor or alias is not allowed here."),
        (
            "block scalar",
            "The header of a block text (`|` or `>`) is expected to end the line, and its text to be indented below it."
        ),
        (
            "document",
            "The document is expected to end here; check the indentation of the lines before."
        ),
        ("recursion", "Values are nested too deep."),
    ];

    public static string Explain(YamlException e)
    {
        foreach (var (sign, sentence) in Sentences)
            if (e.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
                return sentence;
        return General;
    }
}
