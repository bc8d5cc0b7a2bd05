namespace Sluice.Language.Protos.Source;

internal enum TokenKind
{
    Word,
    Integer,
    Decimal,
    Text,
    Symbol,
    End,
}

/// <summary>One token of a proto file.</summary>
/// <param name="Text">As written; for <see cref="TokenKind.Text"/> the decoded value.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="EndColumn">Column just after the token.</param>
/// <param name="Docs">The comment that leads this token, without its markers; empty when there is none.</param>
internal readonly record struct ProtoToken(
    TokenKind Kind,
    string Text,
    int Line,
    int Column,
    int EndColumn,
    string Docs
)
{
    public bool Is(string text) => Kind is TokenKind.Word or TokenKind.Symbol && Text == text;

    /// <summary>How a message names this token.</summary>
    public string Shown =>
        Kind switch
        {
            TokenKind.End => "the end of the file",
            TokenKind.Text => "a string",
            _ => Text.Length > 40 ? $"'{Text[..40]}…'" : $"'{Text}'",
        };
}
