namespace Sluice.Language.Expressions.Syntax;

/// <summary>
/// Makes a tree of the tokens by the grammar of CEL. Long chains of one operator cost no recursion here; how deep the
/// tree may be is bounded all the same, since everything after it recurses. A mistake ends the search.
/// </summary>
internal sealed class Parser
{
    /// <summary>Levels of brackets, unary operators and conditionals.</summary>
    private const int DeepestNesting = 100;

    /// <summary>Levels of the tree: 250 terms in a row with <c>+</c>, any number with <c>&amp;&amp;</c>.</summary>
    private const int DeepestTree = 250;

    private static readonly HashSet<string> Reserved =
    [
        .. "as break const continue else for function if import let loop package namespace return var void while".Split(
            ' '
        ),
    ];

    private static readonly string[][] Levels =
    [
        ["<", "<=", ">=", ">", "==", "!=", "in"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private readonly List<Token> tokens;
    private readonly ExpressionMistakes mistakes;
    private int at;
    private int nesting;

    private Parser(List<Token> tokens, ExpressionMistakes mistakes)
    {
        this.tokens = tokens;
        this.mistakes = mistakes;
    }

    /// <summary>Null after a mistake.</summary>
    public static SyntaxNode? Parse(string text, ExpressionMistakes mistakes)
    {
        if (new Lexer(text, mistakes).Read() is not { } tokens)
            return null;
        var parser = new Parser(tokens, mistakes);
        var node = parser.Expression();
        if (node is not null && parser.Now.Kind != TokenKind.End)
            return parser.Wrong("an operator or the end");
        return node;
    }

    private Token Now => tokens[at];

    private SyntaxNode? Wrong(string expected)
    {
        mistakes.Add(
            ExpressionMistakes.Syntax,
            $"Expected {expected}, but found {Now.Shown}.",
            Now.At
        );
        return null;
    }

    private bool Take(string mark)
    {
        if (!Now.Is(mark))
            return false;
        at++;
        return true;
    }

    /// <summary>Takes a mark that must come; else the mistake.</summary>
    private bool Close(string mark)
    {
        if (Take(mark))
            return true;
        Wrong($"`{mark}`");
        return false;
    }

    private SyntaxNode? Checked(SyntaxNode node)
    {
        if (node.Depth <= DeepestTree)
            return node;
        mistakes.Add(
            ExpressionMistakes.TooDeep,
            $"The expression is more than {DeepestTree} levels deep.",
            node.At
        );
        return null;
    }

    private SyntaxNode? Expression()
    {
        if (++nesting > DeepestNesting)
        {
            mistakes.Add(
                ExpressionMistakes.TooDeep,
                $"The expression is nested more than {DeepestNesting} levels deep.",
                Now.At
            );
            return null;
        }

        var node = Conditional();
        nesting--;
        return node;
    }

    private SyntaxNode? Conditional()
    {
        if (Logic(isAnd: false) is not { } condition)
            return null;
        var mark = Now.At;
        if (!Take("?"))
            return condition;
        if (Logic(isAnd: false) is not { } then || !Close(":") || Expression() is not { } other)
            return null;
        return Checked(new ConditionalSyntax(condition, then, other, mark));
    }

    private SyntaxNode? Logic(bool isAnd)
    {
        var first = isAnd ? Binary(0) : Logic(isAnd: true);
        var mark = Now.At;
        if (first is null || !Now.Is(isAnd ? "&&" : "||"))
            return first;
        var terms = new List<SyntaxNode> { first };
        while (Take(isAnd ? "&&" : "||"))
        {
            if ((isAnd ? Binary(0) : Logic(isAnd: true)) is not { } term)
                return null;
            terms.Add(term);
        }

        return Checked(new LogicSyntax(isAnd, terms, mark));
    }

    private SyntaxNode? Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();
        var left = Binary(level + 1);
        while (
            left is not null
            && Now.Kind is TokenKind.Mark or TokenKind.Name
            && Levels[level].Contains(Now.Text)
        )
        {
            var mark = Now;
            at++;
            if (Binary(level + 1) is not { } right)
                return null;
            var name = mark.Text == "in" ? "@in" : $"_{mark.Text}_";
            left = Checked(new CallSyntax(name, null, [left, right], mark.At));
        }

        return left;
    }

    private SyntaxNode? Unary()
    {
        var sign = Now;
        if (!sign.Is("!") && !sign.Is("-"))
            return Member();
        var first = at;
        while (Now.Is(sign.Text))
            at++;
        var count = at - first;
        var folds = sign.Is("-") && Now.Kind is TokenKind.Int or TokenKind.Double or TokenKind.UInt;
        // The sign belongs to the number, so that the smallest int can be written.
        if (folds)
        {
            count--;
            at--;
        }

        if (count > DeepestNesting)
        {
            mistakes.Add(
                ExpressionMistakes.TooDeep,
                $"There are more than {DeepestNesting} signs in a row.",
                sign.At
            );
            return null;
        }

        var node = Member();
        for (; count > 0 && node is not null; count--)
            node = Checked(
                new CallSyntax(sign.Text + "_", null, [node], tokens[first + count - 1].At)
            );
        return node;
    }

    private SyntaxNode? Member()
    {
        var node = Primary();
        while (node is not null)
        {
            if (Take("."))
                node = Selected(node);
            else if (Now.Is("["))
                node = Indexed(node);
            else
                return node;
        }

        return null;
    }

    private SyntaxNode? Selected(SyntaxNode operand)
    {
        var optional = Take("?");
        var name = Now;
        if (name.Kind is not (TokenKind.Name or TokenKind.Quoted) || IsKeyword(name))
            return Wrong("the name of a field or method");
        at++;
        if (!Now.Is("(") || optional || name.Kind == TokenKind.Quoted)
            return Checked(new SelectSyntax(operand, name.Text, optional, name.At));
        return Arguments() is { } arguments
            ? Checked(new CallSyntax(name.Text, operand, arguments, name.At))
            : null;
    }

    private SyntaxNode? Indexed(SyntaxNode operand)
    {
        var mark = Now.At;
        at++;
        var optional = Take("?");
        if (Expression() is not { } index || !Close("]"))
            return null;
        return Checked(new IndexSyntax(operand, index, optional, mark));
    }

    private List<SyntaxNode>? Arguments()
    {
        at++;
        var arguments = new List<SyntaxNode>();
        if (Take(")"))
            return arguments;
        do
        {
            if (Expression() is not { } argument)
                return null;
            arguments.Add(argument);
        } while (Take(","));
        return Close(")") ? arguments : null;
    }

    private SyntaxNode? Primary()
    {
        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Named();
            case TokenKind.Int
            or TokenKind.UInt
            or TokenKind.Double
            or TokenKind.String
            or TokenKind.Bytes:
                at++;
                return new LiteralSyntax(token, Negative: false, token.At);
        }

        if (token.Is("-"))
        {
            at += 2;
            return new LiteralSyntax(tokens[at - 1], Negative: true, token.At);
        }
        if (token.Is("."))
            return Named();
        if (token.Is("["))
            return List();
        if (token.Is("{"))
            return Braces(Key) is { } entries ? Checked(new MapSyntax(entries, token.At)) : null;
        if (!Take("("))
            return Wrong("a value");
        return Expression() is { } inner && Close(")") ? inner : null;
    }

    private SyntaxNode? Named()
    {
        var start = Now.At;
        var rooted = Take(".");
        var token = Now;
        if (token.Kind != TokenKind.Name || (rooted && IsKeyword(token)))
            return Wrong("a name");
        if (token.Text is "true" or "false" or "null")
        {
            at++;
            return new LiteralSyntax(token, Negative: false, start);
        }

        if (Message(start, rooted) is { } message)
            return message.Node;
        if (IsKeyword(token))
            return Wrong("a value");
        if (Reserved.Contains(token.Text))
        {
            mistakes.Add(
                ExpressionMistakes.Syntax,
                $"`{token.Text}` is reserved; a field of that name is reached as `value.{token.Text}`.",
                token.At
            );
            return null;
        }

        at++;
        if (!Now.Is("("))
            return new NameSyntax(token.Text, rooted, start);
        return Arguments() is { } arguments
            ? Checked(new CallSyntax(token.Text, null, arguments, start))
            : null;
    }

    /// <summary>Looks ahead for <c>a.b.C{</c>; null when something else begins here.</summary>
    private (SyntaxNode? Node, bool _)? Message(int start, bool rooted)
    {
        var end = at;
        while (
            tokens[end].Kind == TokenKind.Name
            && tokens[end + 1].Is(".")
            && tokens[end + 2].Kind == TokenKind.Name
        )
            end += 2;
        if (!tokens[end + 1].Is("{") || tokens.GetRange(at, end - at + 1).Exists(IsKeyword))
            return null;
        var name = string.Concat(tokens.GetRange(at, end - at + 1).Select(t => t.Text));
        at = end + 1;
        var fields = Braces(Field);
        return (
            fields is null ? null : Checked(new MessageSyntax(name, rooted, fields, start)),
            true
        );
    }

    private SyntaxNode? List()
    {
        var start = Now.At;
        at++;
        var elements = new List<EntrySyntax>();
        while (!Now.Is("]"))
        {
            var element = Now.At;
            var optional = Take("?");
            if (Expression() is not { } value)
                return null;
            elements.Add(new(null, "", value, optional, element));
            if (!Take(",") && !Now.Is("]"))
                return Wrong("`,` or `]`");
        }

        at++;
        return Checked(new ListSyntax(elements, start));
    }

    /// <summary>Entries between braces, with a comma allowed behind the last.</summary>
    private List<EntrySyntax>? Braces(Func<(SyntaxNode? Key, string Field)?> key)
    {
        at++;
        var entries = new List<EntrySyntax>();
        while (!Now.Is("}"))
        {
            var start = Now.At;
            var optional = Take("?");
            if (key() is not { } left || !Close(":") || Expression() is not { } value)
                return null;
            entries.Add(new(left.Key, left.Field, value, optional, start));
            if (Take(",") || Now.Is("}"))
                continue;
            Wrong("`,` or `}`");
            return null;
        }

        at++;
        return entries;
    }

    private (SyntaxNode? Key, string Field)? Key() => Expression() is { } key ? (key, "") : null;

    private (SyntaxNode? Key, string Field)? Field()
    {
        if (Now.Kind is not (TokenKind.Name or TokenKind.Quoted) || IsKeyword(Now))
        {
            Wrong("the name of a field");
            return null;
        }

        return (null, tokens[at++].Text);
    }

    private static bool IsKeyword(Token token) =>
        token.Kind == TokenKind.Name && token.Text is "true" or "false" or "null" or "in";
}
