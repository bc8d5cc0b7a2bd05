using System.Runtime.InteropServices;

namespace Sluice.Language.Expressions.Syntax;

internal enum TokenKind
{
    End,

    /// <summary>A name; <see cref="Token.Text"/> holds it without back quotes.</summary>
    Name,

    /// <summary>A name in back quotes, which can only be a field.</summary>
    Quoted,
    Int,
    UInt,
    Double,
    String,
    Bytes,

    /// <summary>An operator or bracket; <see cref="Token.Text"/> holds it.</summary>
    Mark,
}

/// <summary>A word of an expression.</summary>
/// <param name="Text">For a number its digits, without sign and suffix.</param>
/// <param name="At">Offset of the first character.</param>
/// <param name="Data">The UTF-8 bytes of a string, the bytes of a bytes literal; else null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, string Text, int At, byte[]? Data = null)
{
    public bool Is(string mark) => Kind == TokenKind.Mark && Text == mark;

    public bool IsWord(string word) => Kind == TokenKind.Name && Text == word;

    /// <summary>How a mistake names it.</summary>
    public string Shown =>
        Kind switch
        {
            TokenKind.End => "the end",
            TokenKind.String => "a string",
            TokenKind.Bytes => "bytes",
            _ => $"`{Documents.Shown.Text(Text)}`",
        };
}
