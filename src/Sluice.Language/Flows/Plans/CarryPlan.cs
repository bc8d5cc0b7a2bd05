using Sluice.Language.Expressions;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>How one edge fills the message at its end, and when it does. Built once per edge.</summary>
internal sealed class CarryPlan
{
    /// <summary>Sets nothing, always.</summary>
    public static readonly CarryPlan Nothing = new();

    private static readonly Dictionary<string, ReadOnlyMemory<byte>> NoInputs = [];

    private CopyPlan? copy;
    private (FieldType To, Expression Value)[] values = [];
    private Expression? condition;

    /// <summary>True when the message goes on as it is.</summary>
    public bool IsIdentity { get; private init; }

    /// <summary>The numbers of the fields of the target that the edge sets, and of those that exclude them.</summary>
    public IReadOnlySet<int> Sets { get; private set; } = new HashSet<int>();

    /// <param name="target">Null: the edge sets nothing, for the target has a compose plan.</param>
    /// <param name="sends">What the condition sees.</param>
    /// <param name="source">What the adapter sees.</param>
    public static CarryPlan For(
        GraphEdge edge,
        MessageType? target,
        MessageType sends,
        MessageType source
    )
    {
        var copied =
            target is null ? null
            : edge.Fields is null ? CopyPlan.Whole(target, source)
            : CopyPlan.Picks(target, source, [.. edge.Fields.Where(f => f.From is not null)]);
        return new CarryPlan
        {
            copy = copied,
            condition = edge.Condition is null
                ? null
                : Compile(edge.Condition, new ExpressionScope { Message = sends }),
            values = target is null || edge.Fields is null ? [] : Values(edge, target, source),
            Sets = target is null ? new HashSet<int>() : Fields(edge, target, source),
            IsIdentity = copied is { IsIdentity: true },
        };
    }

    /// <summary>An expression that the compiler has accepted before.</summary>
    public static Expression Compile(string text, ExpressionScope scope) =>
        Expression.Compile(text, scope).Value
        ?? throw new InvalidOperationException("A frozen expression does not compile.");

    private static (FieldType, Expression)[] Values(
        GraphEdge edge,
        MessageType target,
        MessageType source
    ) =>
        [
            .. edge.Fields!.Where(f => f.Cel is not null)
                .Select(f =>
                    (target.Field(f.To)!, Compile(f.Cel!, new ExpressionScope { Message = source }))
                ),
        ];

    private static HashSet<int> Fields(GraphEdge edge, MessageType target, MessageType source)
    {
        var set = edge.Fields is null
            ? target.Fields.Where(f => source.Field(f.Name) is not null)
            : edge.Fields.Select(f => target.Field(f.To)!);
        return
        [
            .. set.SelectMany(f => f.Oneof?.Fields ?? (IEnumerable<FieldType>)[f])
                .Select(f => f.Number),
        ];
    }

    /// <summary>Says whether the edge is taken.</summary>
    public EdgeFault? Test(
        GraphEdge edge,
        ReadOnlyMemory<byte> source,
        IReadOnlyDictionary<string, string> config,
        out bool holds
    )
    {
        holds = true;
        return
            condition?.Test(new ExpressionInput(source, NoInputs, config), out holds) is { } fault
            ? new EdgeFault(
                edge,
                $"The condition of {edge} failed: {Sentence(fault)}",
                Kind: "EDGE_CONDITION"
            )
            : null;
    }

    /// <summary>Appends what the edge sets.</summary>
    public EdgeFault? Run(
        GraphEdge edge,
        ReadOnlyMemory<byte> source,
        IReadOnlyDictionary<string, string> config,
        WireWriter output
    )
    {
        if (copy is not null && Fault(edge, copy.Run(source.Span, output)) is { } broken)
            return broken;
        foreach (var (to, value) in values)
        {
            var input = new ExpressionInput(source, NoInputs, config);
            if (value.Assign(input, to, output) is { } fault)
                return new EdgeFault(
                    edge,
                    $"The edge {edge} failed: `{to.Name}`: {Sentence(fault)}"
                );
            if (output.Length > FlowPlan.LongestMessage)
                return Fault(edge, CopyOutcome.TooLong);
        }
        return null;
    }

    public static EdgeFault? Fault(GraphEdge edge, CopyOutcome outcome) =>
        outcome switch
        {
            CopyOutcome.Done => null,
            CopyOutcome.TooLong => new EdgeFault(
                edge,
                $"The edge {edge} failed: the message is longer than {FlowPlan.LongestMessage} bytes."
            ),
            _ => new EdgeFault(
                edge,
                $"The edge {edge} failed: what it carries is no message of its type."
            ),
        };

    /// <summary>What an expression says, as the end of a longer sentence.</summary>
    public static string Sentence(ExpressionFault fault) =>
        fault.Message.EndsWith('.') ? fault.Message : fault.Message + ".";
}
