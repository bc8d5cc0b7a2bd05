using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Rust;

/// <summary>How values of each kind are typed, read, written and told from their default.</summary>
internal sealed class RustTypes(RustNames names)
{
    private readonly Dictionary<FieldType, bool> boxed = [];

    public static uint Tag(int number, WireType wire) => ((uint)number << 3) | (uint)wire;

    /// <summary>The type of one value.</summary>
    public string Of(FieldType field) =>
        field.Kind switch
        {
            FieldKind.Double => "f64",
            FieldKind.Float => "f32",
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => "i64",
            FieldKind.UInt64 or FieldKind.Fixed64 => "u64",
            FieldKind.UInt32 or FieldKind.Fixed32 => "u32",
            FieldKind.Bool => "bool",
            FieldKind.String => "::std::string::String",
            FieldKind.Bytes => "::std::vec::Vec<u8>",
            FieldKind.Message => names.Path(field.Message!),
            _ => "i32",
        };

    /// <summary>The type of the member; a oneof's is its enum.</summary>
    public string Member(FieldType field)
    {
        if (field.IsMap)
            return $"::std::collections::HashMap<{Of(field.MapKey!)}, {Of(field.MapValue!)}>";
        if (field.IsRepeated)
            return $"::std::vec::Vec<{Of(field)}>";
        return field.HasPresence ? $"::std::option::Option<{InPlace(field)}>" : Of(field);
    }

    /// <summary>The type where one value is kept: in a box where a message would hold itself.</summary>
    public string InPlace(FieldType field) =>
        IsBoxed(field) ? $"::std::boxed::Box<{Of(field)}>" : Of(field);

    /// <summary>True for a message that can hold the message it is a member of.</summary>
    public bool IsBoxed(FieldType field) => boxed.GetValueOrDefault(field);

    /// <summary>Finds the members of a message that have to be boxed.</summary>
    public void Weigh(MessageType type)
    {
        foreach (var field in type.Fields.Where(f => f.HasPresence && f.Message is not null))
            boxed[field] = Reaches(field.Message!, type, []);
    }

    private static bool Reaches(MessageType from, MessageType to, HashSet<MessageType> seen) =>
        from == to
        || (
            seen.Add(from)
            && from.Fields.Any(f => f.HasPresence && f.Message is { } m && Reaches(m, to, seen))
        );

    /// <summary>The condition under which a value without presence is written.</summary>
    public static string IsSet(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.String or FieldKind.Bytes => $"!{value}.is_empty()",
            FieldKind.Bool => value,
            FieldKind.Double or FieldKind.Float => $"{value}.to_bits() != 0",
            _ => $"{value} != 0",
        };

    /// <summary>The statement that writes a value behind its tag, given a reference to it.</summary>
    public string Write(FieldType field, string reference) =>
        field.Kind == FieldKind.Message && IsBoxed(field)
            ? $"writer.message(&**{reference});"
            : $"writer.{Word(field)}({reference});";

    public static string Word(FieldType field) =>
        field.Kind == FieldKind.Enum ? "int32" : field.Kind.Word();
}
