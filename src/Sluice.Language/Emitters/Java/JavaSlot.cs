using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>Where one value of a message is kept, and how that is said.</summary>
internal sealed class JavaSlot(FieldType kept, JavaNames names)
{
    private readonly JavaFieldName name = names.Of(kept);
    private readonly string? number = kept.Oneof is { } oneof ? names.Of(oneof).CaseVariable : null;

    /// <summary>Whether it is there, of a value that has presence.</summary>
    public string Has(string of = "") =>
        number is null ? $"{of}{name.Variable} != null" : $"{of}{number} == {kept.Number}";

    /// <summary>The value as it is kept, behind a check that it is there.</summary>
    public string Raw =>
        number is null ? name.Variable : $"({JavaTypes.Boxed(kept, names)}) {name.Variable}";

    /// <summary>The value, or the default.</summary>
    public string Value =>
        kept.HasPresence ? $"{Has()} ? {Raw} : {JavaTypes.Default(kept, names)}" : name.Variable;

    /// <summary>The value comes first: it may be made of the one before, and may be refused.</summary>
    public string Set(string of, string value) =>
        number is null
            ? $"{of}{name.Variable} = {value};"
            : $"{of}{name.Variable} = {value}; {of}{number} = {kept.Number};";

    public string Clear(string of) =>
        number is not null
            ? $"if ({Has(of)}) {{ {of}{number} = 0; {of}{name.Variable} = null; }}"
            : $"{of}{name.Variable} = {(kept.HasPresence ? "null" : JavaTypes.Default(kept, names))};";
}
