using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Syntax;
using Sluice.Language.Expressions.Types;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions;

/// <summary>
/// A compiled expression: a condition, or what a field is set to. The language is a subset of CEL, described in
/// <c>spec/expressions.md</c>. Pure and bounded: the same input gives the same answer, at a limited cost. Never changes;
/// may be shared between threads.
/// </summary>
public sealed class Expression
{
    /// <summary>The longest text, in UTF-16 units.</summary>
    public const int LongestText = 8192;

    private static readonly ExpressionFault NoBool = new(
        "The condition is neither true nor false."
    );

    private readonly Node root;
    private readonly MessageType? message;
    private readonly int slots;

    private Expression(string text, Bound bound, MessageType? message, int slots)
    {
        Text = text;
        root = bound.Node;
        Type = bound.Type;
        this.message = message;
        this.slots = slots;
    }

    /// <summary>As the author wrote it.</summary>
    public string Text { get; }

    /// <summary>True when its value is a bool, or may be one: what a condition needs.</summary>
    public bool IsBool => Type.IsOpen || Type.Unwrapped.Kind == TypeKind.Bool;

    /// <summary>The type of its value as CEL writes it, for example <c>list(string)</c>; <c>dyn</c> when only run time tells.</summary>
    public string TypeText => Type.ToString();

    internal CelType Type { get; }

    /// <summary>Parses and checks one expression.</summary>
    /// <param name="text">At most <see cref="LongestText"/>.</param>
    /// <param name="file">The author's document, for the mistakes.</param>
    /// <param name="line">Where the expression's first character stands in the document, from 1.</param>
    /// <param name="column">Its column, from 1; the lines after the first are taken to begin in column 1.</param>
    /// <param name="where">What the mistakes say beside their position: an alias, or an edge.</param>
    /// <returns>The expression, or every mistake found.</returns>
    public static Reading<Expression> Compile(
        string text,
        ExpressionScope scope,
        string? file = null,
        int line = 1,
        int column = 1,
        string? where = null
    )
    {
        var mistakes = new ExpressionMistakes(text, file, line, column, where);
        return Compile(text, ExpressionNames.Of(scope), mistakes, scope.Message);
    }

    /// <param name="isDynamic">Check nothing that only run time has to know.</param>
    internal static Reading<Expression> Compile(
        string text,
        Names names,
        ExpressionMistakes mistakes,
        MessageType? message,
        bool isDynamic = false
    )
    {
        if (text.Length > LongestText)
        {
            mistakes.Add(
                ExpressionMistakes.TooLong,
                $"The expression has {text.Length} characters; at most {LongestText} are read.",
                0
            );
            return new(null, mistakes.ToList());
        }

        if (Parser.Parse(text, mistakes) is not { } syntax)
            return new(null, mistakes.ToList());
        var binder = new Binder(names, mistakes, isDynamic);
        var bound = binder.Bind(syntax);
        return mistakes.Any
            ? new(null, mistakes.ToList())
            : new(new Expression(text, bound, message, binder.Slots), []);
    }

    /// <summary>
    /// Why its value cannot be assigned to a field, as a part of a sentence without full stop; null when it can, or when
    /// only its value at run time tells.
    /// </summary>
    public string? Misfit(FieldType to) => FieldFit.Misfit(Type, to);

    /// <summary>Evaluates a condition.</summary>
    /// <returns>Null, or why it has no truth value; <paramref name="holds"/> is false then.</returns>
    public ExpressionFault? Test(in ExpressionInput input, out bool holds)
    {
        var value = Evaluate(in input, out _);
        holds = value.IsTrue;
        return value.Kind == ValueKind.Bool ? null
            : value.IsFault ? value.Reason
            : NoBool;
    }

    /// <summary>
    /// Evaluates, and appends the value as this field, on the wire. Null appends nothing, and so do an empty list and an
    /// empty map; a scalar is written also when it is the default, so that it counts more than what stands before it.
    /// </summary>
    /// <returns>Null, or why there is no value that fits; what was appended then is of no use.</returns>
    public ExpressionFault? Assign(in ExpressionInput input, FieldType to, WireWriter output)
    {
        var evaluation = Begin(in input);
        var value = root.Evaluate(ref evaluation);
        var fault = evaluation.Exhausted
            ? Evaluation.TooCostly
            : FieldWriter.Write(ref evaluation, value, to, output);
        return evaluation.Exhausted ? Evaluation.TooCostly : fault;
    }

    /// <summary>The value, or the fault.</summary>
    internal Value Evaluate(in ExpressionInput input, out long cost)
    {
        var evaluation = Begin(in input);
        var value = root.Evaluate(ref evaluation);
        cost = evaluation.Spent;
        return evaluation.Exhausted ? Evaluation.TooCostly : value;
    }

    private Evaluation Begin(in ExpressionInput input) =>
        new(
            in input,
            message is null ? Value.Null : Value.Encoded(message, input.Message),
            slots == 0 ? [] : new Value[slots]
        );
}
