using System.Collections.Frozen;
using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>What a field is called.</summary>
/// <param name="Capital">As in <c>getFirstName</c>.</param>
/// <param name="Variable">The member that holds its value; of a oneof's field, the one that they share.</param>
/// <param name="Constant">As in <c>FIRST_NAME_FIELD_NUMBER</c>.</param>
internal sealed record JavaFieldName(string Capital, string Variable, string Constant);

/// <summary>What a oneof is called.</summary>
/// <param name="Capital">As in <c>getChoiceCase</c>.</param>
/// <param name="Variable">The member that holds the value; the one with the number has <c>Case</c> in its name.</param>
/// <param name="Enum">The enum that tells which field is set.</param>
internal sealed record JavaOneofName(
    string Capital,
    string Variable,
    string CaseVariable,
    string Enum
);

/// <summary>What each type, field and enum value is called in Java: as protobuf's own classes would be, if those would compile.</summary>
internal sealed class JavaNames
{
    /// <summary>The class around the package's own messages.</summary>
    public const string Outer = "gen.Messages";

    /// <summary>The home of the types that come with protobuf.</summary>
    public const string WellKnownPackage = "gen.protobuf";

    public static readonly FrozenSet<string> Keywords = (
        "abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally "
        + "float for goto if implements import instanceof int interface long native new package private protected public return "
        + "short static strictfp super switch synchronized this throw throws transient try void volatile while true false null _"
    )
        .Split(' ')
        .ToFrozenSet();

    // A type with such a name would hide a package that generated code names.
    private static readonly FrozenSet<string> Packages = FrozenSet.ToFrozenSet([
        "axiom",
        "gen",
        "java",
        "nodes",
        "var",
        "record",
        "yield",
        "sealed",
        "permits",
    ]);

    // Accessors with such names would be taken for others.
    private static readonly FrozenSet<string> Forbidden = FrozenSet.ToFrozenSet([
        "Class",
        "DefaultInstanceForType",
        "ParserForType",
        "SerializedSize",
        "AllFields",
        "DescriptorForType",
        "InitializationErrorString",
        "UnknownFields",
        "CachedSize",
    ]);

    private readonly Dictionary<object, string> types = [];
    private readonly Dictionary<FieldType, JavaFieldName> fields = [];
    private readonly Dictionary<OneofType, JavaOneofName> oneofs = [];

    public JavaNames(EmittedTypes emitted)
    {
        var top = new HashSet<string> { "Messages" };
        foreach (var message in emitted.Messages.Where(m => m.Parent is null))
            Name(message, top, ["Messages"]);
        foreach (var type in emitted.Enums)
            types[type] = Unique(Escape(type.Name), top);
        foreach (var message in emitted.WellKnown)
            Name(message, [], []);
        types[WellKnownTypes.NullValue] = WellKnownTypes.NullValue.Name;
    }

    /// <summary>The class's own name.</summary>
    public string Of(MessageType type) => types[type];

    public string Of(EnumType type) => types[type];

    public JavaFieldName Of(FieldType field) => fields[field];

    public JavaOneofName Of(OneofType oneof) => oneofs[oneof];

    /// <summary>The class with all that is around it, good in any place.</summary>
    public string Path(MessageType type) => $"{Scope(type, type.Parent)}.{types[type]}";

    public string Path(EnumType type) => $"{Scope(type, type.Parent)}.{types[type]}";

    private string Scope(object type, MessageType? parent)
    {
        if (parent is not null)
            return Path(parent);
        var isWellKnown =
            type is MessageType { WellKnown: not WellKnown.None }
            || ReferenceEquals(type, WellKnownTypes.NullValue);
        return isWellKnown ? WellKnownPackage : Outer;
    }

    /// <summary>The names of an enum's values, in their order.</summary>
    public static IReadOnlyList<string> Values(EnumType type)
    {
        var used = new HashSet<string> { "UNRECOGNIZED" };
        return [.. type.Values.Select(v => Unique(Escape(v.Name), used))];
    }

    /// <summary>The message as a package without clashes would name it: <c>Word.Part</c>.</summary>
    public static string Plain(MessageType type) =>
        type.Parent is null ? Escape(type.Name) : $"{Plain(type.Parent)}.{Escape(type.Name)}";

    private void Name(MessageType message, HashSet<string> scope, HashSet<string> around)
    {
        var name = Escape(message.Name);
        while (
            around.Contains(name)
            || scope.Contains(name)
            || !scope.Add(OrBuilder(name))
            || !scope.Add(name)
        )
            name += "_";
        types[message] = name;
        HashSet<string> chain = [.. around, name];
        var inner = new HashSet<string>(chain) { "Builder" };
        new JavaMembers(message, inner).Name(fields, oneofs);
        foreach (var nested in message.Messages)
            Name(nested, inner, chain);
        foreach (var type in message.Enums)
            types[type] = Unique(Escape(type.Name), inner);
    }

    public static string OrBuilder(string name) => name + "OrBuilder";

    /// <summary>Letters at the start, behind underscores and behind digits are raised.</summary>
    public static string Capital(string name)
    {
        var text = new StringBuilder(name.Length);
        var raise = true;
        foreach (var c in name)
        {
            if (c != '_')
                text.Append(raise ? char.ToUpperInvariant(c) : c);
            raise = c == '_' || char.IsAsciiDigit(c);
        }

        return Forbidden.Contains(text.ToString()) ? text + "_" : text.ToString();
    }

    public static string Escape(string name) =>
        Keywords.Contains(name) || Packages.Contains(name) ? name + "_" : name;

    public static string Unique(string name, HashSet<string> used)
    {
        while (!used.Add(name))
            name += "_";
        return name;
    }
}
