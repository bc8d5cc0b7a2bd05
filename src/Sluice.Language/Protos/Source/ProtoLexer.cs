using System.Text;

namespace Sluice.Language.Protos.Source;

/// <summary>
/// Cuts a proto file into tokens. A comment documents the token after it when no blank line lies between and it does
/// not share a line with the token before it; every other comment is ignored.
/// </summary>
internal sealed class ProtoLexer(string source, string file, ProtoMistakes mistakes)
{
    private int position;
    private int line = 1;
    private int lineStart;
    private int lastTokenLine;
    private string docs = "";

    public List<ProtoToken> Run()
    {
        var tokens = new List<ProtoToken>(source.Length / 5);
        if (source.StartsWith('\uFEFF'))
        {
            position = 1;
            lineStart = 1;
        }

        while (SkipBlanksAndComments())
        {
            if (Next() is not { } token)
                continue;
            tokens.Add(token);
            lastTokenLine = line;
            docs = "";
        }

        tokens.Add(new(TokenKind.End, "", line, Column, Column, ""));
        return tokens;
    }

    private int Column => position - lineStart + 1;

    private char Peek(int ahead = 0) =>
        position + ahead < source.Length ? source[position + ahead] : '\0';

    private ProtoToken? Next()
    {
        var start = position;
        var column = Column;
        var c = source[position];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
                position++;
            return Word(start, column);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            return Number(start, column);
        if (c is '"' or '\'')
            return Text(column);
        position++;
        if ("{}[]()<>;,=.:-+/".Contains(c))
            return Token(TokenKind.Symbol, start, column);

        if (char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek()))
            position++;
        var shown = c < ' ' || c > '~' ? $"U+{CodePoint(start):X4}" : $"'{c}'";
        mistakes.Add(
            "proto_bad_character",
            $"The character {shown} has no meaning here.",
            file,
            line,
            column
        );
        return null;
    }

    private int CodePoint(int at) =>
        at + 1 < source.Length && char.IsSurrogatePair(source, at)
            ? char.ConvertToUtf32(source, at)
            : source[at];

    private ProtoToken Token(TokenKind kind, int start, int column) =>
        new(kind, source[start..position], line, column, Column, docs);

    /// <summary>Names are cut at a length that keeps full names, and so memory, in proportion to the file.</summary>
    private ProtoToken Word(int start, int column)
    {
        const int max = 200;
        var token = Token(TokenKind.Word, start, column);
        if (token.Text.Length <= max)
            return token;
        mistakes.Add(
            "proto_name_too_long",
            $"The name is longer than {max} characters.",
            file,
            line,
            column
        );
        return token with { Text = token.Text[..max] };
    }

    private ProtoToken Number(int start, int column)
    {
        var kind = TokenKind.Integer;
        var hex = Peek() == '0' && Peek(1) is 'x' or 'X';
        while (true)
        {
            var c = Peek();
            if (c == '.' || (!hex && c is 'e' or 'E'))
                kind = TokenKind.Decimal;
            var sign =
                !hex && c is '+' or '-' && source[position - 1] is 'e' or 'E' && position > start;
            if (!char.IsAsciiLetterOrDigit(c) && c != '.' && c != '_' && !sign)
                return Token(kind, start, column);
            position++;
        }
    }

    private ProtoToken Text(int column)
    {
        var quote = source[position++];
        var text = new StringBuilder();
        while (true)
        {
            var c = Peek();
            if (position >= source.Length || c == '\n')
            {
                mistakes.Add(
                    "proto_unterminated",
                    "The string is not closed on its line.",
                    file,
                    line,
                    column
                );
                break;
            }

            position++;
            if (c == quote)
                break;
            if (c == '\\' && position < source.Length && Peek() != '\n')
                text.Append(Unescape(source[position++]));
            else
                text.Append(c);
        }

        return new(TokenKind.Text, text.ToString(), line, column, Column, docs);
    }

    /// <summary>Escapes matter only in names and paths, which have none in practice; numeric ones stay as written.</summary>
    private static string Unescape(char c) =>
        c switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '\\' or '\'' or '"' or '?' => c.ToString(),
            _ => "\\" + c,
        };

    /// <summary>False at the end of the file.</summary>
    private bool SkipBlanksAndComments()
    {
        while (position < source.Length)
        {
            var c = source[position];
            if (c == '\n')
                NewLine();
            else if (c is ' ' or '\t' or '\r' or '\f' or '\v')
                position++;
            else if (c == '/' && Peek(1) == '/')
                LineComments();
            else if (c == '/' && Peek(1) == '*')
                BlockComment();
            else
                return true;
        }

        return false;
    }

    private void NewLine()
    {
        position++;
        line++;
        lineStart = position;
        // A blank line cuts the comment above it off.
        var next = position;
        while (next < source.Length && source[next] is ' ' or '\t' or '\r')
            next++;
        if (next < source.Length && source[next] == '\n')
            docs = "";
    }

    private void LineComments()
    {
        var trailing = line == lastTokenLine;
        var text = new StringBuilder();
        while (true)
        {
            var end = source.IndexOf('\n', position);
            end = end < 0 ? source.Length : end;
            text.Append(source.AsSpan(position + 2, end - position - 2).TrimEnd()).Append('\n');
            position = end;
            if (trailing)
                return;
            // Join the next line when it holds a line comment too.
            var next = end + 1;
            while (next < source.Length && source[next] is ' ' or '\t')
                next++;
            if (next + 1 >= source.Length || source[next] != '/' || source[next + 1] != '/')
                break;
            line++;
            lineStart = end + 1;
            position = next;
        }

        docs = ProtoDocs.Clean(text.ToString(), block: false);
    }

    private void BlockComment()
    {
        var (startLine, startColumn, start) = (line, Column, position + 2);
        var end = source.IndexOf("*/", start, StringComparison.Ordinal);
        var closed = end >= 0;
        end = closed ? end : source.Length;
        for (
            var at = source.IndexOf('\n', start, end - start);
            at >= 0;
            at = source.IndexOf('\n', at + 1, end - at - 1)
        )
        {
            line++;
            lineStart = at + 1;
        }

        position = closed ? end + 2 : end;
        if (!closed)
            mistakes.Add(
                "proto_unterminated",
                "The comment is not closed.",
                file,
                startLine,
                startColumn
            );
        else if (startLine != lastTokenLine)
            docs = ProtoDocs.Clean(source[start..end], block: true);
    }
}
