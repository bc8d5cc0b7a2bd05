using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Go;

/// <summary>How values of each kind are typed, read, written and told from their default.</summary>
internal static class GoTypes
{
    public static uint Tag(int number, WireType wire) => ((uint)number << 3) | (uint)wire;

    /// <summary>The type of one value.</summary>
    public static string Of(FieldType field, GoFile file) =>
        field.Kind switch
        {
            FieldKind.Double => "float64",
            FieldKind.Float => "float32",
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => "int64",
            FieldKind.UInt64 or FieldKind.Fixed64 => "uint64",
            FieldKind.UInt32 or FieldKind.Fixed32 => "uint32",
            FieldKind.Bool => "bool",
            FieldKind.String => "string",
            FieldKind.Bytes => "[]byte",
            FieldKind.Enum => file.Of(field.Enum!),
            FieldKind.Message => "*" + file.Of(field.Message!),
            _ => "int32",
        };

    /// <summary>The type of the struct's field.</summary>
    public static string Field(FieldType field, GoFile file) =>
        field.IsMap ? $"map[{Of(field.MapKey!, file)}]{Of(field.MapValue!, file)}"
        : field.IsRepeated ? "[]" + Of(field, file)
        : IsPointer(field) ? "*" + Of(field, file)
        : Of(field, file);

    /// <summary>True for a scalar behind a pointer, which is nil when it is absent. Messages and bytes can be nil by themselves.</summary>
    public static bool IsPointer(FieldType field) =>
        field.IsOptional && field.Kind is not (FieldKind.Message or FieldKind.Bytes);

    public static string Default(FieldType field) =>
        field switch
        {
            { IsMap: true } or { IsRepeated: true } => "nil",
            { Kind: FieldKind.Message or FieldKind.Bytes } => "nil",
            { Kind: FieldKind.String } => "\"\"",
            { Kind: FieldKind.Bool } => "false",
            _ => "0",
        };

    /// <summary>The condition under which a value without a oneof is written.</summary>
    public static string IsSet(FieldType field, string value) =>
        field switch
        {
            { HasPresence: true } => $"{value} != nil",
            { Kind: FieldKind.String } => $"{value} != \"\"",
            { Kind: FieldKind.Bytes } => $"len({value}) > 0",
            { Kind: FieldKind.Bool } => value,
            { Kind: FieldKind.Double or FieldKind.Float } => $"!proto.IsZero({value})",
            _ => $"{value} != 0",
        };

    /// <summary>The statement that writes a value behind its tag.</summary>
    public static string Write(FieldType field, string value) =>
        field.Kind == FieldKind.Enum ? $"w.Int32(int32({value}))" : $"w.{field.Kind}({value})";

    /// <summary>The expression that reads a scalar.</summary>
    public static string Read(FieldType field, GoFile file) =>
        field.Kind == FieldKind.Enum ? $"{file.Of(field.Enum!)}(r.Int32())" : $"r.{field.Kind}()";
}
