using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

/// <summary>A part of an expression that was checked: how it is evaluated, and what that gives.</summary>
internal sealed record Bound(Node Node, CelType Type);

/// <summary>What names mean outside of macros: variables, and the types that can be reached from the scope's messages.</summary>
/// <param name="container">The package that names are looked up in first; empty for none.</param>
/// <param name="variable">The variable of this name, or null.</param>
/// <param name="variables">The names of all variables, for suggestions.</param>
/// <param name="roots">Messages whose types, and the types of their fields, can be named.</param>
internal sealed class Names(
    string container,
    Func<string, Bound?> variable,
    IReadOnlyList<string> variables,
    IReadOnlyList<MessageType> roots
)
{
    private static readonly Dictionary<string, CelType> Simple = new()
    {
        ["bool"] = CelType.Bool,
        ["int"] = CelType.Int,
        ["uint"] = CelType.UInt,
        ["double"] = CelType.Double,
        ["string"] = CelType.String,
        ["bytes"] = CelType.Bytes,
        ["list"] = CelType.List(CelType.Dyn),
        ["map"] = CelType.Map(CelType.Dyn, CelType.Dyn),
        ["null_type"] = CelType.Null,
        ["type"] = CelType.TypeOf(CelType.Dyn),
        ["optional_type"] = CelType.Optional(CelType.Dyn),
        ["google.protobuf.Timestamp"] = CelType.Timestamp,
        ["google.protobuf.Duration"] = CelType.Duration,
    };

    private Dictionary<string, MessageType>? messages;
    private Dictionary<string, EnumType>? enums;

    public IReadOnlyList<string> Variables => variables;

    /// <summary>A variable, a type, or a number of an enum; null when the name means nothing.</summary>
    public Bound? Find(string name, bool isRooted)
    {
        foreach (var candidate in Candidates(name, isRooted))
        {
            if (variable(candidate) is { } found)
                return found;
            if (Simple.TryGetValue(candidate, out var simple))
                return Type(candidate, simple);
            if (Reachable(candidate) is { } message)
                return Type(message.FullName, CelType.Of(message));
            if (Constant(candidate) is { } number)
                return number;
        }

        return null;
    }

    /// <summary>The message type of this name, or null.</summary>
    public MessageType? Message(string name, bool isRooted) =>
        Candidates(name, isRooted).Select(Reachable).FirstOrDefault(m => m is not null);

    /// <summary>Innermost first, as in proto files.</summary>
    private IEnumerable<string> Candidates(string name, bool isRooted)
    {
        for (var scope = isRooted ? "" : container; scope.Length > 0; )
        {
            yield return $"{scope}.{name}";
            scope = scope[..Math.Max(0, scope.LastIndexOf('.'))];
        }

        yield return name;
    }

    private static Bound Type(string name, CelType type) =>
        new(new ConstantNode(Values.Value.Type(name)), CelType.TypeOf(type));

    private MessageType? Reachable(string name)
    {
        if (messages is null)
            Collect();
        return messages!.GetValueOrDefault(name);
    }

    private Bound? Constant(string name)
    {
        if (messages is null)
            Collect();
        var dot = name.LastIndexOf('.');
        if (dot < 0 || !enums!.TryGetValue(name[..dot], out var type))
            return null;
        if (type.Values.FirstOrDefault(v => v.Name == name[(dot + 1)..]) is not { } value)
            return null;
        return ReferenceEquals(type, WellKnownTypes.NullValue)
            ? new(new ConstantNode(Values.Value.Null), CelType.Null)
            : new(new ConstantNode((long)value.Number), CelType.Int);
    }

    private void Collect()
    {
        messages = new(StringComparer.Ordinal);
        enums = new(StringComparer.Ordinal);
        foreach (var (_, types) in WellKnownTypes.Files)
        foreach (var type in types)
            Add(type);
        foreach (var root in roots)
            Add(root);
    }

    private void Add(MessageType start)
    {
        var waiting = new Stack<MessageType>([start]);
        while (waiting.TryPop(out var type))
        {
            if (!messages!.TryAdd(type.FullName, type))
                continue;
            foreach (var declared in type.Enums)
                enums!.TryAdd(declared.FullName, declared);
            foreach (var nested in type.Messages)
                waiting.Push(nested);
            if (type.Parent is not null)
                waiting.Push(type.Parent);
            foreach (var field in type.Fields.Select(f => f.MapValue ?? f))
            {
                if (field.Enum is not null)
                    enums!.TryAdd(field.Enum.FullName, field.Enum);
                if (field.Message is not null)
                    waiting.Push(field.Message);
            }
        }
    }
}
