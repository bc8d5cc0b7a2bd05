using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.CSharp;

/// <summary>How values of each kind are typed, read, written and told from their default.</summary>
internal static class CSharpTypes
{
    public const string Runtime = "global::Axiom.Runtime.";

    public static uint Tag(int number, WireType wire) => ((uint)number << 3) | (uint)wire;

    /// <summary>The type of one value.</summary>
    public static string Of(FieldType field, CSharpNames names) =>
        field.Kind switch
        {
            FieldKind.Double => "double",
            FieldKind.Float => "float",
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => "long",
            FieldKind.UInt64 or FieldKind.Fixed64 => "ulong",
            FieldKind.UInt32 or FieldKind.Fixed32 => "uint",
            FieldKind.Bool => "bool",
            FieldKind.String => "string",
            FieldKind.Bytes => "byte[]",
            FieldKind.Enum => names.Path(field.Enum!),
            FieldKind.Message => names.Path(field.Message!),
            _ => "int",
        };

    /// <summary>The type of the property.</summary>
    public static string Property(FieldType field, CSharpNames names)
    {
        const string collections = "global::System.Collections.Generic.";
        if (field.IsMap)
            return $"{collections}Dictionary<{Of(field.MapKey!, names)}, {Of(field.MapValue!, names)}>";
        return field.IsRepeated ? $"{collections}List<{Of(field, names)}>" : Of(field, names);
    }

    public static string Default(FieldType field, CSharpNames names) =>
        field.Kind switch
        {
            FieldKind.String => "\"\"",
            FieldKind.Bytes => "global::System.Array.Empty<byte>()",
            FieldKind.Bool => "false",
            FieldKind.Message => $"new {names.Path(field.Message!)}()",
            FieldKind.Enum => $"({names.Path(field.Enum!)})0",
            _ => "0",
        };

    /// <summary>The condition under which a value without presence is written.</summary>
    public static string IsSet(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.String or FieldKind.Bytes => $"{value}.Length != 0",
            FieldKind.Bool => value,
            FieldKind.Double => $"global::System.BitConverter.DoubleToInt64Bits({value}) != 0",
            FieldKind.Float => $"global::System.BitConverter.SingleToInt32Bits({value}) != 0",
            _ => $"{value} != 0",
        };

    /// <summary>The statement that writes a value behind its tag.</summary>
    public static string Write(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.Enum => $"writer.Int32((int){value});",
            _ => $"writer.{Method(field.Kind)}({value});",
        };

    /// <summary>The expression that reads a scalar.</summary>
    public static string Read(FieldType field, string reader, CSharpNames names) =>
        field.Kind == FieldKind.Enum
            ? $"({names.Path(field.Enum!)}){reader}.Int32()"
            : $"{reader}.{Method(field.Kind)}()";

    private static string Method(FieldKind kind) => kind.ToString();
}
