using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Go;

/// <summary>
/// What each type, field and enum value is called in Go: as protobuf's own generator would call it. Where that one gives
/// one name to two things, the later gets an underscore.
/// </summary>
internal sealed class GoNames
{
    /// <summary>The package of the messages that are the author's own or imported.</summary>
    public const string Gen = "gen";

    // Methods that messages have, or had once, in protobuf's own classes.
    private static readonly string[] Methods =
    [
        .. "Reset String ProtoMessage Marshal Unmarshal ExtensionRangeArray ExtensionMap Descriptor".Split(
            ' '
        ),
    ];

    private readonly Dictionary<object, string> names = [];
    private readonly Dictionary<FieldType, string> wrappers = [];
    private readonly Dictionary<EnumType, IReadOnlyList<string>> values = [];

    public GoNames(EmittedTypes types)
    {
        Name(types.Messages, [.. types.Enums, .. types.Messages.SelectMany(m => m.Enums)]);
        WellKnown = types.WellKnown.GroupBy(Package).ToDictionary(g => g.Key, Whole);
        foreach (var package in WellKnown.Values)
            Name(package, []);
        Name([], [WellKnownTypes.NullValue]);
    }

    /// <summary>The types that come with protobuf by their package, where one of it is used.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MessageType>> WellKnown { get; }

    /// <summary>The name within its package.</summary>
    public string Of(MessageType type) => names[type];

    public string Of(EnumType type) => names[type];

    /// <summary>The name of the struct's field.</summary>
    public string Of(FieldType field) => names[field];

    public string Of(OneofType oneof) => names[oneof];

    /// <summary>The struct that holds a member of a oneof.</summary>
    public string Wrapper(FieldType field) => wrappers[field];

    /// <summary>The constants of an enum, in the order of its values.</summary>
    public IReadOnlyList<string> Values(EnumType type) => values[type];

    /// <summary>The name that a message has unless another has taken it.</summary>
    public static string Plain(MessageType type) => Camel(Dotted(type));

    /// <summary>The Go package of a type: <c>gen</c>, or one that is named as protobuf's own.</summary>
    public static string Package(MessageType type) =>
        type.WellKnown switch
        {
            Protos.WellKnown.None => Gen,
            Protos.WellKnown.Timestamp => "timestamppb",
            Protos.WellKnown.Duration => "durationpb",
            Protos.WellKnown.Empty => "emptypb",
            Protos.WellKnown.Wrapper => "wrapperspb",
            _ => "structpb",
        };

    public static string Package(EnumType type) =>
        ReferenceEquals(type, WellKnownTypes.NullValue) ? "structpb" : Gen;

    /// <summary>Functions to make all wrappers come with any of them.</summary>
    private static IReadOnlyList<MessageType> Whole(IGrouping<string, MessageType> package) =>
        package.Key == "wrapperspb"
            ? WellKnownTypes.Files["google/protobuf/wrappers.proto"]
            : [.. package];

    /// <summary>One package's types. Methods and types come first, for other generated code names them.</summary>
    private void Name(IReadOnlyList<MessageType> messages, IReadOnlyList<EnumType> enums)
    {
        var top = new HashSet<string>();
        foreach (var message in messages)
            names[message] = Unique(Plain(message), top);
        foreach (var type in enums)
        {
            var outer = type.Parent is null ? "" : Dotted(type.Parent) + ".";
            var name = names[type] = Unique(Camel(outer + type.Name), top);
            top.Add(name + "_name");
            top.Add(name + "_value");
        }

        foreach (var message in messages)
            NameFields(message, top);
        foreach (var type in enums)
        {
            var prefix = names[type.Parent is null ? type : type.Parent];
            values[type] = [.. type.Values.Select(v => Unique($"{prefix}_{v.Name}", top))];
        }
    }

    private void NameFields(MessageType message, HashSet<string> top)
    {
        var used = new HashSet<string>(Methods);
        foreach (var field in message.Fields)
        {
            names[field] = Member(field.Name, hasGetter: true);
            // To the official generator an optional field is a oneof of its own, which takes a name too.
            if (field.IsOptional)
                Member("_" + field.Name, hasGetter: false);
            if (field.Oneof is { } oneof && oneof.Fields[0] == field)
                names[oneof] = Member(oneof.Name, hasGetter: false);
        }

        foreach (var field in message.Fields.Where(f => f.Oneof is not null))
            wrappers[field] = Unique($"{names[message]}_{names[field]}", top);

        string Member(string proto, bool hasGetter)
        {
            var name = Camel(proto);
            while (used.Contains(name) || (hasGetter && used.Contains("Get" + name)))
                name += "_";
            used.Add(name);
            if (hasGetter)
                used.Add("Get" + name);
            else
                used.Remove("Get" + name);
            return name;
        }
    }

    private static string Dotted(MessageType type) =>
        type.Parent is null ? type.Name : $"{Dotted(type.Parent)}.{type.Name}";

    /// <summary>Underscores before small letters go and raise them; all others stay, one at the start as an X.</summary>
    private static string Camel(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        var raise = true;
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var beforeSmall = i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]);
            if (c == '.')
                text.Append(beforeSmall ? "" : "_");
            else if (c == '_' && (i == 0 || name[i - 1] == '.'))
                text.Append('X');
            else if (c != '_')
                text.Append(raise ? char.ToUpperInvariant(c) : c);
            else if (!beforeSmall)
                text.Append('_');
            raise = !char.IsAsciiLetter(c);
        }

        return text.ToString();
    }

    private static string Unique(string name, HashSet<string> used)
    {
        while (!used.Add(name))
            name += "_";
        return name;
    }
}
