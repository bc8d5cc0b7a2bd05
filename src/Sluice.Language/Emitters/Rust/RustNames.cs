using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Rust;

/// <summary>What each type, field and enum value is called in Rust: as prost, the usual protobuf of Rust, would call it.</summary>
internal sealed class RustNames
{
    private const string Root = "crate::messages::";

    /// <summary>Modules with these names would hide what generated code means by them. Types and modules share one scope.</summary>
    private static readonly string[] Primitives =
    [
        .. "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize".Split(' '),
    ];

    private readonly Dictionary<object, string> names = [];
    private readonly Dictionary<MessageType, string> modules = [];
    private readonly Dictionary<OneofType, (string Type, MessageType Of)> choices = [];
    private readonly Dictionary<MessageType, HashSet<string>> methods = [];

    public RustNames(EmittedTypes types)
    {
        HashSet<string> top = [.. Primitives];
        foreach (var message in types.Messages.Where(m => m.Parent is null))
            Name(message, top);
        foreach (var type in types.Enums)
            names[type] = Unique(RustWords.Camel(type.Name), top);
        foreach (var message in types.WellKnown)
            Name(message, top);
        if (types.UsesNullValue)
            names[WellKnownTypes.NullValue] = Unique(WellKnownTypes.NullValue.Name, top);
    }

    /// <summary>The struct's own name.</summary>
    public string Of(MessageType type) => names[type];

    public string Of(EnumType type) => names[type];

    /// <summary>The member's name, marked where it is a keyword.</summary>
    public string Of(FieldType field) => RustWords.Mark(names[field]);

    public string Of(OneofType oneof) => RustWords.Mark(names[oneof]);

    /// <summary>The member for fields that are not known.</summary>
    public string Unknown(MessageType type) => names[(type, nameof(Unknown))];

    /// <summary>The module that holds what is declared within a message.</summary>
    public string ModuleOf(MessageType type) => RustWords.Mark(modules[type]);

    /// <summary>The enum that holds the set field of a oneof, within its message's module.</summary>
    public string Choice(OneofType oneof) => choices[oneof].Type;

    /// <summary>A case of that enum, with its path.</summary>
    public string Case(FieldType field)
    {
        var (type, message) = choices[field.Oneof!];
        return $"{Scope(message)}{type}::{CaseOf(field)}";
    }

    public string ChoicePath(OneofType oneof) => Scope(choices[oneof].Of) + choices[oneof].Type;

    public string CaseOf(FieldType field) => names[(field, nameof(Case))];

    public string Path(MessageType type) => Around(type.Parent) + names[type];

    public string Path(EnumType type) => Around(type.Parent) + names[type];

    /// <summary>A method of a message, such as <c>set_mood</c>, whose name gives way to those before it.</summary>
    public string Method(MessageType type, string name) =>
        RustWords.Mark(Unique(name, methods[type]));

    public string Bare(FieldType field) => names[field];

    /// <summary>The names of an enum's values, in their order.</summary>
    public static IReadOnlyList<string> Values(EnumType type)
    {
        HashSet<string> used = [];
        return
        [
            .. type.Values.Select(v => Unique(Value(RustWords.Camel(type.Name), v.Name), used)),
        ];
    }

    private string Around(MessageType? parent) => parent is null ? Root : Scope(parent);

    private string Scope(MessageType message) => $"{Around(message.Parent)}{ModuleOf(message)}::";

    private void Name(MessageType message, HashSet<string> scope)
    {
        names[message] = Unique(RustWords.Camel(message.Name), scope);
        modules[message] = Unique(RustWords.Snake(message.Name), scope);
        // What every message has by itself.
        methods[message] =
        [
            "write_to",
            "read_from",
            "decode",
            "encode_to_vec",
            "clone",
            "eq",
            "default",
            "fmt",
        ];
        HashSet<string> members = [];
        foreach (var field in message.Fields.Where(f => f.Oneof is null))
            names[field] = Unique(RustWords.Snake(field.Name), members);
        foreach (var oneof in message.Oneofs)
            names[oneof] = Unique(RustWords.Snake(oneof.Name), members);
        names[(message, nameof(Unknown))] = Unique("unknown_fields", members);
        HashSet<string> inner = [.. Primitives];
        foreach (var nested in message.Messages)
            Name(nested, inner);
        foreach (var type in message.Enums)
            names[type] = Unique(RustWords.Camel(type.Name), inner);
        foreach (var oneof in message.Oneofs)
        {
            choices[oneof] = (Unique(RustWords.Camel(oneof.Name), inner), message);
            HashSet<string> cases = [];
            foreach (var field in oneof.Fields)
                names[(field, nameof(Case))] = Unique(RustWords.Camel(field.Name), cases);
        }
    }

    /// <summary><c>MOOD_VERY_GLAD</c> of the enum <c>Mood</c> becomes <c>VeryGlad</c>.</summary>
    private static string Value(string type, string name)
    {
        var camel = RustWords.Camel(name);
        var rest = camel.StartsWith(type, StringComparison.Ordinal) ? camel[type.Length..] : "";
        return rest.Length > 0 && char.IsAsciiLetterUpper(rest[0]) && rest != "Self" ? rest : camel;
    }

    private static string Unique(string name, HashSet<string> used)
    {
        while (!used.Add(name))
            name += "_";
        return name;
    }
}
