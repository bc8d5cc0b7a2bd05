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

    /// <summary>JSON in a message is nested 100 deep at most, and each level is two of ours.</summary>
    private const int DeepestValue = 210;

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

    /// <summary>Pays for going through so many bytes.</summary>
    public bool SpendBytes(long bytes) => Spend(1 + (bytes / BytesPerUnit));

    /// <summary>Goes into a nested value; false when that is too deep to be one that was checked.</summary>
    public bool Enter() => ++depth <= DeepestValue;

    public void Leave() => depth--;
}
