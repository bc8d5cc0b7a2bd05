using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Go;

/// <summary>Writes the two methods of a message that encode and decode it.</summary>
internal sealed class GoCodec(GoFile file)
{
    private readonly CodeText code = file.Code;

    public void Marshal(MessageType type) =>
        file.Block(
            $"func (x *{file.Names.Of(type)}) Marshal(w *proto.Writer)",
            () =>
            {
                file.Block("if x == nil", () => code.Line("return"));
                foreach (var field in type.Fields.OrderBy(f => f.Number))
                    Write(field);
                code.Line("w.Raw(x.unknown)");
            }
        );

    public void Unmarshal(MessageType type) =>
        file.Block(
            $"func (x *{file.Names.Of(type)}) Unmarshal(r *proto.Reader)",
            () =>
                file.Block(
                    "for r.Next()",
                    () =>
                    {
                        code.Line("switch r.Tag() {");
                        foreach (var field in type.Fields.OrderBy(f => f.Number))
                            Read(field);
                        Case("default", () => code.Line("x.unknown = r.Keep(x.unknown)"));
                        code.Line("}");
                    }
                )
        );

    private void Write(FieldType field)
    {
        var name = "x." + file.Names.Of(field);
        var wire = field.IsPacked ? WireType.Bytes : field.Kind.Wire();
        var tag = $"w.Tag({GoTypes.Tag(field.Number, wire)})";
        if (field.IsMap)
            WriteMap(field, name, tag);
        else if (field.IsPacked)
            file.Block(
                $"if len({name}) > 0",
                () =>
                {
                    code.Lines(tag, "mark := w.Begin()");
                    file.Block(
                        $"for _, v := range {name}",
                        () => code.Line(GoTypes.Write(field, "v"))
                    );
                    code.Line("w.End(mark)");
                }
            );
        else if (field.IsRepeated)
            file.Block(
                $"for _, v := range {name}",
                () => code.Lines(tag, GoTypes.Write(field, "v"))
            );
        else if (field.Oneof is { } oneof)
            file.Block(
                $"if v, ok := x.{file.Names.Of(oneof)}.(*{file.Names.Wrapper(field)}); ok && v != nil",
                () => code.Lines(tag, GoTypes.Write(field, "v." + file.Names.Of(field)))
            );
        else
            file.Block(
                $"if {GoTypes.IsSet(field, name)}",
                () =>
                    code.Lines(
                        tag,
                        GoTypes.Write(field, GoTypes.IsPointer(field) ? "*" + name : name)
                    )
            );
    }

    private void WriteMap(FieldType field, string name, string tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        file.Block(
            $"for _, k := range proto.Keys({name})",
            () =>
                code.Lines(
                    tag,
                    "mark := w.Begin()",
                    $"w.Tag({GoTypes.Tag(1, key.Kind.Wire())})",
                    GoTypes.Write(key, "k"),
                    $"w.Tag({GoTypes.Tag(2, value.Kind.Wire())})",
                    GoTypes.Write(value, $"{name}[k]"),
                    "w.End(mark)"
                )
        );
    }

    private void Read(FieldType field)
    {
        var name = "x." + file.Names.Of(field);
        Case(
            $"case {GoTypes.Tag(field.Number, field.Kind.Wire())}",
            () =>
            {
                if (field.IsMap)
                    ReadEntry(field, name);
                else if (field.Oneof is not null)
                    ReadMember(field);
                else if (field.Message is not null)
                    ReadMessage(field, name);
                else if (field.IsRepeated)
                    code.Line($"{name} = append({name}, {GoTypes.Read(field, file)})");
                else if (GoTypes.IsPointer(field))
                    code.Lines($"v := {GoTypes.Read(field, file)}", $"{name} = &v");
                else
                    code.Line($"{name} = {GoTypes.Read(field, file)}");
            }
        );
        if (field is { IsRepeated: true } && field.Kind.CanPack())
            Case(
                $"case {GoTypes.Tag(field.Number, WireType.Bytes)}",
                () =>
                {
                    code.Line("end := r.Begin()");
                    file.Block(
                        "for r.More()",
                        () => code.Line($"{name} = append({name}, {GoTypes.Read(field, file)})")
                    );
                    code.Line("r.End(end)");
                }
            );
    }

    private void ReadMessage(FieldType field, string name)
    {
        var made = $"new({file.Of(field.Message!)})";
        if (field.IsRepeated)
        {
            code.Lines($"v := {made}", "r.Message(v)", $"{name} = append({name}, v)");
            return;
        }

        file.Block($"if {name} == nil", () => code.Line($"{name} = {made}"));
        code.Line($"r.Message({name})");
    }

    private void ReadMember(FieldType field)
    {
        var (oneof, wrapper) = ("x." + file.Names.Of(field.Oneof!), file.Names.Wrapper(field));
        if (field.Message is null)
        {
            code.Line($"{oneof} = &{wrapper}{{{GoTypes.Read(field, file)}}}");
            return;
        }

        // The same member again is merged; another is replaced.
        var inner = "v." + file.Names.Of(field);
        code.Line($"v, ok := {oneof}.(*{wrapper})");
        file.Block(
            $"if !ok || {inner} == nil",
            () => code.Line($"v = &{wrapper}{{new({file.Of(field.Message)})}}")
        );
        code.Lines($"r.Message({inner})", $"{oneof} = v");
    }

    private void ReadEntry(FieldType field, string name)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        var message = value.Message is { } type ? file.Of(type) : null;
        code.Line($"var key {GoTypes.Of(key, file)}");
        code.Line(
            message is null ? $"var value {GoTypes.Of(value, file)}" : $"value := new({message})"
        );
        code.Line("end := r.Begin()");
        file.Block(
            "for r.Next()",
            () =>
            {
                code.Line("switch r.Tag() {");
                Case(
                    $"case {GoTypes.Tag(1, key.Kind.Wire())}",
                    () => code.Line($"key = {GoTypes.Read(key, file)}")
                );
                Case(
                    $"case {GoTypes.Tag(2, value.Kind.Wire())}",
                    () =>
                        code.Line(
                            message is null
                                ? $"value = {GoTypes.Read(value, file)}"
                                : "r.Message(value)"
                        )
                );
                Case("default", () => code.Line("r.Skip()"));
                code.Line("}");
            }
        );
        code.Line("r.End(end)");
        file.Block(
            $"if {name} == nil",
            () => code.Line($"{name} = make({GoTypes.Field(field, file)})")
        );
        code.Line($"{name}[key] = value");
    }

    private void Case(string label, Action body) => code.Block(label + ":", body);
}
