using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>A method that reads a value, of a message and of its builder.</summary>
/// <param name="Signature">Without its modifiers.</param>
/// <param name="Call">How the builder calls the message's.</param>
/// <param name="Body">The message's own.</param>
internal sealed record JavaGetter(string Signature, string Call, string Body);

/// <summary>The methods that read a message's fields.</summary>
internal sealed class JavaGetters(JavaNames names)
{
    private const string Runtime = JavaTypes.Runtime;

    public JavaGetter Of(MessageType type, OneofType oneof)
    {
        var name = names.Of(oneof);
        var path = $"{names.Path(type)}.{name.Enum}";
        return Get(
            path,
            $"get{name.Capital}Case",
            $"return {path}.forNumber({name.CaseVariable});"
        );
    }

    public IEnumerable<JavaGetter> Of(FieldType field) =>
        field switch
        {
            { IsMap: true } => Map(field),
            { IsRepeated: true } => List(field),
            _ => One(field),
        };

    private IEnumerable<JavaGetter> One(FieldType field)
    {
        var (name, slot) = (names.Of(field).Capital, new JavaSlot(field, names));
        if (field.HasPresence)
            yield return Get("boolean", $"has{name}", $"return {slot.Has()};");
        switch (field.Kind)
        {
            case FieldKind.Enum:
                var type = names.Path(field.Enum!);
                yield return Get("int", $"get{name}Value", $"return {slot.Value};");
                yield return Get(
                    type,
                    $"get{name}",
                    $"return {type}.orUnrecognized(get{name}Value());"
                );
                break;
            case FieldKind.String:
                yield return Get("java.lang.String", $"get{name}", $"return {slot.Value};");
                yield return Get(
                    $"{Runtime}ByteString",
                    $"get{name}Bytes",
                    $"return {Runtime}ByteString.copyFromUtf8(get{name}());"
                );
                break;
            case FieldKind.Message:
                var path = names.Path(field.Message!);
                yield return Get(path, $"get{name}", $"return {slot.Value};");
                yield return Get(
                    JavaNames.OrBuilder(path),
                    $"get{name}OrBuilder",
                    $"return get{name}();"
                );
                break;
            default:
                yield return Get(JavaTypes.Of(field, names), $"get{name}", $"return {slot.Value};");
                break;
        }
    }

    private IEnumerable<JavaGetter> List(FieldType field)
    {
        var (name, at) = (names.Of(field).Capital, names.Of(field).Variable);
        var item = JavaTypes.Item(field, names);
        var isEnum = field.Kind == FieldKind.Enum;
        var view = isEnum ? $"view({at}, {item}::orUnrecognized)" : $"view({at})";
        var value = isEnum ? $"{item}.orUnrecognized({at}.get(index))" : $"{at}.get(index)";
        yield return Get($"java.util.List<{item}>", $"get{name}List", $"return {view};");
        yield return Get("int", $"get{name}Count", $"return {at}.size();");
        yield return At(JavaTypes.Of(field, names), $"get{name}", $"return {value};");
        switch (field.Kind)
        {
            case FieldKind.Enum:
                yield return Get(
                    "java.util.List<java.lang.Integer>",
                    $"get{name}ValueList",
                    $"return view({at});"
                );
                yield return At("int", $"get{name}Value", $"return {at}.get(index);");
                break;
            case FieldKind.String:
                yield return At(
                    $"{Runtime}ByteString",
                    $"get{name}Bytes",
                    $"return {Runtime}ByteString.copyFromUtf8({at}.get(index));"
                );
                break;
            case FieldKind.Message:
                var either = JavaNames.OrBuilder(item);
                yield return Get(
                    $"java.util.List<? extends {either}>",
                    $"get{name}OrBuilderList",
                    $"return view({at});"
                );
                yield return At(either, $"get{name}OrBuilder", $"return {at}.get(index);");
                break;
        }
    }

    private IEnumerable<JavaGetter> Map(FieldType field)
    {
        var (name, at) = (names.Of(field).Capital, names.Of(field).Variable);
        var (key, value) = (JavaTypes.Of(field.MapKey!, names), field.MapValue!);
        var (boxed, item) = (JavaTypes.Boxed(field.MapKey!, names), JavaTypes.Item(value, names));
        yield return Get("int", $"get{name}Count", $"return {at}.size();");
        yield return new(
            $"boolean contains{name}({key} key)",
            $"contains{name}(key)",
            $"return {at}.containsKey({Checked(key)});"
        );
        if (value.Kind != FieldKind.Enum)
        {
            foreach (
                var getter in Values(
                    name,
                    boxed,
                    item,
                    JavaTypes.Of(value, names),
                    at,
                    $"java.util.Collections.unmodifiableMap({at})"
                )
            )
                yield return getter;
            yield break;
        }

        var known = $"view({at}, {item}::orUnrecognized)";
        foreach (var getter in Values(name, boxed, item, item, known, known))
            yield return getter;
        foreach (
            var getter in Values(
                name + "Value",
                boxed,
                "java.lang.Integer",
                "int",
                at,
                $"java.util.Collections.unmodifiableMap({at})"
            )
        )
            yield return getter;

        IEnumerable<JavaGetter> Values(
            string called,
            string boxedKey,
            string boxedValue,
            string type,
            string map,
            string view
        )
        {
            yield return Get(
                $"java.util.Map<{boxedKey}, {boxedValue}>",
                $"get{called}Map",
                $"return {view};"
            );
            yield return new(
                $"{type} get{called}OrDefault({key} key, {type} defaultValue)",
                $"get{called}OrDefault(key, defaultValue)",
                $"return {map}.getOrDefault({Checked(key)}, defaultValue);"
            );
            yield return new(
                $"{type} get{called}OrThrow({key} key)",
                $"get{called}OrThrow(key)",
                $"return orThrow({map}, {Checked(key)});"
            );
        }
    }

    /// <summary>No map has a key that is null; an empty one would say nothing of it.</summary>
    private static string Checked(string keyType) =>
        keyType == "java.lang.String" ? "java.util.Objects.requireNonNull(key)" : "key";

    private static JavaGetter Get(string type, string name, string body) =>
        new($"{type} {name}()", $"{name}()", body);

    private static JavaGetter At(string type, string name, string body) =>
        new($"{type} {name}(int index)", $"{name}(index)", body);
}
