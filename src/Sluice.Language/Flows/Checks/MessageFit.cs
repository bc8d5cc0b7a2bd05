using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// Says whether values of one type can be carried into another by the names of their fields, without losing or
/// reinterpreting anything. Numbers may differ; they are never compared.
/// </summary>
internal static class MessageFit
{
    // Comparing goes as deep as types refer to each other; without an end a hostile schema would use up the stack.
    private const int Deepest = 500;

    /// <summary>
    /// Why a field cannot be set from another; null when it can. Integers may widen (int32 to int64); a nested message
    /// fits when each of its fields, apart from optional ones, is there in the source and fits.
    /// </summary>
    public static string? Fault(FieldType to, FieldType from) => Fault(to, from, [], 0);

    /// <summary>As <see cref="Fault(FieldType, FieldType)"/>, for two fields that are matched because they share a name in whole messages.</summary>
    public static string? FaultOfSame(FieldType to, FieldType from) =>
        OneofFault(to, from) ?? Fault(to, from);

    /// <summary>The fields of a message that have to come from somewhere: all but those declared optional and the members of a oneof.</summary>
    public static IEnumerable<FieldType> Required(MessageType type) =>
        type.Fields.Where(f => !f.IsOptional && f.Oneof is null);

    private static string? Fault(
        FieldType to,
        FieldType from,
        HashSet<(MessageType To, MessageType From)> assumed,
        int depth
    )
    {
        if (to.IsMap != from.IsMap || to.IsRepeated != from.IsRepeated)
            return Differ(to, from);
        if (to.IsMap)
            return Fault(to.MapKey!, from.MapKey!, assumed, depth) is null
                ? Fault(to.MapValue!, from.MapValue!, assumed, depth)
                : Differ(to, from);
        return (to.Kind, from.Kind) switch
        {
            (FieldKind.Message, FieldKind.Message) => Messages(to, from, assumed, depth),
            (FieldKind.Enum, FieldKind.Enum) => Enums(to, from),
            var (t, f) when t == f || Widens(t, f) => null,
            _ => Differ(to, from),
        };
    }

    /// <summary>Pairs whose values have the same bytes on the wire, so that widening costs nothing.</summary>
    private static bool Widens(FieldKind to, FieldKind from) =>
        (to, from)
            is
                (FieldKind.Int64, FieldKind.Int32)
                or
                (FieldKind.Int64, FieldKind.UInt32)
                or
                (FieldKind.UInt64, FieldKind.UInt32)
                or
                (FieldKind.SInt64, FieldKind.SInt32);

    private static string? Messages(
        FieldType to,
        FieldType from,
        HashSet<(MessageType To, MessageType From)> assumed,
        int depth
    )
    {
        var (target, source) = (to.Message!, from.Message!);
        if (ReferenceEquals(target, source))
            return null;
        if (target.WellKnown != WellKnown.None || source.WellKnown != WellKnown.None)
            return target.FullName == source.FullName ? null : Differ(to, from);
        if (depth == Deepest)
            return $"`{source.FullName}` lies more than {Deepest} messages deep";
        // A pair that is being compared already is taken to fit; if it does not, the outer comparison finds out.
        if (!assumed.Add((target, source)))
            return null;
        foreach (var field in target.Fields)
        {
            if (source.Field(field.Name) is not { } match)
            {
                if (!field.IsOptional)
                    return $"`{source.FullName}` has no field `{field.Name}`, which `{target.FullName}` has";
            }
            else if (
                (OneofFault(field, match) ?? Fault(field, match, assumed, depth + 1)) is { } fault
            )
                return fault;
        }
        return null;
    }

    /// <summary>Members of one oneof have to come from one oneof: else two of them could arrive at once.</summary>
    private static string? OneofFault(FieldType to, FieldType from) =>
        to.Oneof is { Fields.Count: > 1 } && to.Oneof.Name != from.Oneof?.Name
            ? $"`{to.Name}` belongs to the oneof `{to.Oneof.Name}` on the receiving side only"
            : null;

    /// <summary>Enum values travel as numbers, so each name of the source has to mean the same number in the target.</summary>
    private static string? Enums(FieldType to, FieldType from)
    {
        if (ReferenceEquals(to.Enum, from.Enum))
            return null;
        foreach (var value in from.Enum!.Values)
        {
            var match = to.Enum!.Values.FirstOrDefault(v => v.Name == value.Name);
            if (match?.Number != value.Number)
                return $"`{value.Name} = {value.Number}` of `{from.Enum.FullName}` is not the same in `{to.Enum.FullName}`";
        }
        return null;
    }

    private static string Differ(FieldType to, FieldType from) =>
        $"`{to.Name}` is `{to.TypeText}`, but `{from.Name}` is `{from.TypeText}`";
}
