using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

/// <summary>Whether what an expression gives can be written into a field, as far as types tell.</summary>
internal static class FieldFit
{
    /// <summary>A part of a sentence that says why not; null when it can, or when only the value tells.</summary>
    public static string? Misfit(CelType found, FieldType to)
    {
        var fits =
            to.IsMap ? Map(found, to)
            : to.IsRepeated ? found.IsOpen || (found.Kind == TypeKind.List && One(found.Item!, to))
            : One(found, to);
        if (fits)
            return null;
        var hint =
            found.Kind == TypeKind.Optional ? "; take its value with `.orValue(…)`"
            : found.IsNumber && Number(to) ? "; convert it, for example with `int(…)`"
            : to is { Kind: FieldKind.String, IsRepeated: false, IsMap: false }
            && found.Kind is TypeKind.List or TypeKind.Map or TypeKind.Message
                ? "; `toJson(…)` makes a string of it"
            : "";
        return $"the expression gives {found}, but `{to.Name}` is `{to.TypeText}`{hint}";
    }

    private static bool Number(FieldType to) =>
        to is { IsRepeated: false, IsMap: false }
        && to.Kind.CanPack()
        && to.Kind is not (FieldKind.Bool or FieldKind.Enum);

    private static bool Map(CelType found, FieldType to) =>
        found.IsOpen
        || (
            found.Kind == TypeKind.Map
            && One(found.Key!, to.MapKey!)
            && One(found.Item!, to.MapValue!)
        );

    /// <summary>One value; null clears a message.</summary>
    private static bool One(CelType found, FieldType to)
    {
        if (found.IsOpen)
            return true;
        if (to.Message is { } message)
            return Message(found, message, to);
        var type = found.Unwrapped;
        return to.Kind switch
        {
            FieldKind.Bool => type.Kind == TypeKind.Bool,
            FieldKind.String => type.Kind == TypeKind.String,
            FieldKind.Bytes => type.Kind == TypeKind.Bytes,
            FieldKind.Double or FieldKind.Float => type.IsNumber,
            FieldKind.Enum when to.Enum!.FullName == "google.protobuf.NullValue" => type.Kind
                == TypeKind.Null,
            // Whether the number is in range shows when it is there.
            _ => type.Kind is TypeKind.Int or TypeKind.UInt,
        };
    }

    private static bool Message(CelType found, MessageType to, FieldType field) =>
        to.WellKnown switch
        {
            WellKnown.Value => found.Kind is not (TypeKind.Type or TypeKind.Optional),
            WellKnown.Struct => found.Kind == TypeKind.Map
                && (found.Key!.IsOpen || found.Key.Kind == TypeKind.String),
            WellKnown.ListValue => found.Kind == TypeKind.List,
            WellKnown.Wrapper => found.Kind == TypeKind.Null || One(found, to.Fields[0]),
            WellKnown.Timestamp => found.Kind is TypeKind.Null or TypeKind.Timestamp,
            WellKnown.Duration => found.Kind is TypeKind.Null or TypeKind.Duration,
            _ => found.Kind == TypeKind.Message
                ? MessageShape.Same(found.Message!, to)
                : found.Kind == TypeKind.Null && !field.IsRepeated,
        };
}
