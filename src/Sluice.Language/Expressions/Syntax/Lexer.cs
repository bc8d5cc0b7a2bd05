namespace Sluice.Language.Expressions.Syntax;

/// <summary>Cuts an expression into tokens. A mistake ends the search: what follows it would be guessed.</summary>
internal sealed class Lexer(string text, ExpressionMistakes mistakes)
{
    private static readonly string[] TwoCharacterMarks = ["&&", "||", "==", "!=", "<=", ">="];
    private int at;

    /// <summary>Ends with a token of kind <see cref="TokenKind.End"/>; null after a mistake.</summary>
    public List<Token>? Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            SkipSpace();
            if (at == text.Length)
            {
                tokens.Add(new(TokenKind.End, "", at));
                return tokens;
            }
            if (Next() is not { } token)
                return null;
            tokens.Add(token);
        }
    }

    private void SkipSpace()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\n' or '\r' or '\f')
                at++;
            else if (text.AsSpan(at).StartsWith("//"))
                at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
            else
                return;
        }
    }

    private Token? Next()
    {
        var c = text[at];
        if (StringLiteral.Prefix(text, at) is { } prefix)
            return String(prefix);
        if (char.IsAsciiLetter(c) || c == '_')
            return Name();
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            return Number();
        return c == '`' ? Quoted() : Mark();
    }

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private Token? String(StringPrefix prefix)
    {
        var start = at;
        var literal = StringLiteral.Read(text, at, prefix, mistakes);
        if (literal is not { } read)
            return null;
        at = read.End;
        return new(prefix.IsBytes ? TokenKind.Bytes : TokenKind.String, "", start, read.Data);
    }

    private Token Name()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        return new(TokenKind.Name, text[start..at], start);
    }

    private Token? Quoted()
    {
        var end = text.IndexOf('`', at + 1);
        var name = end < 0 ? "" : text[(at + 1)..end];
        if (
            name.Length == 0
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or ' ')
        )
            return Wrong("Between back quotes stands the name of a field.");
        var start = at;
        at = end + 1;
        return new(TokenKind.Quoted, name, start);
    }

    private Token? Number()
    {
        var start = at;
        if (text[at] == '0' && Peek(1) is 'x' or 'X')
        {
            at += 2;
            var digits = at;
            while (at < text.Length && char.IsAsciiHexDigit(text[at]))
                at++;
            return at == digits
                ? Wrong("After `0x` come hexadecimal digits.")
                : Suffixed(start, TokenKind.Int);
        }

        var kind = TokenKind.Int;
        Digits();
        if (at < text.Length && text[at] == '.' && char.IsAsciiDigit(Peek(1)))
        {
            kind = TokenKind.Double;
            at++;
            Digits();
        }
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = Peek(1) is '+' or '-' ? 2 : 1;
            if (char.IsAsciiDigit(Peek(sign)))
            {
                kind = TokenKind.Double;
                at += sign;
                Digits();
            }
        }
        return Suffixed(start, kind);
    }

    private void Digits()
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
    }

    private Token? Suffixed(int start, TokenKind kind)
    {
        var digits = text[start..at];
        if (kind == TokenKind.Int && at < text.Length && text[at] is 'u' or 'U')
        {
            kind = TokenKind.UInt;
            at++;
        }
        if (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            return Wrong($"A number ends before `{text[at]}`.");
        return new(kind, digits, start);
    }

    private Token? Mark()
    {
        foreach (var mark in TwoCharacterMarks)
        {
            if (string.CompareOrdinal(text, at, mark, 0, 2) != 0)
                continue;
            at += 2;
            return new(TokenKind.Mark, mark, at - 2);
        }

        if (!"()[]{}.,?:+-*/%!<>".Contains(text[at]))
            return Wrong(
                text[at] switch
                {
                    '=' => "Equality is written `==`; an expression sets nothing.",
                    '&' => "`and` is written `&&`.",
                    '|' => "`or` is written `||`.",
                    _ => $"`{Documents.Shown.Text(text[at].ToString())}` has no meaning here.",
                }
            );
        return new(TokenKind.Mark, text[at].ToString(), at++);
    }

    private Token? Wrong(string message)
    {
        mistakes.Add(ExpressionMistakes.Syntax, message, at);
        return null;
    }
}
