using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>How values of each kind are typed, read, written and told from their default.</summary>
internal static class JavaTypes
{
    public const string Runtime = JavaNames.WellKnownPackage + ".";

    public static int Tag(int number, WireType wire) =>
        unchecked((int)(((uint)number << 3) | (uint)wire));

    /// <summary>The type of one value as an accessor has it.</summary>
    public static string Of(FieldType field, JavaNames names) =>
        field.Kind switch
        {
            FieldKind.Enum => names.Path(field.Enum!),
            _ => Kept(field, names),
        };

    /// <summary>The type of one value as it is kept: enums are numbers.</summary>
    public static string Kept(FieldType field, JavaNames names) =>
        field.Kind == FieldKind.Message ? names.Path(field.Message!) : Scalar(field.Kind);

    /// <summary>The same where there may be none, and inside of collections.</summary>
    public static string Boxed(FieldType field, JavaNames names) =>
        Kept(field, names) switch
        {
            "int" => "java.lang.Integer",
            "long" => "java.lang.Long",
            "boolean" => "java.lang.Boolean",
            "float" => "java.lang.Float",
            "double" => "java.lang.Double",
            var other => other,
        };

    /// <summary>The type of a collection's item as an accessor has it.</summary>
    public static string Item(FieldType field, JavaNames names) =>
        field.Kind == FieldKind.Enum ? names.Path(field.Enum!) : Boxed(field, names);

    /// <summary>A word that is equal for types between which no overload could be told.</summary>
    public static string Erased(FieldType field) =>
        field.Message?.FullName ?? field.Enum?.FullName ?? Scalar(field.Kind);

    public static string Collection(FieldType field, JavaNames names) =>
        field.IsMap
            ? $"java.util.Map<{Boxed(field.MapKey!, names)}, {Boxed(field.MapValue!, names)}>"
            : $"java.util.List<{Boxed(field, names)}>";

    public static string Default(FieldType field, JavaNames names) =>
        field.Kind switch
        {
            FieldKind.String => "\"\"",
            FieldKind.Bytes => $"{Runtime}ByteString.EMPTY",
            FieldKind.Bool => "false",
            FieldKind.Message => $"{names.Path(field.Message!)}.getDefaultInstance()",
            FieldKind.Float => "0f",
            FieldKind.Double => "0d",
            _ => Scalar(field.Kind) == "long" ? "0L" : "0",
        };

    /// <summary>The condition under which a value without presence is written.</summary>
    public static string IsSet(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.String or FieldKind.Bytes => $"!{value}.isEmpty()",
            FieldKind.Bool => value,
            FieldKind.Double => $"java.lang.Double.doubleToRawLongBits({value}) != 0",
            FieldKind.Float => $"java.lang.Float.floatToRawIntBits({value}) != 0",
            _ => $"{value} != 0",
        };

    /// <summary>What a reader's and a writer's method for the kind is called behind its first word.</summary>
    public static string Method(FieldType field) =>
        field.Kind == FieldKind.Enum ? "Int32" : field.Kind.ToString();

    /// <summary>What turns a value into what the text format shows; null when it shows as it is.</summary>
    public static string? Shown(FieldType field, string value, JavaNames names) =>
        field.Kind switch
        {
            FieldKind.Enum =>
                $"{Runtime}Printer.word({names.Path(field.Enum!)}.forNumber({value}), {value})",
            FieldKind.UInt32 or FieldKind.Fixed32 or FieldKind.UInt64 or FieldKind.Fixed64 =>
                $"{Runtime}Printer.unsigned({value})",
            _ => null,
        };

    private static string Scalar(FieldKind kind) =>
        kind switch
        {
            FieldKind.Double => "double",
            FieldKind.Float => "float",
            FieldKind.Int64
            or FieldKind.SInt64
            or FieldKind.SFixed64
            or FieldKind.UInt64
            or FieldKind.Fixed64 => "long",
            FieldKind.Bool => "boolean",
            FieldKind.String => "java.lang.String",
            FieldKind.Bytes => $"{Runtime}ByteString",
            _ => "int",
        };
}
