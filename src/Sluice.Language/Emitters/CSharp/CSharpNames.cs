using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.CSharp;

/// <summary>What each type, field and enum value is called in C#: as protobuf's own C# classes would be.</summary>
internal sealed class CSharpNames
{
    private static readonly HashSet<string> Keywords =
    [
        .. "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while".Split(
            ' '
        ),
    ];

    private static readonly string[] Members =
    [
        .. "Parse ToByteArray Clone WriteTo MergeFrom Equals GetHashCode ToString GetType MemberwiseClone Finalize ReferenceEquals Types".Split(
            ' '
        ),
    ];

    private readonly Dictionary<object, string> names = [];
    private readonly Dictionary<MessageType, HashSet<string>> taken = [];

    public CSharpNames(EmittedTypes types)
    {
        var top = new HashSet<string>();
        foreach (var message in types.Messages.Where(m => m.Parent is null))
            Name(message, top);
        foreach (var type in types.Enums)
            names[type] = Unique(Escape(type.Name), top);
        foreach (var message in types.WellKnown)
            Name(message, top);
        if (types.UsesNullValue)
            names[WellKnownTypes.NullValue] = Unique(WellKnownTypes.NullValue.Name, top);
    }

    /// <summary>The class's own name.</summary>
    public string Of(MessageType type) => names[type];

    public string Of(EnumType type) => names[type];

    /// <summary>The property's name.</summary>
    public string Of(FieldType field) => names[field];

    public string Of(OneofType oneof) => names[oneof];

    /// <summary>The class with all that is around it, good in any place.</summary>
    public string Path(MessageType type) => Scope(type.Parent) + names[type];

    public string Path(EnumType type) => Scope(type.Parent) + names[type];

    /// <summary>A further member of a message, such as <c>HasName</c>, whose name gives way to those of fields.</summary>
    public string Member(MessageType type, string name) => Unique(name, taken[type]);

    /// <summary>The names of an enum's values, in their order.</summary>
    public static IReadOnlyList<string> Values(EnumType type)
    {
        var used = new HashSet<string>();
        return [.. type.Values.Select(v => Unique(Value(type.Name, v.Name), used))];
    }

    private string Scope(MessageType? parent) =>
        parent is null ? "global::Gen." : Path(parent) + ".Types.";

    private void Name(MessageType message, HashSet<string> scope)
    {
        var name = names[message] = Unique(Escape(message.Name), scope);
        var own = taken[message] = [.. Members, name];
        foreach (var field in message.Fields)
            names[field] = Unique(Pascal(field.Name), own);
        foreach (var oneof in message.Oneofs)
            names[oneof] = Unique(Pascal(oneof.Name), []);
        var inner = new HashSet<string> { "Types" };
        foreach (var nested in message.Messages)
            Name(nested, inner);
        foreach (var type in message.Enums)
            names[type] = Unique(Escape(type.Name), inner);
    }

    private static string Escape(string name) => Keywords.Contains(name) ? "@" + name : name;

    /// <summary>Letters at the start, behind underscores and behind digits are raised.</summary>
    private static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var raise = true;
        foreach (var c in name)
        {
            if (c != '_')
                text.Append(raise ? char.ToUpperInvariant(c) : c);
            raise = c == '_' || char.IsAsciiDigit(c);
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    /// <summary><c>MOOD_VERY_GLAD</c> of the enum <c>Mood</c> becomes <c>VeryGlad</c>.</summary>
    private static string Value(string type, string name)
    {
        var bare = name.Replace("_", "");
        var prefix = type.Replace("_", "");
        if (
            bare.Length > prefix.Length
            && bare.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        )
        {
            var rest = name;
            for (var left = prefix.Length; left > 0; rest = rest[1..])
                left -= rest[0] == '_' ? 0 : 1;
            name = rest.Trim('_');
        }

        var text = new StringBuilder(name.Length);
        var previous = '_';
        foreach (var c in name)
        {
            if (previous == '_' || char.IsAsciiDigit(previous))
                text.Append(c == '_' ? "" : char.ToUpperInvariant(c).ToString());
            else if (c != '_')
                text.Append(char.IsAsciiLetterLower(previous) ? c : char.ToLowerInvariant(c));
            previous = c;
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    private static string Unique(string name, HashSet<string> used)
    {
        while (!used.Add(name))
            name += "_";
        return name;
    }
}
