using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Go;

/// <summary>Writes a package's messages and enums, in the shapes of protobuf's own generated Go.</summary>
internal sealed class GoMessages
{
    private readonly GoFile file;
    private readonly CodeText code;
    private readonly GoCodec codec;

    private GoMessages(GoFile file)
    {
        this.file = file;
        code = file.Code;
        codec = new(file);
    }

    public static string Write(
        GoFile file,
        IEnumerable<MessageType> messages,
        IEnumerable<EnumType> enums
    )
    {
        var writer = new GoMessages(file);
        foreach (var type in enums)
            writer.Enum(type);
        foreach (var message in messages)
            writer.Message(message);
        return file.ToString();
    }

    private void Message(MessageType type)
    {
        file.Use("gen/proto");
        var name = file.Names.Of(type);
        code.Line();
        file.Docs(type.Docs);
        file.Block($"type {name} struct", () => Fields(type));
        code.Lines(
            "",
            $"func (x *{name}) Reset()         {{ *x = {name}{{}} }}",
            $"func (x *{name}) String() string {{ return proto.Text(x) }}",
            $"func (*{name}) ProtoMessage()    {{}}",
            ""
        );
        codec.Marshal(type);
        code.Line();
        codec.Unmarshal(type);
        foreach (var field in type.Fields)
        {
            if (field.Oneof is { } oneof && oneof.Fields[0] == field)
                OneofGetter(type, oneof);
            Getter(type, field);
        }

        foreach (var oneof in type.Oneofs)
            Oneof(type, oneof);
    }

    private void Fields(MessageType type)
    {
        // Names and types stand in columns, which a comment breaks.
        var run = new List<(string Name, string Type, string Tag)>();
        foreach (var field in type.Fields)
        {
            if (field.Oneof is { } oneof)
            {
                if (oneof.Fields[0] != field)
                    continue;
                Flush(run);
                file.Docs(oneof.Docs);
                var members = oneof.Fields.Select(f => "*" + file.Names.Wrapper(f));
                code.Line($"// One of {string.Join(", ", members)}, or nil.");
                var tag = $"`protobuf_oneof:\"{oneof.Name}\"`";
                run.Add((file.Names.Of(oneof), Interface(type, oneof), tag));
                continue;
            }

            if (field.Docs.Length > 0)
                Flush(run);
            file.Docs(field.Docs);
            run.Add((file.Names.Of(field), GoTypes.Field(field, file), Tag(field)));
        }

        Flush(run);
        if (type.Fields.Count > 0)
            code.Line();
        code.Line("unknown []byte");
    }

    private void Flush(List<(string Name, string Type, string Tag)> run)
    {
        var names = run.Select(f => f.Name.Length).DefaultIfEmpty().Max();
        var types = run.Select(f => f.Type.Length).DefaultIfEmpty().Max();
        foreach (var (name, type, tag) in run)
            code.Line($"{name.PadRight(names)} {type.PadRight(types)} {tag}");
        run.Clear();
    }

    private static string Tag(FieldType field) => $"`json:\"{field.Name},omitempty\"`";

    private void Getter(MessageType type, FieldType field)
    {
        var name = file.Names.Of(field);
        var isPointer = GoTypes.IsPointer(field);
        var result = isPointer ? GoTypes.Of(field, file) : GoTypes.Field(field, file);
        code.Line();
        file.Block(
            $"func (x *{file.Names.Of(type)}) Get{name}() {result}",
            () =>
            {
                if (field.Oneof is { } oneof)
                    file.Block(
                        $"if v, ok := x.Get{file.Names.Of(oneof)}().(*{file.Names.Wrapper(field)}); ok && v != nil",
                        () => code.Line($"return v.{name}")
                    );
                else
                    file.Block(
                        isPointer ? $"if x != nil && x.{name} != nil" : "if x != nil",
                        () => code.Line($"return {(isPointer ? "*" : "")}x.{name}")
                    );
                code.Line($"return {GoTypes.Default(field)}");
            }
        );
    }

    private void OneofGetter(MessageType type, OneofType oneof)
    {
        var name = file.Names.Of(oneof);
        code.Line();
        file.Block(
            $"func (x *{file.Names.Of(type)}) Get{name}() {Interface(type, oneof)}",
            () =>
            {
                file.Block("if x != nil", () => code.Line($"return x.{name}"));
                code.Line("return nil");
            }
        );
    }

    private void Oneof(MessageType type, OneofType oneof)
    {
        var method = Interface(type, oneof);
        code.Line();
        file.Block($"type {method} interface", () => code.Line($"{method}()"));
        foreach (var field in oneof.Fields)
        {
            code.Line();
            file.Block(
                $"type {file.Names.Wrapper(field)} struct",
                () =>
                {
                    file.Docs(field.Docs);
                    code.Line($"{file.Names.Of(field)} {GoTypes.Field(field, file)} {Tag(field)}");
                }
            );
            code.Line().Line($"func (*{file.Names.Wrapper(field)}) {method}() {{}}");
        }
    }

    private string Interface(MessageType type, OneofType oneof) =>
        $"is{file.Names.Of(type)}_{file.Names.Of(oneof)}";

    private void Enum(EnumType type)
    {
        file.Use("gen/proto");
        var name = file.Names.Of(type);
        var values = file.Names.Values(type).Zip(type.Values).ToList();
        code.Line();
        file.Docs(type.Docs);
        code.Line($"type {name} int32").Line();
        code.Block("const (", () => Constants(name, values)).Line(")");
        var byNumber = values.DistinctBy(v => v.Second.Number);
        var numbers = byNumber.Select(v => $"{v.Second.Number}: \"{v.Second.Name}\"");
        var words = values.Select(v => $"\"{v.Second.Name}\": {v.Second.Number}");
        code.Lines(
            "",
            $"var {name}_name = map[int32]string{{{string.Join(", ", numbers)}}}",
            "",
            $"var {name}_value = map[string]int32{{{string.Join(", ", words)}}}",
            "",
            $"func (x {name}) Enum() *{name} {{ return &x }}",
            "",
            $"func (x {name}) String() string {{ return proto.EnumName({name}_name, int32(x)) }}"
        );
    }

    private void Constants(string type, List<(string First, EnumValue Second)> values)
    {
        var run = new List<(string Name, int Number)>();
        foreach (var (name, value) in values)
        {
            if (value.Docs.Length > 0)
                Flush(type, run);
            file.Docs(value.Docs);
            run.Add((name, value.Number));
        }

        Flush(type, run);
    }

    private void Flush(string type, List<(string Name, int Number)> run)
    {
        var width = run.Select(v => v.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, number) in run)
            code.Line($"{name.PadRight(width)} {type} = {number}");
        run.Clear();
    }
}
