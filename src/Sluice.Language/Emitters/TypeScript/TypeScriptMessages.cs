using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.TypeScript;

/// <summary>Writes <c>gen/messages_pb.ts</c>: a class for each message and an enum for each enum.</summary>
internal sealed class TypeScriptMessages
{
    private readonly CodeText code = new(braces: false);
    private readonly EmittedTypes types;
    private readonly TypeScriptCodec codec;

    public TypeScriptMessages(EmittedTypes types)
    {
        this.types = types;
        Names = new(types);
        codec = new(code, Names);
    }

    public TypeScriptNames Names { get; }

    public string Write()
    {
        code.Lines(
            TypeScriptEmitter.Banner,
            TypeScriptEmitter.Unchecked,
            "import * as $ from \"./codec.js\";"
        );
        foreach (var message in types.Messages.Concat(types.WellKnown))
            Message(message);
        foreach (var type in types.Enums)
            Enum(type, isExported: true);
        if (types.UsesNullValue)
            Enum(WellKnownTypes.NullValue, isExported: true);
        foreach (var message in types.Messages)
        foreach (var type in message.Enums)
            Enum(type, isExported: false);
        foreach (var message in types.Messages.Concat(types.WellKnown))
            Around(message);
        return code.ToString();
    }

    /// <summary>Where a field's value is kept: undefined means absent.</summary>
    public static string Slot(FieldType field, TypeScriptNames names) =>
        "this._" + names.Member(field);

    private void Message(MessageType type)
    {
        var name = Names.Of(type);
        code.Line();
        Docs(type.Docs);
        Block(
            $"{(type.Parent is null ? "export " : "")}class {name} extends $.Message",
            () =>
            {
                foreach (var field in type.Fields)
                    code.Line($"private _{Names.Member(field)}{Initial(field)};");
                foreach (var field in type.Fields)
                    Field(field);
                foreach (var oneof in type.Oneofs)
                    Oneof(oneof);
                TypeScriptWellKnown.Methods(code, type, Names);
                code.Line();
                ToObject(type);
                code.Line();
                codec.Write(type);
                code.Line();
                codec.Merge(type);
                code.Lines("", "/** Reads a message; unknown fields are kept. */");
                Block(
                    $"static deserializeBinary($bytes: $.Bytes): {name}",
                    () => code.Line($"return $.decode(new {name}(), $bytes);")
                );
            }
        );
    }

    private string Initial(FieldType field)
    {
        var slot = TypeScriptTypes.Slot(field, Names);
        if (field.IsMap)
            return $": {slot} = new $.Dictionary()";
        if (field.IsRepeated)
            return $": {slot} = []";
        return field.HasPresence
            ? $": {slot} | undefined = undefined"
            : $": {slot} = {TypeScriptTypes.Default(field, Names)}";
    }

    private void Field(FieldType field)
    {
        var (name, slot) = (Names.Of(field), Slot(field, Names));
        var word = TypeScriptTypes.Slot(field, Names);
        var isMessage = field.Message is not null && !field.IsRepeated;
        var absent =
            isMessage ? ""
            : field.HasPresence ? $" ?? {TypeScriptTypes.Default(field, Names)}"
            : "";
        code.Line();
        Docs(field.Docs);
        Method(
            $"get{name}(): {word}{(isMessage ? " | undefined" : "")}",
            $"return {slot}{absent};"
        );
        if (field.Kind == FieldKind.Bytes && !field.IsRepeated)
        {
            Method($"get{name}_asU8(): $.Bytes", $"return this.get{name}();");
            Method($"get{name}_asB64(): string", $"return $.base64(this.get{name}());");
        }

        if (!field.IsMap)
            Setter(field, name, slot, word, isMessage);
        if (field.IsRepeated)
            Adder(field, slot);
        if (field.HasPresence)
        {
            Method($"has{name}(): boolean", $"return {slot} !== undefined;");
            Method($"clear{name}(): this", $"{slot} = undefined;", "return this;");
        }
        else if (field.IsRepeated || field.IsMap)
        {
            Method(
                $"clear{name}(): this",
                $"{slot} = {(field.IsMap ? "new $.Dictionary()" : "[]")};",
                "return this;"
            );
        }
    }

    private void Setter(FieldType field, string name, string slot, string word, bool isMessage)
    {
        var isBig = TypeScriptTypes.IsBig(field) && !field.IsRepeated;
        var taken = isMessage ? $"value?: {word}" : $"value: {word}{(isBig ? " | number" : "")}";
        var others = field.Oneof?.Fields.Where(f => f != field) ?? [];
        Method(
            $"set{name}({taken}): this",
            [
                .. others.Select(f => $"{Slot(f, Names)} = undefined;"),
                $"{slot} = {(isBig ? "$.whole(value)" : "value")};",
                "return this;",
            ]
        );
    }

    private void Adder(FieldType field, string slot)
    {
        var adder = Names.Adder(field);
        var one = TypeScriptTypes.Of(field, Names);
        if (field.Message is not null)
            Method(
                $"{adder}(value?: {one}, index?: number): {one}",
                $"const $item = value ?? new {one}();",
                $"{slot}.splice(index ?? {slot}.length, 0, $item);",
                "return $item;"
            );
        else
            Method(
                $"{adder}(value: {one}{(TypeScriptTypes.IsBig(field) ? " | number" : "")}, index?: number): this",
                $"{slot}.splice(index ?? {slot}.length, 0, {(TypeScriptTypes.IsBig(field) ? "$.whole(value)" : "value")});",
                "return this;"
            );
    }

    private void Oneof(OneofType oneof)
    {
        code.Line();
        Docs(oneof.Docs);
        var cases = Names.CasesOf(oneof);
        Method(
            $"get{Names.Of(oneof)}(): {cases}",
            [
                .. oneof.Fields.Select(f =>
                    $"if ({Slot(f, Names)} !== undefined) return {f.Number};"
                ),
                "return 0;",
            ]
        );
    }

    private void ToObject(MessageType type) =>
        Block(
            $"toObject(): {Names.Of(type)}.AsObject",
            () =>
            {
                code.Line("return {");
                foreach (var field in type.Fields)
                    code.Line($"    {Names.Member(field)}: {Plain(field)},");
                code.Line("};");
            }
        );

    private string Plain(FieldType field)
    {
        var slot = Slot(field, Names);
        if (field.IsMap)
            return $"$.inOrder({slot}).map(($e) => [$e[0], {TypeScriptTypes.ToPlain(field.MapValue!, "$e[1]")}])";
        if (field.IsRepeated)
            return $"{slot}.map(($e) => {TypeScriptTypes.ToPlain(field, "$e")})";
        if (field.Message is not null)
            return $"{slot}?.toObject()";
        // An absent message is undefined; an absent scalar reads as its default, as its accessor does.
        return TypeScriptTypes.ToPlain(field, $"this.get{Names.Of(field)}()");
    }

    /// <summary>The namespace beside a class: its plain form, and the types that are nested in it.</summary>
    private void Around(MessageType type)
    {
        var name = Names.Of(type);
        foreach (var oneof in type.Oneofs)
        {
            code.Line();
            Block(
                $"enum {Names.CasesOf(oneof)}",
                () =>
                {
                    code.Line($"{oneof.Name.ToUpperInvariant()}_NOT_SET = 0,");
                    foreach (var field in oneof.Fields)
                        code.Line($"{TypeScriptNames.Case(field)} = {field.Number},");
                }
            );
        }

        code.Line();
        Block(
            $"{(type.Parent is null ? "export " : "")}namespace {name}",
            () =>
            {
                code.Line("export type AsObject = {");
                foreach (var field in type.Fields)
                {
                    var mark = field.Message is not null && field.HasPresence ? "?" : "";
                    code.Line(
                        $"    {Names.Member(field)}{mark}: {TypeScriptTypes.Plain(field, Names)}{(mark.Length > 0 ? " | undefined" : "")};"
                    );
                }
                code.Line("};");
                foreach (var nested in type.Messages)
                    code.Line($"export import {Names.Within(nested)} = {Names.Of(nested)};");
                foreach (var nested in type.Enums)
                    code.Line($"export import {Names.Within(nested)} = {Names.Of(nested)};");
                foreach (var oneof in type.Oneofs)
                    code.Line($"export import {Names.Within(oneof)} = {Names.CasesOf(oneof)};");
            }
        );
    }

    private void Enum(EnumType type, bool isExported)
    {
        code.Line();
        Docs(type.Docs);
        Block(
            $"{(isExported ? "export " : "")}enum {Names.Of(type)}",
            () =>
            {
                foreach (var value in type.Values)
                {
                    Docs(value.Docs);
                    code.Line($"{value.Name} = {value.Number},");
                }
            }
        );
    }

    private void Method(string header, params ReadOnlySpan<string> body)
    {
        code.Line(header + " {");
        foreach (var line in body)
            code.Line("    " + line);
        code.Line("}");
    }

    private void Block(string header, Action body) => code.Block(header + " {", body).Line("}");

    private void Docs(string docs)
    {
        if (docs.Length == 0)
            return;
        code.Line("/**");
        foreach (var line in docs.Replace("\r", "").Replace("*/", "*\u200b/").Split('\n'))
            code.Line((" * " + line).TrimEnd());
        code.Line(" */");
    }
}
