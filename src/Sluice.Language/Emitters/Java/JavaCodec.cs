using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>Writes the methods of a class that encode, decode and print it.</summary>
internal sealed class JavaCodec(JavaCode code, JavaNames names)
{
    private const string Runtime = JavaTypes.Runtime;

    public void Write(MessageType type)
    {
        Override($"protected void write({Runtime}Writer writer)", type, Write);
        Override(
            $"protected void read({Runtime}Reader reader, int depth) throws {Runtime}InvalidProtocolBufferException",
            () =>
                code.Block(
                    "for (int tag; (tag = reader.next()) != 0; )",
                    () =>
                        code.Block(
                            "switch (tag)",
                            () =>
                            {
                                foreach (var field in type.Fields.OrderBy(f => f.Number))
                                    Read(field);
                                Case("default:", "keep(reader);");
                            }
                        )
                )
        );
        Override($"protected void print({Runtime}Printer printer)", type, Print);
        Override(
            "protected void own()",
            () =>
            {
                foreach (var field in type.Fields.Where(f => f.IsMap || f.IsRepeated))
                    code.Line($"{Variable(field)} = copied({Variable(field)});");
            }
        );
    }

    private void Override(string signature, Action body) =>
        code.Line().Line("@java.lang.Override").Block(signature, body);

    private void Override(string signature, MessageType type, Action<FieldType> each) =>
        Override(
            signature,
            () =>
            {
                foreach (var field in type.Fields.OrderBy(f => f.Number))
                    each(field);
            }
        );

    private string Variable(FieldType field) => names.Of(field).Variable;

    private static string WriteTag(int number, WireType wire) =>
        $"writer.writeTag({JavaTypes.Tag(number, wire)});";

    private static string WriteValue(FieldType field, string value) =>
        $"writer.write{JavaTypes.Method(field)}({value});";

    private void Write(FieldType field)
    {
        var name = Variable(field);
        var tag = WriteTag(field.Number, field.IsPacked ? WireType.Bytes : field.Kind.Wire());
        if (field.IsMap)
            WriteMap(field, name, tag);
        else if (field.IsPacked)
            code.Block(
                $"if (!{name}.isEmpty())",
                () =>
                    code.Lines(
                        tag,
                        "int mark = writer.begin();",
                        $"for ({JavaTypes.Kept(field, names)} value : {name}) {WriteValue(field, "value")}",
                        "writer.end(mark);"
                    )
            );
        else if (field.IsRepeated)
            code.Block(
                $"for ({JavaTypes.Kept(field, names)} value : {name})",
                () => code.Lines(tag, WriteValue(field, "value"))
            );
        else
        {
            var slot = new JavaSlot(field, names);
            code.Block(
                $"if ({(field.HasPresence ? slot.Has() : JavaTypes.IsSet(field, name))})",
                () => code.Lines(tag, WriteValue(field, slot.Raw))
            );
        }
    }

    private void WriteMap(FieldType field, string name, string tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        var types = $"{JavaTypes.Boxed(key, names)}, {JavaTypes.Boxed(value, names)}";
        code.Block(
            $"for (java.util.Map.Entry<{types}> entry : inOrder({name}).entrySet())",
            () =>
                code.Lines(
                    tag,
                    "int mark = writer.begin();",
                    WriteTag(1, key.Kind.Wire()),
                    WriteValue(key, "entry.getKey()"),
                    WriteTag(2, value.Kind.Wire()),
                    WriteValue(value, "entry.getValue()"),
                    "writer.end(mark);"
                )
        );
    }

    private void Read(FieldType field)
    {
        var name = Variable(field);
        var tag = JavaTypes.Tag(field.Number, field.Kind.Wire());
        if (field.IsMap)
        {
            ReadMap(field, name, tag);
        }
        else if (field.IsRepeated)
        {
            var add = $"({name} = open({name})).add";
            Case($"case {tag}:", $"{add}({ReadValue(field, JavaTypes.Default(field, names))});");
            if (field.Kind.CanPack())
                Case(
                    $"case {JavaTypes.Tag(field.Number, WireType.Bytes)}: {{",
                    "int outer = reader.begin();",
                    $"while (reader.more()) {add}({ReadValue(field, "")});",
                    "reader.end(outer);"
                );
        }
        else
        {
            var slot = new JavaSlot(field, names);
            Case($"case {tag}:", slot.Set("", ReadValue(field, slot.Value)));
        }
    }

    /// <summary>A message is read on top of the one that was there.</summary>
    private static string ReadValue(FieldType field, string before) =>
        field.Kind == FieldKind.Message
            ? $"merged({before}, reader, depth)"
            : $"reader.read{JavaTypes.Method(field)}()";

    private void ReadMap(FieldType field, string name, int tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        Case(
            $"case {tag}: {{",
            $"{JavaTypes.Kept(key, names)} key = {JavaTypes.Default(key, names)};",
            $"{JavaTypes.Kept(value, names)} value = {JavaTypes.Default(value, names)};",
            "int outer = reader.begin();",
            "for (int inner; (inner = reader.next()) != 0; ) {",
            $"    if (inner == {JavaTypes.Tag(1, key.Kind.Wire())}) key = {ReadValue(key, "")};",
            $"    else if (inner == {JavaTypes.Tag(2, value.Kind.Wire())}) value = {ReadValue(value, "value")};",
            "    else reader.skip();",
            "}",
            "reader.end(outer);",
            $"({name} = open({name})).put(key, value);"
        );
    }

    private void Case(string label, params string[] statements)
    {
        code.Line(label);
        foreach (var statement in statements)
            code.Line("    " + statement);
        code.Line("    break;");
        if (label.EndsWith('{'))
            code.Line("}");
    }

    private void Print(FieldType field)
    {
        var (name, at) = (field.Name, Variable(field));
        if (field.IsMap)
        {
            var shown = $"{Lambda(field.MapKey!)}, {Lambda(field.MapValue!)}";
            code.Line($"printer.map(\"{name}\", {at}, {shown});");
        }
        else if (field.IsRepeated)
            code.Line($"printer.list(\"{name}\", {at}, {Lambda(field)});");
        else
        {
            var slot = new JavaSlot(field, names);
            var raw = JavaTypes.Shown(field, slot.Raw, names) ?? slot.Raw;
            code.Line(
                $"if ({(field.HasPresence ? slot.Has() : JavaTypes.IsSet(field, at))}) printer.field(\"{name}\", {raw});"
            );
        }
    }

    private string Lambda(FieldType field) =>
        JavaTypes.Shown(field, "value", names) is { } shown ? $"value -> {shown}" : "null";
}
