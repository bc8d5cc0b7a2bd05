using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.CSharp;

/// <summary>Writes <c>gen/Messages.cs</c>: a class for each message and an enum for each enum.</summary>
internal sealed class CSharpMessages
{
    private const string Runtime = CSharpTypes.Runtime;
    private readonly CodeText code = new(braces: true);
    private readonly EmittedTypes types;
    private readonly CSharpCodec codec;

    public CSharpMessages(EmittedTypes types)
    {
        this.types = types;
        Names = new(types);
        codec = new(code, Names);
    }

    public CSharpNames Names { get; }

    public string Write()
    {
        code.Lines(CSharpEmitter.Banner, "#nullable enable", "", "namespace Gen;");
        foreach (var message in types.Messages.Where(m => m.Parent is null).Concat(types.WellKnown))
            Message(message);
        foreach (var type in types.Enums)
            Enum(type);
        if (types.UsesNullValue)
            Enum(WellKnownTypes.NullValue);
        return code.ToString();
    }

    /// <summary>Where a value with presence is kept: null means absent.</summary>
    public static string Slot(FieldType field, CSharpNames names) =>
        field.Message is not null && field.Oneof is null ? names.Of(field) : "f" + field.Number;

    private void Message(MessageType type)
    {
        var name = Names.Of(type);
        code.Line();
        Docs(type.Docs);
        code.Block(
            $"public sealed partial class {name} : {Runtime}IMessage, global::System.IEquatable<{Names.Path(type)}>",
            () =>
            {
                code.Line("private byte[]? unknown;");
                foreach (var field in type.Fields)
                    Field(type, field);
                foreach (var oneof in type.Oneofs)
                    Oneof(type, oneof);
                Common(type);
                code.Line();
                codec.WriteTo(type);
                code.Line();
                codec.MergeFrom(type);
                if (type.Messages.Count + type.Enums.Count > 0)
                    code.Line().Block("public static class Types", () => Nested(type));
            }
        );
    }

    private void Nested(MessageType type)
    {
        foreach (var message in type.Messages)
            Message(message);
        foreach (var inner in type.Enums)
            Enum(inner);
    }

    private void Field(MessageType type, FieldType field)
    {
        var name = Names.Of(field);
        var word = CSharpTypes.Property(field, Names);
        code.Line();
        Docs(field.Docs);
        if (field.IsMap || field.IsRepeated)
            code.Line($"public {word} {name} {{ get; set => field = {NotNull}; }} = [];");
        else if (field.Message is not null && field.Oneof is null)
            code.Line($"public {word}? {name} {{ get; set; }}");
        else if (field.HasPresence)
            Presence(type, field, name, word);
        else if (field.Kind is FieldKind.String or FieldKind.Bytes)
            code.Line(
                $"public {word} {name} {{ get; set => field = {NotNull}; }} = {CSharpTypes.Default(field, Names)};"
            );
        else
            code.Line($"public {word} {name} {{ get; set; }}");
    }

    private const string NotNull =
        "value ?? throw new global::System.ArgumentNullException(nameof(value))";

    private void Presence(MessageType type, FieldType field, string name, string word)
    {
        var slot = Slot(field, Names);
        var clear = field.Oneof is null ? "" : $"Clear{Names.Of(field.Oneof)}(); ";
        var isReference = field.Kind is FieldKind.String or FieldKind.Bytes;
        var isMessage = field.Message is not null;
        code.Block(
            $"public {word}{(isMessage ? "?" : "")} {name}",
            () =>
            {
                code.Line(
                    isMessage
                        ? $"get => {slot};"
                        : $"get => {slot} ?? {CSharpTypes.Default(field, Names)};"
                );
                code.Line(
                    isReference
                        ? $"set {{ var given = {NotNull}; {clear}{slot} = given; }}"
                        : $"set {{ {clear}{slot} = value; }}"
                );
            }
        );
        code.Line($"private {word}? {slot};");
        if (isMessage)
            return;
        code.Line($"public bool {Names.Member(type, "Has" + name)} => {slot} is not null;");
        code.Line($"public void {Names.Member(type, "Clear" + name)}() => {slot} = null;");
    }

    private void Oneof(MessageType type, OneofType oneof)
    {
        var name = Names.Of(oneof);
        var cases = Names.Member(type, name + "OneofCase");
        code.Line();
        Docs(oneof.Docs);
        code.Block(
            $"public {cases} {Names.Member(type, name + "Case")}",
            () =>
            {
                var set = oneof.Fields.Select(f =>
                    $"{Slot(f, Names)} is not null ? {cases}.{Names.Of(f)} : "
                );
                code.Line($"get => {string.Concat(set)}{cases}.None;");
            }
        );
        code.Line()
            .Block(
                $"public void {Names.Member(type, "Clear" + name)}()",
                () =>
                {
                    foreach (var field in oneof.Fields)
                        code.Line($"{Slot(field, Names)} = null;");
                }
            );
        code.Line()
            .Block(
                $"public enum {cases}",
                () =>
                {
                    code.Line("None = 0,");
                    foreach (var field in oneof.Fields)
                        code.Line(
                            $"{(Names.Of(field) == "None" ? "None_" : Names.Of(field))} = {field.Number},"
                        );
                }
            );
    }

    private void Common(MessageType type)
    {
        var path = Names.Path(type);
        code.Lines(
            "",
            "/// <summary>Reads a message; unknown fields are kept.</summary>",
            $"public static {path} Parse(global::System.ReadOnlySpan<byte> message) => {Runtime}Codec.Decode<{path}>(message);",
            "",
            $"public byte[] ToByteArray() => {Runtime}Codec.Encode(this);",
            "",
            $"public {path} Clone() => Parse(ToByteArray());",
            "",
            $"public bool Equals({path}? other) => other is not null && {Runtime}Codec.Same(this, other);",
            "",
            $"public override bool Equals(object? obj) => Equals(obj as {path});",
            "",
            $"public override int GetHashCode() => {Runtime}Codec.Hash(this);",
            ""
        );
        code.Block(
            "public override string ToString()",
            () =>
            {
                code.Line(
                    $"var text = new global::System.Text.StringBuilder(\"{Names.Of(type)} {{\");"
                );
                foreach (var field in type.Fields)
                {
                    var value = field.HasPresence ? Slot(field, Names) : Names.Of(field);
                    code.Line($"{Runtime}Codec.Print(text, \"{Names.Of(field)}\", {value});");
                }

                code.Line("return text.Append(\" }\").ToString();");
            }
        );
    }

    private void Enum(EnumType type)
    {
        code.Line();
        Docs(type.Docs);
        code.Block(
            $"public enum {Names.Of(type)}",
            () =>
            {
                foreach (var (name, value) in CSharpNames.Values(type).Zip(type.Values))
                {
                    Docs(value.Docs);
                    code.Line($"{name} = {value.Number},");
                }
            }
        );
    }

    private void Docs(string docs)
    {
        if (docs.Length == 0)
            return;
        code.Line("/// <summary>");
        foreach (var line in docs.Replace("\r", "").Split('\n'))
            code.Line("/// " + line.Replace("&", "&amp;").Replace("<", "&lt;"));
        code.Line("/// </summary>");
    }
}
