using System.Collections.Frozen;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Types;

namespace Sluice.Language.Expressions.Functions;

/// <summary>A function, a method or an operator: what it is called, what it takes, what it does.</summary>
internal sealed class Function(
    Implementation implementation,
    params IReadOnlyList<string> signatures
)
{
    public IReadOnlyList<Signature> Signatures { get; } = [.. signatures.Select(Signature.Parse)];

    public Implementation Implementation => implementation;

    public string Name => Signatures[0].Name;

    /// <summary>Every function that there is, by name.</summary>
    public static readonly FrozenDictionary<string, Function> All = (
        (Function[])
            [
                .. Arithmetic.Functions,
                .. Collections.Functions,
                .. Conversions.Functions,
                .. Texts.Functions,
                .. Times.Functions,
                .. Optionals.Functions,
            ]
    ).ToFrozenDictionary(f => f.Name);
}
