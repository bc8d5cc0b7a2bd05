using System.Runtime.InteropServices;

namespace Sluice.Language.Expressions.Values;

/// <summary>What one evaluation works on, and what it may still spend.</summary>
/// <param name="locals">One for each variable of a macro; empty when there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal struct Evaluation(in ExpressionInput input, Value message, Value[] locals)
{
    /// <summary>One unit is an operator, a function, an element that is looked at, or <see cref="BytesPerUnit"/> bytes.</summary>
    public const int Limit = 100_000;

    /// <summary>So many bytes copied, compared, searched or written cost a unit.</summary>
    public const int BytesPerUnit = 256;

    /// <summary>JSON in a message is nested 100 deep at most, messages are 320; an expression adds a few levels.</summary>
    private const int DeepestValue = 500;

    private long left = Limit;
    private int depth;

    public readonly ExpressionInput Input = input;

    /// <summary>The scope's message.</summary>
    public readonly Value Message = message;

    public readonly Value[] Locals = locals;

    /// <summary>Nothing that was computed counts any more; the fault is final and not absorbed by any operator.</summary>
    public readonly bool Exhausted => left < 0;

    public static ExpressionFault TooCostly { get; } =
        new($"The expression costs more than {Limit} units.");

    /// <summary>Units that were spent so far.</summary>
    public readonly long Spent => Limit - left;

    /// <summary>Pays. False when nothing is left: the caller gives up at once, before it does what it pays for.</summary>
    public bool Spend(long units = 1)
    {
        left -= units;
        return left >= 0;
    }

    /// <summary>Spends all that is left.</summary>
    public void Exhaust() => left = -1;

    /// <summary>Pays for going through so many bytes.</summary>
    public bool SpendBytes(long bytes) => Spend(1 + (bytes / BytesPerUnit));

    public static ExpressionFault TooDeep { get; } = new("A value is nested too deep.");

    /// <summary>Goes into a nested value; false when that is too deep. Either way <see cref="Leave"/> follows.</summary>
    public bool Enter(int deepest = DeepestValue) => ++depth <= deepest;

    public void Leave() => depth--;
}
