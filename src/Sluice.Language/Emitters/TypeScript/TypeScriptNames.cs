using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.TypeScript;

/// <summary>What each type, field and enum value is called in TypeScript: as protobuf's own JavaScript classes would be.</summary>
internal sealed class TypeScriptNames
{
    /// <summary>Words that no class can have as its name, and those that generated code means something else by.</summary>
    private static readonly HashSet<string> Reserved =
    [
        .. "any arguments as async await bigint boolean break case catch class const continue debugger declare default delete do else enum eval export extends false finally for function get if implements import in index instanceof interface let module namespace never new null number object of package private protected public require return set static string super switch symbol this throw true try type typeof undefined unknown value var void while with yield exports".Split(
            ' '
        ),
    ];

    /// <summary>Members that every class has by itself.</summary>
    private static readonly string[] Inner =
    [
        .. "AsObject apply arguments bind call caller constructor deserializeBinary fromDate fromJavaScript length name prototype toString".Split(
            ' '
        ),
    ];

    private readonly Dictionary<object, string> names = [];
    private readonly Dictionary<object, string> inner = [];
    private readonly Dictionary<OneofType, string> cases = [];

    public TypeScriptNames(EmittedTypes types)
    {
        var top = new HashSet<string>(Reserved);
        foreach (var message in types.Messages.Where(m => m.Parent is null))
            Name(message, Unique(message.Name, top), "");
        foreach (var type in types.Enums)
            names[type] = Unique(type.Name, top);
        foreach (var message in types.WellKnown)
            Name(message, Unique(message.Name, top), "");
        if (types.UsesNullValue)
            names[WellKnownTypes.NullValue] = Unique(WellKnownTypes.NullValue.Name, top);
    }

    /// <summary>The class's name in the file: nested ones carry that of the class around them, as <c>Outer$Inner</c>.</summary>
    public string Of(MessageType type) => names[type];

    public string Of(EnumType type) => names[type];

    /// <summary>What a field's accessors have behind <c>get</c> and <c>set</c>.</summary>
    public string Of(FieldType field) => names[field];

    /// <summary>What the accessor that tells a oneof's set field has behind <c>get</c>.</summary>
    public string Of(OneofType oneof) => names[oneof];

    /// <summary>The method that adds to a list: its name has no <c>List</c> at the end.</summary>
    public string Adder(FieldType field)
    {
        var name = names[field];
        var at = name.LastIndexOf("List", StringComparison.Ordinal);
        return "add" + name.Remove(at, "List".Length);
    }

    /// <summary>The enum that tells which field of a oneof is set, in the file.</summary>
    public string CasesOf(OneofType oneof) => cases[oneof];

    /// <summary>The name of a nested type, or of a oneof's enum, in the namespace of the class around it.</summary>
    public string Within(object type) => inner[type];

    /// <summary>A field's place in an object: its accessors' name with a small letter.</summary>
    public string Member(FieldType field)
    {
        var name = names[field];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    public static string Case(FieldType field) => field.Name.ToUpperInvariant();

    private void Name(MessageType message, string name, string scope)
    {
        names[message] = scope + name;
        var own = new HashSet<string>();
        foreach (var field in message.Fields)
            names[field] = Unique(Pascal(field.Name) + Suffix(field), own);
        foreach (var oneof in message.Oneofs)
            names[oneof] = Unique(Pascal(oneof.Name) + "Case", own);
        var within = new HashSet<string>([.. Reserved, .. Inner]);
        foreach (var nested in message.Messages)
            Name(nested, inner[nested] = Unique(nested.Name, within), names[message] + "$");
        foreach (var type in message.Enums)
            names[type] = $"{names[message]}${inner[type] = Unique(type.Name, within)}";
        foreach (var oneof in message.Oneofs)
            cases[oneof] = $"{names[message]}${inner[oneof] = Unique(names[oneof], within)}";
    }

    private static string Suffix(FieldType field) =>
        field.IsMap ? "Map"
        : field.IsRepeated ? "List"
        : "";

    /// <summary>The official generator knows words by their underscores alone: <c>first_name</c> is FirstName, <c>firstName</c> Firstname.</summary>
    private static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var raise = true;
        foreach (var c in name)
        {
            if (c != '_')
                text.Append(raise ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            raise = c == '_';
        }

        return text.Length == 0 ? "_" : text.ToString();
    }

    private static string Unique(string name, HashSet<string> used)
    {
        while (!used.Add(name))
            name += "_";
        return name;
    }
}
