using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Rust;

/// <summary>Writes the two methods of a struct that encode and decode it.</summary>
internal sealed class RustCodec(CodeText code, RustNames names, RustTypes types)
{
    private const string Codec = "crate::codec::";

    public void Message(MessageType type)
    {
        var fields = type.Fields.OrderBy(f => f.Number).ToList();
        var path = names.Path(type);
        code.Line();
        code.Braces(
            $"impl {Codec}Message for {path}",
            () =>
            {
                code.Braces(
                    $"fn write_to(&self, writer: &mut {Codec}Writer)",
                    () =>
                    {
                        foreach (var field in fields)
                            Write(field);
                        code.Line($"writer.unknown(&self.{names.Unknown(type)});");
                    }
                );
                code.Line();
                code.Braces(
                    $"fn read_from(&mut self, reader: &mut {Codec}Reader<'_>) -> ::std::result::Result<(), {Codec}InvalidMessage>",
                    () =>
                    {
                        code.Braces(
                            "while let Some(tag) = reader.tag()?",
                            () =>
                                code.Braces(
                                    "match tag",
                                    () =>
                                    {
                                        foreach (var field in fields)
                                            Read(field);
                                        code.Line(
                                            $"_ => reader.keep(tag, &mut self.{names.Unknown(type)})?,"
                                        );
                                    }
                                )
                        );
                        code.Line("Ok(())");
                    }
                );
            }
        );
    }

    private void Write(FieldType field)
    {
        var tag =
            $"writer.varint({RustTypes.Tag(field.Number, field.IsPacked ? WireType.Bytes : field.Kind.Wire())});";
        if (field.Oneof is { } oneof)
        {
            code.Braces(
                $"if let Some({names.Case(field)}(value)) = &self.{names.Of(oneof)}",
                () => code.Lines(tag, types.Write(field, "value"))
            );
            return;
        }

        var name = "self." + names.Of(field);
        if (field.IsMap)
            WriteMap(field, name, tag);
        else if (field.IsPacked)
            code.Braces(
                $"if !{name}.is_empty()",
                () =>
                {
                    code.Line(tag);
                    code.Line(
                        $"writer.nested(|writer| {name}.iter().for_each(|value| writer.{RustTypes.Word(field)}(value)));"
                    );
                }
            );
        else if (field.IsRepeated)
            code.Braces(
                $"for value in &{name}",
                () => code.Lines(tag, types.Write(field, "value"))
            );
        else if (field.HasPresence)
            code.Braces(
                $"if let Some(value) = &{name}",
                () => code.Lines(tag, types.Write(field, "value"))
            );
        else
            code.Braces(
                $"if {RustTypes.IsSet(field, name)}",
                () => code.Lines(tag, types.Write(field, "&" + name))
            );
    }

    private void WriteMap(FieldType field, string name, string tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        code.Braces(
            $"if !{name}.is_empty()",
            () =>
            {
                code.Line($"let mut entries: ::std::vec::Vec<_> = {name}.iter().collect();");
                code.Line("entries.sort_unstable_by_key(|(key, _)| *key);");
                code.Braces(
                    "for (key, value) in entries",
                    () =>
                        code.Lines(
                            tag,
                            "writer.nested(|writer| {",
                            $"    writer.varint({RustTypes.Tag(1, key.Kind.Wire())});",
                            "    " + types.Write(key, "key"),
                            $"    writer.varint({RustTypes.Tag(2, value.Kind.Wire())});",
                            "    " + types.Write(value, "value"),
                            "});"
                        )
                );
            }
        );
    }

    private void Read(FieldType field)
    {
        var tag = RustTypes.Tag(field.Number, field.Kind.Wire());
        if (field.Oneof is { } oneof)
        {
            ReadChoice(field, tag, "self." + names.Of(oneof));
            return;
        }

        var name = "self." + names.Of(field);
        var read = $"reader.{RustTypes.Word(field)}()?";
        if (field.IsMap)
            ReadEntry(field, name, tag);
        else if (field.Message is not null && field.IsRepeated)
            Case(
                tag,
                "let mut value = ::std::default::Default::default();",
                "reader.message(&mut value)?;",
                $"{name}.push(value);"
            );
        else if (field.Message is not null)
            Case(
                tag,
                $"let value = {name}.get_or_insert_with(::std::default::Default::default);",
                types.IsBoxed(field) ? "reader.message(&mut **value)?;" : "reader.message(value)?;"
            );
        else if (field.IsRepeated)
        {
            code.Line($"{tag} => {name}.push({read}),");
            if (field.Kind.CanPack())
                code.Line(
                    $"{RustTypes.Tag(field.Number, WireType.Bytes)} => reader.packed(&mut {name}, {Codec}Reader::{RustTypes.Word(field)})?,"
                );
        }
        else
            code.Line($"{tag} => {name} = {(field.HasPresence ? $"Some({read})" : read)},");
    }

    /// <summary>A message of the same case merges, everything else is replaced.</summary>
    private void ReadChoice(FieldType field, uint tag, string name)
    {
        if (field.Message is null)
        {
            code.Line(
                $"{tag} => {name} = Some({names.Case(field)}(reader.{RustTypes.Word(field)}()?)),"
            );
            return;
        }

        var inner = types.IsBoxed(field) ? "&mut **value" : "value";
        Case(
            tag,
            $"if let Some({names.Case(field)}(value)) = &mut {name} {{",
            $"    reader.message({inner})?;",
            "} else {",
            $"    let mut value: {types.Of(field)} = ::std::default::Default::default();",
            "    reader.message(&mut value)?;",
            $"    {name} = Some({names.Case(field)}({(types.IsBoxed(field) ? "::std::boxed::Box::new(value)" : "value")}));",
            "}"
        );
    }

    private void ReadEntry(FieldType field, string name, uint tag)
    {
        var (key, value) = (field.MapKey!, field.MapValue!);
        Case(
            tag,
            "let mut entry = reader.entry()?;",
            $"let mut key: {types.Of(key)} = ::std::default::Default::default();",
            $"let mut value: {types.Of(value)} = ::std::default::Default::default();",
            "while let Some(tag) = entry.tag()? {",
            "    match tag {",
            $"        {RustTypes.Tag(1, key.Kind.Wire())} => key = entry.{RustTypes.Word(key)}()?,",
            $"        {RustTypes.Tag(2, value.Kind.Wire())} => "
                + (
                    value.Message is null
                        ? $"value = entry.{RustTypes.Word(value)}()?,"
                        : "entry.message(&mut value)?,"
                ),
            "        _ => entry.skip(tag)?,",
            "    }",
            "}",
            $"{name}.insert(key, value);"
        );
    }

    private void Case(uint tag, params string[] statements)
    {
        code.Line($"{tag} => {{");
        foreach (var statement in statements)
            code.Line("    " + statement);
        code.Line("}");
    }
}
