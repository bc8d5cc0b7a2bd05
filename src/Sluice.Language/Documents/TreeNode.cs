namespace Sluice.Language.Documents;

/// <summary>A document as a tree of values with their positions; the same for YAML and for JSON.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
internal abstract record TreeNode(int Line, int Column)
{
    /// <summary>How a mistake names this kind of value: "a text", "a list", "a mapping".</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value. What it means (text, number, flag) is decided by whoever asks for it.</summary>
/// <param name="Text">The value without quotes.</param>
/// <param name="Type">What the notation alone says about it.</param>
internal sealed record ScalarNode(string Text, ScalarType Type, int Line, int Column)
    : TreeNode(Line, Column)
{
    public override string Kind =>
        Type switch
        {
            ScalarType.Null => "nothing",
            ScalarType.Number => "a number",
            ScalarType.Flag => "true or false",
            _ => "a text",
        };
}

internal enum ScalarType
{
    Text,
    Number,
    Flag,
    Null,
}

internal sealed record ListNode(IReadOnlyList<TreeNode> Items, int Line, int Column)
    : TreeNode(Line, Column)
{
    public override string Kind => "a list";
}

/// <summary>Keys in the order of the document; no key occurs twice.</summary>
internal sealed record MapNode(IReadOnlyList<MapEntry> Entries, int Line, int Column)
    : TreeNode(Line, Column)
{
    public override string Kind => "a mapping";
}

/// <summary>One key with its value; the position is that of the key.</summary>
internal sealed record MapEntry(string Key, TreeNode Value, int Line, int Column);

/// <summary>What a document may cost to read. Everything that an author writes by hand stays far below.</summary>
internal static class DocumentLimits
{
    /// <summary>Characters of text.</summary>
    public const int Length = 1024 * 1024;

    /// <summary>Values inside values.</summary>
    public const int Depth = 64;

    /// <summary>Values in all.</summary>
    public const int Nodes = 50_000;

    /// <summary>Mistakes that are collected before reading stops.</summary>
    public const int Mistakes = 100;
}
