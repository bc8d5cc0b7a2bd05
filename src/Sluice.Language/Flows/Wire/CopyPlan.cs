using System.Collections.Frozen;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Wire;

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

    /// <summary>Appends what the plan takes from a message. False when the message is malformed or the output too long; the output is then of no use.</summary>
    public bool Run(ReadOnlySpan<byte> message, WireBuffer output) =>
        Run(message, output, WireCheck.Depth);

    private bool Run(ReadOnlySpan<byte> message, WireBuffer output, int depth)
    {
        if (depth == 0)
            return false;
        if (IsIdentity)
            return output.Append(message);
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (!steps.TryGetValue(reader.Number, out var step) || !step.Expects(reader.Type))
                continue;
            foreach (var copy in step.Copies)
                if (!copy.Run(reader.Type, reader.Value, output, depth))
                    return false;
            if (step.Inner is not null && !step.Inner.Run(reader.Value, output, depth - 1))
                return false;
        }
        return !reader.Failed;
    }

    /// <summary>What happens to one field of the source.</summary>
    /// <param name="Copies">Fields of the target that get its value.</param>
    /// <param name="Inner">What is picked from inside of it, or null.</param>
    private sealed record Step(WireType Type, bool CanBePacked, Copy[] Copies, CopyPlan? Inner)
    {
        /// <summary>A value of another wire type than declared counts as an unknown field.</summary>
        public bool Expects(WireType type) => type == Type || CanBePacked && type == WireType.Bytes;
    }

    /// <param name="Number">The field of the target.</param>
    /// <param name="Nested">How the message inside is to be rewritten; null when its bytes stay.</param>
    private sealed record Copy(int Number, CopyPlan? Nested)
    {
        public bool Run(WireType type, ReadOnlySpan<byte> value, WireBuffer output, int depth)
        {
            if (Nested is null || Nested.IsIdentity)
                return output.Field(Number, type, value);
            var inner = new WireBuffer(output.Limit);
            return Nested.Run(value, inner, depth - 1)
                && output.Field(Number, type, inner.Written.Span);
        }
    }

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
            Picks(from, [.. fields.Select(f => (to.Field(f.To)!, f.From.Split('.')))], 0);

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
