namespace Sluice.Language.Protos.Source;

/// <summary>A place among tokens, with the moves that every part of the grammar needs, and recovery after a mistake.</summary>
internal sealed class ProtoCursor(List<ProtoToken> tokens, string file, ProtoMistakes mistakes)
{
    private int at;

    public string File => file;

    public ProtoToken Now => tokens[at];

    public ProtoToken Next => tokens[Math.Min(at + 1, tokens.Count - 1)];

    public bool AtEnd => Now.Kind == TokenKind.End;

    public ProtoToken Take()
    {
        var token = tokens[at];
        if (at < tokens.Count - 1)
            at++;
        return token;
    }

    public bool TryTake(string text)
    {
        if (!Now.Is(text))
            return false;
        Take();
        return true;
    }

    public void Mistake(string code, string message, ProtoToken where) =>
        mistakes.Add(code, message, file, where);

    /// <summary>Reports what was expected instead of the present token. Returns false, to be returned on.</summary>
    public bool Unexpected(string expected)
    {
        mistakes.Add("proto_unexpected", $"Expected {expected}, found {Now.Shown}.", file, Now);
        return false;
    }

    public bool Expect(string symbol) => TryTake(symbol) || Unexpected($"'{symbol}'");

    public bool ExpectWord(string what, out ProtoToken word)
    {
        word = Now;
        if (Now.Kind != TokenKind.Word)
            return Unexpected(what);
        Take();
        return true;
    }

    /// <summary>
    /// The ';' that ends a statement. When it was forgotten at the end of a line, the mistake is put there and reading
    /// goes on with the next line.
    /// </summary>
    public bool ExpectEnd()
    {
        if (TryTake(";"))
            return true;
        var before = tokens[Math.Max(at - 1, 0)];
        if (Now.Line == before.Line && !Now.Is("}"))
            return Unexpected("';'");
        mistakes.Add(
            "proto_unexpected",
            $"Expected ';' after {before.Shown}.",
            file,
            before.Line,
            before.EndColumn
        );
        return true;
    }

    /// <summary>Skips the rest of a statement: to behind its ';' or its block, or to the '}' around it.</summary>
    public void SkipStatement()
    {
        for (var depth = 0; !AtEnd; )
        {
            if (Now.Is("}") && depth == 0)
                return;
            var token = Take();
            if (token.Is("{"))
                depth++;
            else if (token.Is("}") && --depth == 0 && !Now.Is(";"))
                return;
            else if (token.Is(";") && depth == 0)
                return;
        }
    }

    /// <summary>Skips a balanced group that begins at the present token, which is '{', '[' or '&lt;'.</summary>
    public void SkipGroup()
    {
        var depth = 0;
        do
        {
            var token = Take();
            if (token.Kind != TokenKind.Symbol)
                continue;
            if (token.Text is "{" or "[" or "<")
                depth++;
            else if (token.Text is "}" or "]" or ">")
                depth--;
        } while (depth > 0 && !AtEnd);
    }

    /// <summary>An integer with an optional sign, decimal, hexadecimal or octal, within 64 bits.</summary>
    public bool ExpectInteger(string what, bool signed, out long value, out ProtoToken where)
    {
        where = Now;
        value = 0;
        var negative = signed && TryTake("-");
        if (Now.Kind != TokenKind.Integer)
            return Unexpected(what);
        if (!TryParse(Now.Text, out value))
        {
            Mistake("proto_bad_number", $"{Now.Shown} is no whole number that fits 63 bits.", Now);
            Take();
            return false;
        }

        Take();
        value = negative ? -value : value;
        return true;
    }

    private static bool TryParse(string text, out long value)
    {
        value = 0;
        var (radix, digits) = text switch
        {
            ['0', 'x' or 'X', .. var rest] => (16, rest),
            ['0', _, ..] => (8, text[1..]),
            _ => (10, text),
        };
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > (long.MaxValue - digit) / radix)
                return false;
            value = (value * radix) + digit;
        }

        return digits.Length > 0;
    }
}
