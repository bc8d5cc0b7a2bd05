using System.Diagnostics.CodeAnalysis;

namespace Sluice.Language;

/// <summary>The outcome of reading something an author wrote: a value, and all mistakes found on the way.</summary>
/// <param name="Value">Null when the input is not usable; there is then at least one mistake that is no warning.</param>
/// <param name="Mistakes">In the order of their positions; may hold warnings beside a value.</param>
public sealed record Reading<T>(T? Value, IReadOnlyList<Mistake> Mistakes)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Ok => Value is not null;
}
