namespace Sluice.Language.Packages.Languages;

/// <summary>Tells types that stand for many messages from those that stand for one, in languages whose compilers look at that late or never.</summary>
internal static class StreamTypes
{
    private static readonly string[] Words =
    [
        "AsyncEnumerable",
        "Generator",
        "Iterable",
        "Iterator",
    ];

    /// <summary>Why a type does not go with the type of a node, as the beginning of a sentence; null when it does.</summary>
    /// <param name="verb"><c>takes</c> or <c>returns</c>.</param>
    public static string? Fault(ManifestNode node, string verb, string type)
    {
        var many = Words.Any(word => type.Contains(word, StringComparison.Ordinal));
        return (many, node.Type) switch
        {
            (false, NodeType.Pipeline) =>
                $"This handler {verb} `{type}`, which is one message, and `{node.Name}` is a pipeline",
            (true, NodeType.Unary) =>
                $"This handler {verb} `{type}`, which is a stream, and `{node.Name}` is unary",
            _ => null,
        };
    }
}
