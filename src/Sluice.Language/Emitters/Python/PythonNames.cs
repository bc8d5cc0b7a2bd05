using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Python;

/// <summary>
/// What each type and field is called in Python: its own name wherever Python and the generated code leave it free.
/// </summary>
internal sealed class PythonNames
{
    private static readonly HashSet<string> Keywords =
    [
        .. "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass property raise self return try while with yield".Split(
            ' '
        ),
    ];

    private static readonly HashSet<string> Members =
    [
        .. "SerializeToString SerializePartialToString ByteSize FromString ParseFromString MergeFromString HasField WhichOneof ClearField Clear SetInParent IsInitialized CopyFrom MergeFrom".Split(
            ' '
        ),
    ];

    private readonly Dictionary<object, string> types = [];
    private readonly Dictionary<FieldType, (string Attribute, string Slot)> fields = [];

    public PythonNames(EmittedTypes emitted)
    {
        var taken = new HashSet<string>();
        foreach (var message in emitted.Messages)
            types[message] = Unique(Free(Flat(message.Name, message.Parent)), taken);
        foreach (var type in emitted.Enums.Concat(emitted.Messages.SelectMany(m => m.Enums)))
            types[type] = Unique(Free(Flat(type.Name, type.Parent)), taken);
        foreach (var message in emitted.WellKnown)
            types[message] = Unique(message.Name, taken);
        foreach (var message in emitted.Messages.Concat(emitted.WellKnown))
            Fields(message);
        Taken = taken;
    }

    /// <summary>All names of the module so far.</summary>
    public IReadOnlySet<string> Taken { get; }

    /// <summary>The name of the class in its module; nested types are joined by underscores.</summary>
    public string Of(MessageType type) => types[type];

    public string Of(EnumType type) => types[type];

    /// <summary>What node code writes behind the dot.</summary>
    public string Attribute(FieldType field) => fields[field].Attribute;

    /// <summary>Where the value is kept; the same for fields that cannot be absent.</summary>
    public string Slot(FieldType field) => fields[field].Slot;

    /// <summary>Whether the name can stand in Python source as it is.</summary>
    public static bool IsFree(string name) => !Keywords.Contains(name) && !name.StartsWith('_');

    public static bool IsMember(string name) => Members.Contains(name);

    private void Fields(MessageType message)
    {
        var taken = message.Fields.Select(f => f.Name).ToHashSet();
        foreach (var field in message.Fields)
        {
            var free = IsFree(field.Name) && !Members.Contains(field.Name);
            var attribute = free ? field.Name : Unique(field.Name.Trim('_') + "_", taken);
            fields[field] = (
                attribute,
                field.HasPresence ? Unique("_v_" + attribute, taken) : attribute
            );
        }
    }

    private string Flat(string name, MessageType? parent) =>
        parent is null ? name : types[parent] + "_" + name;

    private static string Free(string name) =>
        name.StartsWith('_') ? "T" + name
        : Keywords.Contains(name) ? name + "_"
        : name;

    private static string Unique(string name, HashSet<string> taken)
    {
        while (!taken.Add(name))
            name += "_";
        return name;
    }
}
