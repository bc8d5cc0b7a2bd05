namespace Sluice.Runner.Tests.Abuse;

/// <summary>A row of the table in docs/isolation.md, by the words of its first column; <see cref="PageTests"/> compares.</summary>
/// <param name="row">What a node attempts.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromiseAttribute(string row) : Attribute
{
    public string Row { get; } = row;
}

/// <summary>The row is not kept in a tier: bold on the page, and told by the runner at its start.</summary>
/// <param name="tier">bubblewrap or process.</param>
/// <param name="warned">Words of the report's warning.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class LeaksAttribute(string tier, string warned) : Attribute
{
    public string Tier { get; } = tier;

    public string Warned { get; } = warned;
}

/// <summary>A test for each tier.</summary>
public sealed class EachTier : TheoryData<string>
{
    public EachTier()
        : base(Arena.Tiers) { }
}
