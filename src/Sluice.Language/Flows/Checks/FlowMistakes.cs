using Sluice.Language.Documents;
using Sluice.Language.Expressions;
using Sluice.Language.Flows.Forms;

namespace Sluice.Language.Flows.Checks;

/// <summary>Reports what is wrong with a flow, each mistake with its place in the text and in the wiring.</summary>
internal sealed class FlowMistakes(FlowDocument flow, MistakeList list)
{
    public bool HasErrors => list.HasErrors;

    /// <summary>True when no more are kept: what only looks for more can stop.</summary>
    public bool IsFull => list.IsFull;

    public Reading<T> Finish<T>(T? value)
        where T : class => list.Finish(value);

    /// <param name="key">The key whose value is at fault; null: the placement as such.</param>
    public void Add(string code, string message, FlowPlacement at, string? key = null) =>
        AddAt(code, message, Of(at, key), at.Alias);

    /// <param name="key">The key whose value is at fault; null: the edge as such.</param>
    public void Add(string code, string message, FlowEdge at, string? key = null) =>
        AddAt(code, message, key is null ? at.At : at.Spots.Of(key, at.At), at.ToString());

    /// <param name="where">An alias, an edge, one of the flow's ends, or <see cref="FlowReader.Flow"/>.</param>
    public void AddAt(string code, string message, Position at, string where) =>
        list.Add(code, message, at.Line, at.Column, where);

    /// <summary>On the document as such.</summary>
    /// <param name="key">A key of its head.</param>
    public void AddHead(string code, string message, string key, string where) =>
        AddAt(code, message, flow.Spots.Of(key, new Position(1, 1)), where);

    public void Warn(string code, string message, Position at, string where) =>
        list.Warn(code, message, at.Line, at.Column, where);

    public static Position Of(FlowPlacement at, string? key) =>
        key is null ? at.At : at.Spots.Of(key, at.At);

    /// <summary>Compiles an expression; its mistakes are moved to where they stand in the document.</summary>
    /// <param name="at">Where the value with the expression begins.</param>
    public Expression? Compile(string text, ExpressionScope scope, Position at, string where)
    {
        if (text.Length > EdgeReader.LongestExpression)
        {
            AddAt(
                "cel_too_long",
                $"The expression has {text.Length} characters; at most {EdgeReader.LongestExpression} are read.",
                at,
                where
            );
            return null;
        }
        var reading = Expression.Compile(text, scope, flow.File, where: where);
        foreach (var mistake in reading.Mistakes)
            list.Add(Moved(mistake, text, at) with { Where = where });
        return reading.Value;
    }

    private Mistake Moved(Mistake mistake, string text, Position at)
    {
        if (flow.Text is not { } document || at.Line == 0)
            return mistake with { Line = at.Line, Column = at.Column };
        var (line, column) = TextMap.Find(
            document,
            at.Line,
            at.Column,
            text,
            mistake.Line,
            mistake.Column
        );
        return mistake with { Line = line, Column = column };
    }
}
