namespace Sluice.Language.Flows;

/// <summary>The run-time side of edges, for callers that keep no plan.</summary>
public static class EdgeMapping
{
    /// <summary>Builds the serialised input of a placement; see <see cref="FlowPlan"/>, which tells faults apart without throwing.</summary>
    /// <param name="to">An alias or <see cref="FlowDocument.FlowOutput"/>.</param>
    /// <param name="outputs">The serialised output of an alias, or the flow's input for <see cref="FlowDocument.FlowInput"/>.</param>
    /// <exception cref="InvalidDataException">What an edge carries is no message of its type.</exception>
    public static byte[] BuildInput(
        FlowGraph graph,
        string to,
        Func<string, ReadOnlyMemory<byte>> outputs
    ) =>
        FlowPlan.For(graph).BuildInput(to, outputs, out var input) is { } fault
            ? throw new InvalidDataException(fault.Message)
            : input.ToArray();
}
