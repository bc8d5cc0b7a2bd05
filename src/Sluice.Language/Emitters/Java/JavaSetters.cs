using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>Writes the methods by which a builder changes its message.</summary>
internal sealed class JavaSetters(JavaCode code, JavaNames names)
{
    private const string Runtime = JavaTypes.Runtime;

    public void Write(OneofType oneof, string path)
    {
        var name = names.Of(oneof);
        Change(
            $"clear{name.Capital}()",
            path,
            $"message.{name.CaseVariable} = 0;",
            $"message.{name.Variable} = null;"
        );
    }

    public void Write(FieldType field, string path)
    {
        if (field.IsMap)
            Map(field, path);
        else if (field.IsRepeated)
            List(field, path);
        else
            One(field, path);
    }

    private void One(FieldType field, string path)
    {
        var (name, slot) = (names.Of(field).Capital, new JavaSlot(field, names));
        var type = JavaTypes.Of(field, names);
        Change(
            $"set{name}({type} value)",
            path,
            slot.Set("message.", field.Kind == FieldKind.Enum ? "value.getNumber()" : Given(type))
        );
        Change($"clear{name}()", path, slot.Clear("message."));
        switch (field.Kind)
        {
            case FieldKind.Enum:
                Change($"set{name}Value(int value)", path, slot.Set("message.", "value"));
                break;
            case FieldKind.String:
                Call($"set{name}Bytes({Runtime}ByteString value)", $"set{name}(utf8(value))");
                break;
            case FieldKind.Message:
                Call($"set{name}({type}.Builder value)", $"set{name}(value.build())");
                Call(
                    $"merge{name}({type} value)",
                    $"set{name}(has{name}() ? get{name}().toBuilder().mergeFrom(value).build() : value)"
                );
                code.Method(
                    $"{type}.Builder get{name}Builder()",
                    $"return inner({field.Number}, () -> edit().get{name}(), this::put{field.Number});"
                );
                code.Line()
                    .Block(
                        $"private void put{field.Number}({type} value)",
                        () => code.Lines($"{path} message = edit();", slot.Set("message.", "value"))
                    );
                break;
        }
    }

    private void List(FieldType field, string path)
    {
        var (name, at) = (names.Of(field).Capital, names.Of(field).Variable);
        var (type, item) = (JavaTypes.Of(field, names), JavaTypes.Item(field, names));
        var list = $"(message.{at} = open(message.{at}))";
        var value = field.Kind == FieldKind.Enum ? "value.getNumber()" : Given(type);
        Change($"set{name}(int index, {type} value)", path, $"{list}.set(index, {value});");
        Change($"add{name}({type} value)", path, $"{list}.add({value});");
        code.Method(
            $"Builder addAll{name}(java.lang.Iterable<{(item == "java.lang.String" ? item : "? extends " + item)}> values)",
            $"for ({item} value : values) add{name}(value);",
            "return this;"
        );
        Change($"clear{name}()", path, $"message.{at} = java.util.List.of();");
        switch (field.Kind)
        {
            case FieldKind.Enum:
                Change($"set{name}Value(int index, int value)", path, $"{list}.set(index, value);");
                Change($"add{name}Value(int value)", path, $"{list}.add(value);");
                code.Method(
                    $"Builder addAll{name}Value(java.lang.Iterable<java.lang.Integer> values)",
                    $"for (int value : values) add{name}Value(value);",
                    "return this;"
                );
                break;
            case FieldKind.String:
                Call($"add{name}Bytes({Runtime}ByteString value)", $"add{name}(utf8(value))");
                break;
            case FieldKind.Message:
                Messages(field, path, name, type, list);
                break;
        }
    }

    private void Messages(FieldType field, string path, string name, string type, string list)
    {
        Change($"add{name}(int index, {type} value)", path, $"{list}.add(index, {Given(type)});");
        Call($"set{name}(int index, {type}.Builder value)", $"set{name}(index, value.build())");
        Call($"add{name}({type}.Builder value)", $"add{name}(value.build())");
        Call($"add{name}(int index, {type}.Builder value)", $"add{name}(index, value.build())");
        Change($"remove{name}(int index)", path, $"{list}.remove(index);");
        code.Method(
            $"{type}.Builder get{name}Builder(int index)",
            $"return inner({field.Number}, this::list{field.Number}, index);"
        );
        code.Method(
            $"{type}.Builder add{name}Builder()",
            $"return add{name}Builder(get{name}Count());"
        );
        code.Method(
            $"{type}.Builder add{name}Builder(int index)",
            $"add{name}(index, {type}.getDefaultInstance());",
            $"return get{name}Builder(index);"
        );
        code.Method(
            $"java.util.List<{type}.Builder> get{name}BuilderList()",
            $"java.util.List<{type}.Builder> builders = new java.util.ArrayList<>();",
            $"for (int i = 0; i < get{name}Count(); i++) builders.add(get{name}Builder(i));",
            "return builders;"
        );
        code.Line()
            .Block(
                $"private java.util.List<{type}> list{field.Number}()",
                () => code.Lines($"{path} message = edit();", $"return {list};")
            );
    }

    private void Map(FieldType field, string path)
    {
        var (name, at) = (names.Of(field).Capital, names.Of(field).Variable);
        var (key, value) = (JavaTypes.Of(field.MapKey!, names), field.MapValue!);
        var boxed = JavaTypes.Boxed(field.MapKey!, names);
        var (type, item) = (JavaTypes.Of(value, names), JavaTypes.Item(value, names));
        var map = $"(message.{at} = open(message.{at}))";
        var given = value.Kind == FieldKind.Enum ? "value.getNumber()" : Given(type);
        Change(
            $"put{name}({key} key, {type} value)",
            path,
            $"{map}.put({Given(key, "key")}, {given});"
        );
        Call(
            $"putAll{name}(java.util.Map<{boxed}, {item}> values)",
            $"each(values, this::put{name})"
        );
        if (value.Kind == FieldKind.Enum)
        {
            Change(
                $"put{name}Value({key} key, int value)",
                path,
                $"{map}.put({Given(key, "key")}, value);"
            );
            Call(
                $"putAll{name}Value(java.util.Map<{boxed}, java.lang.Integer> values)",
                $"each(values, this::put{name}Value)"
            );
        }

        Change($"remove{name}({key} key)", path, $"{map}.remove({Given(key, "key")});");
        Change($"clear{name}()", path, $"message.{at} = java.util.Map.of();");
    }

    /// <summary>Nothing of a message is null.</summary>
    private static string Given(string type, string value = "value") =>
        type.Contains('.') ? $"java.util.Objects.requireNonNull({value})" : value;

    private void Change(string signature, string path, params string[] body) =>
        code.Method($"Builder {signature}", [$"{path} message = edit();", .. body, "return this;"]);

    private void Call(string signature, string call) =>
        code.Method($"Builder {signature}", $"return {call};");
}
