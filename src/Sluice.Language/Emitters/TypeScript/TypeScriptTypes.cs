using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.TypeScript;

/// <summary>How values of each kind are typed, read, written and told from their default. The codec is <c>$</c>.</summary>
internal static class TypeScriptTypes
{
    public static uint Tag(int number, WireType wire) => ((uint)number << 3) | (uint)wire;

    /// <summary>Whole numbers that a JavaScript number cannot hold.</summary>
    public static bool IsBig(FieldType field) =>
        field.Kind
            is FieldKind.Int64
                or FieldKind.UInt64
                or FieldKind.SInt64
                or FieldKind.Fixed64
                or FieldKind.SFixed64;

    /// <summary>The type of one value.</summary>
    public static string Of(FieldType field, TypeScriptNames names) =>
        field.Kind switch
        {
            FieldKind.Bool => "boolean",
            FieldKind.String => "string",
            FieldKind.Bytes => "$.Bytes",
            FieldKind.Enum => names.Of(field.Enum!),
            FieldKind.Message => names.Of(field.Message!),
            _ => IsBig(field) ? "bigint" : "number",
        };

    /// <summary>The type of what is kept for a field, when it is there.</summary>
    public static string Slot(FieldType field, TypeScriptNames names)
    {
        if (field.IsMap)
            return $"$.Dictionary<{Of(field.MapKey!, names)}, {Of(field.MapValue!, names)}>";
        return field.IsRepeated ? $"{Of(field, names)}[]" : Of(field, names);
    }

    /// <summary>The type of a value in a plain object.</summary>
    public static string Plain(FieldType field, TypeScriptNames names)
    {
        if (field.IsMap)
            return $"[{Of(field.MapKey!, names)}, {Plain(field.MapValue!, names)}][]";
        var one = field.Kind switch
        {
            FieldKind.Bytes => "string",
            FieldKind.Message => names.Of(field.Message!) + ".AsObject",
            _ => Of(field, names),
        };
        return field.IsRepeated ? one + "[]" : one;
    }

    /// <summary>One value as a plain object has it.</summary>
    public static string ToPlain(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.Bytes => $"$.base64({value})",
            FieldKind.Message => $"{value}.toObject()",
            _ => value,
        };

    public static string Default(FieldType field, TypeScriptNames names) =>
        field.Kind switch
        {
            FieldKind.String => "\"\"",
            FieldKind.Bytes => "$.NONE",
            FieldKind.Bool => "false",
            FieldKind.Message => $"new {names.Of(field.Message!)}()",
            _ => IsBig(field) ? "0n" : "0",
        };

    /// <summary>The condition under which a value without presence is written. A value of a wrong type is, and refused there.</summary>
    public static string IsSet(FieldType field, string value) =>
        field.Kind switch
        {
            FieldKind.String => $"{value} !== \"\"",
            FieldKind.Bytes => $"{value}?.length !== 0",
            FieldKind.Bool => $"{value} !== false",
            FieldKind.Double => $"!$.isZero({value})",
            FieldKind.Float => $"!$.isZeroFloat({value})",
            _ => IsBig(field) ? $"{value} !== 0n" : $"{value} !== 0",
        };

    /// <summary>The statement that writes a value behind its tag.</summary>
    public static string Write(FieldType field, string value) => $"$w.{Method(field)}({value});";

    /// <summary>The expression that reads a scalar.</summary>
    public static string Read(FieldType field) => $"$r.{Method(field)}()";

    private static string Method(FieldType field) =>
        field.Kind switch
        {
            FieldKind.Enum => "int32",
            FieldKind.Bytes => "bytesValue",
            _ => field.Kind.Word(),
        };
}
