namespace Sluice.Language.Expressions.Syntax;

/// <summary>Collects the mistakes of one expression and puts them where they stand in the author's document.</summary>
internal sealed class ExpressionMistakes(
    string text,
    string? file,
    int line,
    int column,
    string? where
)
{
    public const string Syntax = "cel_syntax";
    public const string Type = "cel_type";
    public const string UnknownName = "cel_unknown_name";
    public const string UnknownField = "cel_unknown_field";
    public const string UnknownFunction = "cel_unknown_function";
    public const string Number = "cel_number";
    public const string Pattern = "cel_pattern";
    public const string TooLong = "cel_too_long";
    public const string TooDeep = "cel_too_deep";
    private const int Most = 20;
    private readonly List<(int At, Mistake Mistake)> mistakes = [];

    public bool Any => mistakes.Count > 0;

    /// <param name="at">Offset in the expression, in UTF-16 units.</param>
    public void Add(string code, string message, int at)
    {
        if (mistakes.Count == Most)
            return;
        var before = text.AsSpan(0, Math.Min(at, text.Length));
        var breaks = before.Count('\n');
        var inLine = before.Length - before.LastIndexOf('\n');
        var place = new Mistake(
            code,
            message,
            file,
            line + breaks,
            breaks == 0 ? column + inLine - 1 : inLine,
            where
        );
        mistakes.Add((at, place));
    }

    /// <summary>In the order of their positions.</summary>
    public IReadOnlyList<Mistake> ToList() =>
        [.. mistakes.OrderBy(m => m.At).Select(m => m.Mistake)];
}
