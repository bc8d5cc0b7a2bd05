namespace Sluice.Language.Expressions.Syntax;

/// <summary>A part of an expression as it was written.</summary>
/// <param name="At">Offset where a mistake in it is shown.</param>
/// <param name="Depth">1, and one more than the deepest of its parts.</param>
internal abstract record SyntaxNode(int At, int Depth);

internal sealed record LiteralSyntax(Token Token, bool Negative, int At) : SyntaxNode(At, 1);

/// <param name="IsRooted">It was written with a leading point: no variable of a macro is meant.</param>
internal sealed record NameSyntax(string Name, bool IsRooted, int At) : SyntaxNode(At, 1);

/// <summary><c>a.b</c>, or with <paramref name="IsOptional"/> <c>a.?b</c>.</summary>
internal sealed record SelectSyntax(SyntaxNode Operand, string Name, bool IsOptional, int At)
    : SyntaxNode(At, Operand.Depth + 1);

/// <summary><c>a[b]</c>, or with <paramref name="IsOptional"/> <c>a[?b]</c>.</summary>
internal sealed record IndexSyntax(SyntaxNode Operand, SyntaxNode Index, bool IsOptional, int At)
    : SyntaxNode(At, Math.Max(Operand.Depth, Index.Depth) + 1);

/// <summary>A function, a method when there is a <paramref name="Target"/>, an operator (<c>_+_</c>), a macro.</summary>
internal sealed record CallSyntax(
    string Function,
    SyntaxNode? Target,
    IReadOnlyList<SyntaxNode> Arguments,
    int At
) : SyntaxNode(At, Math.Max(Target?.Depth ?? 0, Deepest.Of(Arguments)) + 1);

/// <summary>Terms side by side with <c>&amp;&amp;</c> or <c>||</c>, at least two.</summary>
internal sealed record LogicSyntax(bool IsAnd, IReadOnlyList<SyntaxNode> Terms, int At)
    : SyntaxNode(At, Deepest.Of(Terms) + 1);

internal sealed record ConditionalSyntax(
    SyntaxNode Condition,
    SyntaxNode Then,
    SyntaxNode Else,
    int At
) : SyntaxNode(At, Math.Max(Condition.Depth, Math.Max(Then.Depth, Else.Depth)) + 1);

internal sealed record ListSyntax(IReadOnlyList<EntrySyntax> Elements, int At)
    : SyntaxNode(At, Deepest.Of(Elements.Select(e => e.Value)) + 1);

internal sealed record MapSyntax(IReadOnlyList<EntrySyntax> Entries, int At)
    : SyntaxNode(At, Deepest.Of(Entries.SelectMany(e => (SyntaxNode[])[e.Key!, e.Value])) + 1);

/// <summary><c>pkg.Message{field: value}</c>.</summary>
internal sealed record MessageSyntax(
    string Name,
    bool IsRooted,
    IReadOnlyList<EntrySyntax> Fields,
    int At
) : SyntaxNode(At, Deepest.Of(Fields.Select(e => e.Value)) + 1);

/// <summary>An element of a list, an entry of a map, a field of a message; <paramref name="IsOptional"/> when led in by <c>?</c>.</summary>
internal sealed record EntrySyntax(
    SyntaxNode? Key,
    string Field,
    SyntaxNode Value,
    bool IsOptional,
    int At
);

internal static class Deepest
{
    public static int Of(IEnumerable<SyntaxNode> nodes) =>
        nodes.Select(n => n.Depth).DefaultIfEmpty(0).Max();
}
