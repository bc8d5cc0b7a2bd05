using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.TypeScript;

/// <summary>Writes the two methods of a class that encode and decode it. Their own names begin with $, which no message has.</summary>
internal sealed class TypeScriptCodec(CodeText code, TypeScriptNames names)
{
    public void Write(MessageType type) =>
        Block(
            "$write($w: $.Writer): void",
            () =>
            {
                foreach (var field in type.Fields.OrderBy(f => f.Number))
                    Write(field);
                code.Line("this.$rest($w);");
            }
        );

    public void Merge(MessageType type) =>
        Block(
            "$merge($r: $.Reader, $end: number, $depth: number): void",
            () =>
            {
                code.Line("$.checkDepth($depth);");
                Block(
                    "for (let $tag; ($tag = $r.tag($end)) !== 0; )",
                    () =>
                        Block(
                            "switch ($tag)",
                            () =>
                            {
                                foreach (var field in type.Fields.OrderBy(f => f.Number))
                                    Read(field);
                                Case("default:", "this.$keep($r, $tag, $end);");
                            }
                        )
                );
                code.Line("if ($r.at !== $end) throw new $.InvalidMessageError();");
            }
        );

    private void Write(FieldType field)
    {
        var slot = TypeScriptMessages.Slot(field, names);
        var tag =
            $"$w.varint({TypeScriptTypes.Tag(field.Number, field.IsPacked ? WireType.Bytes : field.Kind.Wire())});";
        if (field.IsMap)
            Block(
                $"for (const $e of $.inOrder({slot}))",
                () =>
                    code.Lines(
                        tag,
                        "const $m = $w.begin();",
                        $"$w.varint({TypeScriptTypes.Tag(1, field.MapKey!.Kind.Wire())});",
                        TypeScriptTypes.Write(field.MapKey, "$e[0]"),
                        $"$w.varint({TypeScriptTypes.Tag(2, field.MapValue!.Kind.Wire())});",
                        TypeScriptTypes.Write(field.MapValue, "$e[1]"),
                        "$w.end($m);"
                    )
            );
        else if (field.IsPacked)
            Block(
                $"if ({slot}.length !== 0)",
                () =>
                    code.Lines(
                        tag,
                        "const $m = $w.begin();",
                        $"for (const $v of {slot}) {TypeScriptTypes.Write(field, "$v")}",
                        "$w.end($m);"
                    )
            );
        else if (field.IsRepeated)
            Block(
                $"for (const $v of {slot})",
                () => code.Lines(tag, TypeScriptTypes.Write(field, "$v"))
            );
        else
            Block(
                field.HasPresence
                    ? $"if ({slot} !== undefined)"
                    : $"if ({TypeScriptTypes.IsSet(field, slot)})",
                () => code.Lines(tag, TypeScriptTypes.Write(field, slot))
            );
    }

    private void Read(FieldType field)
    {
        var slot = TypeScriptMessages.Slot(field, names);
        var tag = TypeScriptTypes.Tag(field.Number, field.Kind.Wire());
        if (field.IsMap)
            ReadEntry(field, slot, tag);
        else if (field.Message is { } message)
            ReadMessage(field, slot, tag, names.Of(message));
        else if (field.IsRepeated)
            ReadList(field, slot, tag);
        else if (field.HasPresence)
            // The accessor clears the other fields of a oneof.
            Case($"case {tag}:", $"this.set{names.Of(field)}({TypeScriptTypes.Read(field)});");
        else
            Case($"case {tag}:", $"{slot} = {TypeScriptTypes.Read(field)};");
    }

    private void ReadMessage(FieldType field, string slot, uint tag, string name)
    {
        var merge = "$merge($r, $r.end($end), $depth + 1);";
        if (field.IsRepeated)
            Case(
                $"case {tag}:",
                $"const $m{field.Number} = new {name}();",
                $"$m{field.Number}.{merge}",
                $"{slot}.push($m{field.Number});"
            );
        else
            Case(
                $"case {tag}:",
                $"if ({slot} === undefined) this.set{names.Of(field)}(new {name}());",
                $"{slot}!.{merge}"
            );
    }

    private void ReadList(FieldType field, string slot, uint tag)
    {
        Case($"case {tag}:", $"{slot}.push({TypeScriptTypes.Read(field)});");
        if (field.Kind.CanPack())
            Case(
                $"case {TypeScriptTypes.Tag(field.Number, WireType.Bytes)}:",
                $"const $p{field.Number} = $r.end($end);",
                $"while ($r.packed($p{field.Number})) {slot}.push({TypeScriptTypes.Read(field)});"
            );
    }

    private void ReadEntry(FieldType field, string slot, uint tag)
    {
        var (key, value, n) = (field.MapKey!, field.MapValue!, field.Number);
        Case(
            $"case {tag}:",
            $"let $k{n}: {TypeScriptTypes.Of(key, names)} = {TypeScriptTypes.Default(key, names)};",
            $"let $v{n}: {TypeScriptTypes.Of(value, names)} = {TypeScriptTypes.Default(value, names)};",
            $"const $x{n} = $r.end($end);",
            $"for (let $t; ($t = $r.tag($x{n})) !== 0; )",
            $"    if ($t === {TypeScriptTypes.Tag(1, key.Kind.Wire())}) $k{n} = {TypeScriptTypes.Read(key)};",
            $"    else if ($t === {TypeScriptTypes.Tag(2, value.Kind.Wire())}) "
                + (
                    value.Message is null
                        ? $"$v{n} = {TypeScriptTypes.Read(value)};"
                        : $"$v{n}.$merge($r, $r.end($x{n}), $depth + 1);"
                ),
            $"    else $r.skip($t, $x{n}, 0);",
            $"if ($r.at !== $x{n}) throw new $.InvalidMessageError();",
            $"{slot}.set($k{n}, $v{n});"
        );
    }

    private void Case(string label, params ReadOnlySpan<string> statements)
    {
        code.Line(label + " {");
        foreach (var statement in statements)
            code.Line("    " + statement);
        code.Lines("    break;", "}");
    }

    private void Block(string header, Action body) => code.Block(header + " {", body).Line("}");
}
