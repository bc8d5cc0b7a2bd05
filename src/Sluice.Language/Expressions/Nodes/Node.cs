using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Nodes;

/// <summary>A part of an expression, ready to be evaluated as often as one likes.</summary>
internal abstract class Node
{
    /// <summary>The value, or the fault that prevents one. Counts its cost; nobody but loops has to look whether it was too much.</summary>
    public abstract Value Evaluate(ref Evaluation evaluation);
}

internal sealed class ConstantNode(Value value) : Node
{
    public Value Value => value;

    public override Value Evaluate(ref Evaluation evaluation) => value;
}

/// <summary>The variable of a macro.</summary>
internal sealed class LocalNode(int slot) : Node
{
    public override Value Evaluate(ref Evaluation evaluation) => evaluation.Locals[slot];
}

/// <summary>The scope's message as a whole.</summary>
internal sealed class WholeNode : Node
{
    public override Value Evaluate(ref Evaluation evaluation) =>
        WireFields.Unwrap(ref evaluation, evaluation.Message);
}

/// <summary><c>inputs.ALIAS</c>.</summary>
internal sealed class InputNode(string alias, MessageType type) : Node
{
    private readonly ExpressionFault missing = new($"The input of `{alias}` has not arrived.");

    public bool IsThere(ref Evaluation evaluation) => evaluation.Input.Inputs.ContainsKey(alias);

    public override Value Evaluate(ref Evaluation evaluation) =>
        evaluation.Input.Inputs.TryGetValue(alias, out var message)
            ? WireFields.Unwrap(ref evaluation, Value.Encoded(type, message))
            : missing;
}

/// <summary><c>config.NAME</c>.</summary>
internal sealed class ConfigNode(string name) : Node
{
    private readonly ExpressionFault missing = new($"The config has no parameter `{name}`.");

    public bool IsThere(ref Evaluation evaluation) => evaluation.Input.Config.ContainsKey(name);

    public override Value Evaluate(ref Evaluation evaluation) =>
        evaluation.Input.Config.TryGetValue(name, out var value) ? Value.String(value) : missing;
}

/// <summary><c>config</c> as a map.</summary>
internal sealed class ConfigMapNode : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        var map = new MapValue();
        foreach (
            var (name, value) in evaluation.Input.Config.OrderBy(c => c.Key, StringComparer.Ordinal)
        )
        {
            evaluation.SpendBytes(value.Length);
            map.Set(Value.String(name), Value.String(value));
        }

        return map;
    }
}

/// <summary>A function or method of up to four values. Faults of its arguments are its own.</summary>
internal sealed class CallNode(Implementation implementation, Node[] arguments) : Node
{
    public override Value Evaluate(ref Evaluation evaluation)
    {
        evaluation.Spend();
        var values = new Arguments { Count = arguments.Length };
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = arguments[i].Evaluate(ref evaluation);
            if (value.IsFault)
                return value;
            values[i] = value;
        }

        return implementation(ref evaluation, in values);
    }
}

/// <summary>What a function does. It tells kinds apart itself: a value that is known at run time only may be of any.</summary>
internal delegate Value Implementation(ref Evaluation evaluation, in Arguments arguments);

/// <summary>The values that a function is called with, a method's receiver first.</summary>
internal struct Arguments
{
    public const int Most = 4;

    private Four values;

    public int Count { get; init; }

    public readonly Value A => values[0];

    public readonly Value B => values[1];

    public readonly Value C => values[2];

    public readonly Value D => values[3];

    public Value this[int index]
    {
        readonly get => values[index];
        set => values[index] = value;
    }

    [System.Runtime.CompilerServices.InlineArray(Most)]
    private struct Four
    {
        private Value first;
    }
}

/// <summary>The fault of a function that has nothing for such values.</summary>
internal static class Faults
{
    public static ExpressionFault Overload(string function, in Arguments arguments)
    {
        var kinds = new string[arguments.Count];
        for (var i = 0; i < kinds.Length; i++)
            kinds[i] = Word(arguments[i]);
        return new($"`{function}` has no meaning for {string.Join(" and ", kinds)}.");
    }

    public static ExpressionFault Overload(string function, params ReadOnlySpan<Value> values)
    {
        var arguments = new Arguments { Count = values.Length };
        for (var i = 0; i < values.Length; i++)
            arguments[i] = values[i];
        return Overload(function, in arguments);
    }

    /// <summary>The name of a value's type.</summary>
    public static string Word(Value value) =>
        value.Kind == ValueKind.Message
            ? value.Message.FullName
            : value.Kind.ToString().ToLowerInvariant();
}
