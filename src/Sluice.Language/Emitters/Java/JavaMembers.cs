using System.Globalization;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>
/// Names the fields of one message. Where two would have methods in common, protobuf adds the field's number; where it does
/// not see that they would, so do we.
/// </summary>
/// <param name="inner">The names of types inside of the message's class so far.</param>
internal sealed class JavaMembers(MessageType message, HashSet<string> inner)
{
    private readonly HashSet<string> methods = ["clear()", "build()", "clone()"];
    private readonly HashSet<string> variables = [];
    private readonly HashSet<string> constants = [];

    public void Name(
        Dictionary<FieldType, JavaFieldName> fields,
        Dictionary<OneofType, JavaOneofName> oneofs
    )
    {
        var clashing = Clashing();
        foreach (var oneof in message.Oneofs)
            oneofs[oneof] = Name(oneof);
        foreach (var field in message.Fields)
        {
            var capital = JavaNames.Capital(field.Name);
            var number = field.Number.ToString(CultureInfo.InvariantCulture);
            if (clashing.Contains(field) || Methods(field, capital).Any(methods.Contains))
                capital += number;
            while (Methods(field, capital).Any(methods.Contains))
                capital += "_";
            methods.UnionWith(Methods(field, capital));
            var variable = field.Oneof is { } oneof
                ? oneofs[oneof].Variable
                : JavaNames.Unique(Variable(capital), variables);
            var constant = JavaNames.Unique(field.Name.ToUpperInvariant(), constants);
            fields[field] = new(capital, variable, constant);
        }
    }

    private JavaOneofName Name(OneofType oneof)
    {
        var capital = JavaNames.Capital(oneof.Name);
        while (
            !methods.Add($"get{capital}Case()")
            || !methods.Add($"clear{capital}()")
            || inner.Contains(capital + "Case")
        )
            capital += "_";
        var type = JavaNames.Unique(capital + "Case", inner);
        var name = Variable(capital);
        return new(
            capital,
            JavaNames.Unique(name, variables),
            JavaNames.Unique(name.TrimEnd('_') + "Case_", variables),
            type
        );
    }

    private static string Variable(string capital)
    {
        var name = capital.Length == 0 ? "_" : char.ToLowerInvariant(capital[0]) + capital[1..];
        return (char.IsAsciiDigit(name[0]) ? "_" : "") + name + "_";
    }

    /// <summary>The fields whose clash protobuf sees: equal names, and a list beside what is called like its count.</summary>
    private HashSet<FieldType> Clashing()
    {
        var found = new HashSet<FieldType>();
        foreach (var a in message.Fields)
        foreach (var b in message.Fields)
        {
            var (name, other) = (JavaNames.Capital(a.Name), JavaNames.Capital(b.Name));
            var isMany = a.IsRepeated || a.IsMap;
            if (
                a != b
                && (name == other || isMany && (other == name + "Count" || other == name + "List"))
            )
            {
                found.Add(a);
                found.Add(b);
            }
        }

        return found;
    }

    /// <summary>All methods that a field has in a message or its builder, with the types that they take.</summary>
    private IEnumerable<string> Methods(FieldType field, string name)
    {
        string[] common = [$"clear{name}()"];
        var type = JavaTypes.Erased(field);
        var own = field switch
        {
            { IsMap: true } => Map(name, JavaTypes.Erased(field.MapKey!)),
            { IsRepeated: true } => List(field, name, type),
            _ => One(field, name, type),
        };
        return common.Concat(own);
    }

    private static string[] Map(string name, string key) =>
        [
            $"get{name}Count()",
            $"get{name}Map()",
            $"get{name}ValueMap()",
            $"contains{name}({key})",
            $"get{name}OrThrow({key})",
            $"get{name}ValueOrThrow({key})",
            $"remove{name}({key})",
            $"putAll{name}(Map)",
            $"putAll{name}Value(Map)",
        ];

    private static IEnumerable<string> List(FieldType field, string name, string type)
    {
        string[] all =
        [
            $"get{name}List()",
            $"get{name}Count()",
            $"get{name}(int)",
            $"add{name}({type})",
            $"addAll{name}(Iterable)",
        ];
        return field.Kind switch
        {
            FieldKind.String => [.. all, $"get{name}Bytes(int)", $"add{name}Bytes(ByteString)"],
            FieldKind.Enum =>
            [
                .. all,
                $"get{name}ValueList()",
                $"get{name}Value(int)",
                $"add{name}Value(int)",
                $"addAll{name}Value(Iterable)",
            ],
            FieldKind.Message =>
            [
                .. all,
                $"remove{name}(int)",
                $"add{name}Builder()",
                $"add{name}Builder(int)",
                $"get{name}Builder(int)",
                $"get{name}BuilderList()",
                $"get{name}OrBuilder(int)",
                $"get{name}OrBuilderList()",
            ],
            _ => all,
        };
    }

    private IEnumerable<string> One(FieldType field, string name, string type)
    {
        string[] all = [$"get{name}()", $"set{name}({type})", $"has{name}()"];
        return field.Kind switch
        {
            FieldKind.String => [.. all, $"get{name}Bytes()", $"set{name}Bytes(ByteString)"],
            FieldKind.Enum => [.. all, $"get{name}Value()", $"set{name}Value(int)"],
            FieldKind.Message =>
            [
                .. all,
                $"get{name}Builder()",
                $"get{name}OrBuilder()",
                // A builder merges messages of its own type already.
                $"merge{(field.Message == message && name == "From" ? "From" : name)}({type})",
            ],
            _ => all,
        };
    }
}
