using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.CSharp;

/// <summary>Writes the two methods of a class that encode and decode it.</summary>
internal sealed class CSharpCodec(CodeText code, CSharpNames names)
{
    private const string Runtime = CSharpTypes.Runtime;

    public void WriteTo(MessageType type) =>
        code.Block(
            $"public void WriteTo({Runtime}Writer writer)",
            () =>
            {
                foreach (var field in type.Fields.OrderBy(f => f.Number))
                    Write(field);
                code.Line("if (unknown is not null)").Line("    writer.Raw(unknown);");
            }
        );

    public void MergeFrom(MessageType type) =>
        code.Block(
            "public void MergeFrom(global::System.ReadOnlySpan<byte> message, int depth)",
            () =>
            {
                code.Line($"if (depth > {Runtime}Codec.MaxDepth)");
                code.Line(
                    $"    throw new {Runtime}InvalidMessageException(\"The message is nested too deep.\");"
                );
                code.Line($"var reader = new {Runtime}Reader(message);");
                code.Block(
                    "while (reader.Next(out var tag))",
                    () =>
                        code.Block(
                            "switch (tag)",
                            () =>
                            {
                                foreach (var field in type.Fields.OrderBy(f => f.Number))
                                    Read(field);
                                Case("default:", "unknown = reader.Keep(tag, unknown);");
                            }
                        )
                );
            }
        );

    private void Write(FieldType field)
    {
        var name = names.Of(field);
        var tag =
            $"writer.Varint({CSharpTypes.Tag(field.Number, field.IsPacked ? WireType.Bytes : field.Kind.Wire())});";
        if (field.IsMap)
            code.Block(
                $"foreach (var entry in {Runtime}Codec.InOrder({name}))",
                () => WriteEntry(field, tag)
            );
        else if (field.IsPacked)
            code.Block(
                $"if ({name}.Count != 0)",
                () =>
                    code.Lines(
                        tag,
                        "var mark = writer.Begin();",
                        $"foreach (var value in {name})",
                        "    " + CSharpTypes.Write(field, "value"),
                        "writer.End(mark);"
                    )
            );
        else if (field.IsRepeated)
            code.Block(
                $"foreach (var value in {name})",
                () => code.Lines(tag, CSharpTypes.Write(field, "value"))
            );
        else if (field.HasPresence)
            code.Block(
                $"if ({CSharpMessages.Slot(field, names)} is {{ }} v{field.Number})",
                () => code.Lines(tag, CSharpTypes.Write(field, "v" + field.Number))
            );
        else
            code.Block(
                $"if ({CSharpTypes.IsSet(field, name)})",
                () => code.Lines(tag, CSharpTypes.Write(field, name))
            );
    }

    private void WriteEntry(FieldType field, string tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        code.Lines(
            tag,
            "var mark = writer.Begin();",
            $"writer.Varint({CSharpTypes.Tag(1, key.Kind.Wire())});",
            CSharpTypes.Write(key, "entry.Key"),
            $"writer.Varint({CSharpTypes.Tag(2, value.Kind.Wire())});",
            CSharpTypes.Write(value, "entry.Value"),
            "writer.End(mark);"
        );
    }

    private void Read(FieldType field)
    {
        var name = names.Of(field);
        var tag = CSharpTypes.Tag(field.Number, field.Kind.Wire());
        if (field.IsMap)
        {
            ReadEntry(field, name, tag);
        }
        else if (field.Message is { } message)
        {
            var made = $"new {names.Path(message)}()";
            if (field.IsRepeated)
                Case(
                    $"case {tag}:",
                    $"var item{field.Number} = {made};",
                    $"item{field.Number}.MergeFrom(reader.Span(), depth + 1);",
                    $"{name}.Add(item{field.Number});"
                );
            else
                Case($"case {tag}:", $"({name} ??= {made}).MergeFrom(reader.Span(), depth + 1);");
        }
        else if (field.IsRepeated)
        {
            Case($"case {tag}:", $"{name}.Add({CSharpTypes.Read(field, "reader", names)});");
            if (field.Kind.CanPack())
                Case(
                    $"case {CSharpTypes.Tag(field.Number, WireType.Bytes)}:",
                    $"var packed{field.Number} = new {Runtime}Reader(reader.Span());",
                    $"while (!packed{field.Number}.AtEnd)",
                    $"    {name}.Add({CSharpTypes.Read(field, "packed" + field.Number, names)});"
                );
        }
        else
        {
            Case($"case {tag}:", $"{name} = {CSharpTypes.Read(field, "reader", names)};");
        }
    }

    private void ReadEntry(FieldType field, string name, uint tag)
    {
        var (key, value, n) = (field.MapKey!, field.MapValue!, field.Number);
        var isMessage = value.Message is not null;
        Case(
            $"case {tag}:",
            $"{CSharpTypes.Of(key, names)} key{n} = {CSharpTypes.Default(key, names)};",
            $"{CSharpTypes.Of(value, names)} value{n} = {CSharpTypes.Default(value, names)};",
            $"var entry{n} = new {Runtime}Reader(reader.Span());",
            $"while (entry{n}.Next(out var inner{n}))",
            "{",
            $"    if (inner{n} == {CSharpTypes.Tag(1, key.Kind.Wire())})",
            $"        key{n} = {CSharpTypes.Read(key, "entry" + n, names)};",
            $"    else if (inner{n} == {CSharpTypes.Tag(2, value.Kind.Wire())})",
            isMessage
                ? $"        value{n}.MergeFrom(entry{n}.Span(), depth + 1);"
                : $"        value{n} = {CSharpTypes.Read(value, "entry" + n, names)};",
            "    else",
            $"        entry{n}.Skip(inner{n});",
            "}",
            $"{name}[key{n}] = value{n};"
        );
    }

    private void Case(string label, params string[] statements)
    {
        code.Line(label);
        foreach (var statement in statements)
            code.Line("    " + statement);
        code.Line("    break;");
    }
}
