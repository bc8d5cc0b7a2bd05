namespace Sluice.Language.Protos;

/// <summary>One field of a message.</summary>
public sealed class FieldType
{
    /// <summary>The name as written, for example <c>first_name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name in JSON: lower camel case of <see cref="Name"/>, or the <c>json_name</c> option.</summary>
    public required string JsonName { get; init; }

    /// <summary>1 to 2^29-1 without 19000 to 19999.</summary>
    public required int Number { get; init; }

    /// <summary>The kind of one value; <see cref="FieldKind.Message"/> for a map, whose entries are messages on the wire.</summary>
    public FieldKind Kind { get; internal set; }

    /// <summary>True for <c>repeated</c> fields; false for maps.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>True when repeated values are written side by side under one tag.</summary>
    public bool IsPacked { get; internal set; }

    /// <summary>True for the label <c>optional</c>: absent and default value are two things.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The type of the value (or of each element) when <see cref="Kind"/> is message; null for maps.</summary>
    public MessageType? Message { get; internal set; }

    /// <summary>The type of the value (or of each element) when <see cref="Kind"/> is enum.</summary>
    public EnumType? Enum { get; internal set; }

    /// <summary>For maps, the key as a field with number 1; else null.</summary>
    public FieldType? MapKey { get; internal set; }

    /// <summary>For maps, the value as a field with number 2; else null.</summary>
    public FieldType? MapValue { get; internal set; }

    /// <summary>The oneof that holds this field, or null.</summary>
    public OneofType? Oneof { get; internal set; }

    /// <summary>The leading comment without its markers; empty when there is none.</summary>
    public string Docs { get; init; } = "";

    public bool IsMap => MapKey is not null;

    /// <summary>A value that is there or not, apart from being the default: messages, <c>optional</c> and oneof members.</summary>
    public bool HasPresence =>
        !IsRepeated && !IsMap && (IsOptional || Oneof is not null || Kind == FieldKind.Message);

    /// <summary>The type as a proto file writes it, with full names: <c>repeated demo.greeter.Line</c>, <c>map&lt;string, int32></c>.</summary>
    public string TypeText =>
        IsMap
            ? $"map<{MapKey!.TypeText}, {MapValue!.TypeText}>"
            : (IsRepeated ? "repeated " : "") + ValueText;

    private string ValueText => Message?.FullName ?? Enum?.FullName ?? Kind.Word();

    public override string ToString() => $"{TypeText} {Name} = {Number}";
}

/// <summary>A group of fields of which at most one is set.</summary>
public sealed class OneofType
{
    public required string Name { get; init; }

    /// <summary>At least one, in the order of their declaration.</summary>
    public IReadOnlyList<FieldType> Fields { get; internal set; } = [];

    /// <summary>The leading comment; empty when there is none.</summary>
    public string Docs { get; init; } = "";
}
