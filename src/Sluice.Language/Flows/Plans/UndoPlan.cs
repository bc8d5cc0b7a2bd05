using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Plans;

/// <summary>How a compensator's message is put together from what the call that it undoes gave and took.</summary>
internal sealed record UndoPlan(CopyPlan FromOutput, CopyPlan FromInput)
{
    public static UndoPlan For(PlannedNode compensator, PlannedNode undone)
    {
        var sides = compensator
            .Input.Fields.Select(f => (Field: f, Side: Side(f, undone.Input, undone.Output)))
            .ToLookup(x => x.Side, x => new GraphField(x.Field.Name, x.Field.Name));
        // A node may give the message that it takes: then the output has every field, and the input none to add.
        var added = undone.Input == undone.Output ? [] : sides[undone.Input];
        return new UndoPlan(
            CopyPlan.Picks(compensator.Input, undone.Output, [.. sides[undone.Output]]),
            CopyPlan.Picks(compensator.Input, undone.Input, [.. added])
        );
    }

    /// <summary>
    /// The message that a field is taken from: the output when it has a field of that name, else the input; null when
    /// neither has one. The members of a oneof come from one side, for else two of them could arrive.
    /// </summary>
    public static MessageType? Side(FieldType field, MessageType input, MessageType output)
    {
        IReadOnlyList<FieldType> together = field.Oneof?.Fields ?? [field];
        var side =
            together.Any(f => output.Field(f.Name) is not null) ? output
            : together.Any(f => input.Field(f.Name) is not null) ? input
            : null;
        return side?.Field(field.Name) is null ? null : side;
    }
}
