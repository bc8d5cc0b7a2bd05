using System.Collections.Frozen;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>
/// How the fields of one message type become fields of another: worked out once, by name, and then followed by number.
/// Immutable when built.
/// </summary>
internal sealed class CopyPlan
{
    private FrozenDictionary<int, Step> steps = FrozenDictionary<int, Step>.Empty;

    /// <summary>True when the bytes of the source are right for the target as they stand, field for field.</summary>
    public bool IsIdentity { get; private set; }

    /// <summary>A plan for every field that both types have.</summary>
    public static CopyPlan Whole(MessageType to, MessageType from) => new Builder().Whole(to, from);

    /// <summary>A plan for single fields, each picked by a path through the source.</summary>
    public static CopyPlan Picks(
        MessageType to,
        MessageType from,
        IReadOnlyList<GraphField> fields
    ) => new Builder().Picks(to, from, fields);

    /// <summary>Appends what the plan takes from a message. Unless it is <see cref="CopyOutcome.Done"/>, the output is of no use.</summary>
    public CopyOutcome Run(ReadOnlySpan<byte> message, WireWriter output) =>
        Run(message, output, ProtoJson.MaxDepth);

    private CopyOutcome Run(ReadOnlySpan<byte> message, WireWriter output, int depth)
    {
        if (depth == 0)
            return CopyOutcome.Malformed;
        if (IsIdentity)
            return Append(message, output);
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            var start = reader.Position;
            reader.Skip(number, wire);
            if (reader.Failed)
                return CopyOutcome.Malformed;
            if (!steps.TryGetValue(number, out var step) || !step.Expects(wire))
                continue;
            var value = message[start..reader.Position];
            if (step.Run(value, wire, output, depth) is var outcome && outcome != CopyOutcome.Done)
                return outcome;
        }
        return reader.Failed ? CopyOutcome.Malformed : CopyOutcome.Done;
    }

    private static CopyOutcome Append(ReadOnlySpan<byte> bytes, WireWriter output)
    {
        if (output.Length + (long)bytes.Length > FlowPlan.LongestMessage)
            return CopyOutcome.TooLong;
        output.Append(bytes);
        return CopyOutcome.Done;
    }

    /// <summary>What happens to one field of the source.</summary>
    /// <param name="Copies">Fields of the target that get its value.</param>
    /// <param name="Inner">What is picked from inside of it, or null.</param>
    private sealed record Step(WireType Type, bool CanBePacked, Copy[] Copies, CopyPlan? Inner)
    {
        /// <summary>A value of another wire type than declared counts as an unknown field.</summary>
        public bool Expects(WireType type) => type == Type || CanBePacked && type == WireType.Bytes;

        /// <param name="value">As on the wire: for <see cref="WireType.Bytes"/> with its length before it.</param>
        public CopyOutcome Run(
            ReadOnlySpan<byte> value,
            WireType wire,
            WireWriter output,
            int depth
        )
        {
            var outcome = CopyOutcome.Done;
            foreach (var copy in Copies)
                if (outcome == CopyOutcome.Done)
                    outcome = copy.Run(value, wire, output, depth);
            return outcome == CopyOutcome.Done && Inner is not null
                ? Inner.Run(Content(value), output, depth - 1)
                : outcome;
        }
    }

    /// <param name="Number">The field of the target.</param>
    /// <param name="Nested">How the message inside is to be rewritten; null when its bytes stay.</param>
    private sealed record Copy(int Number, CopyPlan? Nested)
    {
        public CopyOutcome Run(
            ReadOnlySpan<byte> value,
            WireType wire,
            WireWriter output,
            int depth
        )
        {
            output.Tag(Number, wire);
            if (Nested is null or { IsIdentity: true })
                return Append(value, output);
            var mark = output.Begin();
            var outcome = Nested.Run(Content(value), output, depth - 1);
            output.End(mark);
            return outcome;
        }
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> value) =>
        new WireReader(value).Bytes();

    /// <summary>Builds plans; types that contain themselves get plans that do too.</summary>
    private sealed class Builder
    {
        private readonly Dictionary<(MessageType To, MessageType From), CopyPlan> wholes = [];

        public CopyPlan Whole(MessageType to, MessageType from)
        {
            if (wholes.TryGetValue((to, from), out var known))
                return known;
            var plan = wholes[(to, from)] = new CopyPlan();
            if (ReferenceEquals(to, from) || to.WellKnown != WellKnown.None)
            {
                plan.IsIdentity = true;
                return plan;
            }
            var built = new Dictionary<int, Step>();
            foreach (var field in to.Fields)
                if (from.Field(field.Name) is { } source)
                    built[source.Number] = StepOf(source, [CopyOf(field, source)], inner: null);
            plan.steps = built.ToFrozenDictionary();
            plan.IsIdentity =
                to.Fields.Count == from.Fields.Count
                && built.Count == from.Fields.Count
                && built.All(s =>
                    s.Value.Copies[0].Number == s.Key
                    && s.Value.Copies[0].Nested is null or { IsIdentity: true }
                );
            return plan;
        }

        public CopyPlan Picks(MessageType to, MessageType from, IReadOnlyList<GraphField> fields) =>
            Picks(from, [.. fields.Select(f => (to.Field(f.To)!, f.From!.Split('.')))], 0);

        private CopyPlan Picks(
            MessageType from,
            IReadOnlyList<(FieldType To, string[] Path)> picks,
            int at
        )
        {
            var built = new Dictionary<int, Step>();
            foreach (var group in picks.GroupBy(p => p.Path[at]))
            {
                var source = from.Field(group.Key)!;
                Copy[] here =
                [
                    .. group.Where(p => p.Path.Length == at + 1).Select(p => CopyOf(p.To, source)),
                ];
                var deeper = group.Where(p => p.Path.Length > at + 1).ToArray();
                var inner = deeper.Length == 0 ? null : Picks(source.Message!, deeper, at + 1);
                built[source.Number] = StepOf(source, here, inner);
            }
            return new CopyPlan { steps = built.ToFrozenDictionary() };
        }

        private static Step StepOf(FieldType source, Copy[] copies, CopyPlan? inner) =>
            new(
                source.IsMap ? WireType.Bytes : source.Kind.Wire(),
                source.IsRepeated && source.Kind.CanPack(),
                copies,
                inner
            );

        private Copy CopyOf(FieldType to, FieldType from)
        {
            if (to.IsMap)
                return new Copy(to.Number, Entry(to, from));
            return new Copy(
                to.Number,
                to.Kind == FieldKind.Message ? Whole(to.Message!, from.Message!) : null
            );
        }

        /// <summary>A map is a list of entries; their keys have the number 1 on both sides, their values 2.</summary>
        private CopyPlan? Entry(FieldType to, FieldType from)
        {
            if (to.MapValue!.Kind != FieldKind.Message)
                return null;
            var steps = new Dictionary<int, Step>
            {
                [1] = StepOf(from.MapKey!, [new Copy(1, null)], inner: null),
                [2] = StepOf(from.MapValue!, [CopyOf(to.MapValue, from.MapValue!)], inner: null),
            };
            return new CopyPlan { steps = steps.ToFrozenDictionary() };
        }
    }
}

internal enum CopyOutcome
{
    Done,
    Malformed,
    TooLong,
}
