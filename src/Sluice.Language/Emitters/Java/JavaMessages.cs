using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Java;

/// <summary>Writes a class, its builder and the interface of both for each message, and an enum for each enum.</summary>
internal sealed class JavaMessages
{
    private const string Runtime = JavaTypes.Runtime;
    private readonly JavaCode code = new();
    private readonly JavaNames names;
    private readonly JavaCodec codec;
    private readonly JavaGetters getters;
    private readonly JavaSetters setters;

    private JavaMessages(JavaNames names)
    {
        this.names = names;
        codec = new(code, names);
        getters = new(names);
        setters = new(code, names);
    }

    /// <summary>The package's own messages, all inside of one class.</summary>
    public static string Write(EmittedTypes types, JavaNames names)
    {
        var file = new JavaMessages(names);
        file.code.Lines(JavaEmitter.Banner, "package gen;", "");
        file.code.Block(
            "public final class Messages",
            () =>
            {
                file.code.Line("private Messages() {}");
                foreach (var message in types.Messages.Where(m => m.Parent is null))
                    file.Message(message, "static ");
                foreach (var type in types.Enums)
                    file.Enum(type);
            }
        );
        return file.code.ToString();
    }

    /// <summary>A type that comes with protobuf: its interface and its class lie in files of their own.</summary>
    public static IEnumerable<GeneratedFile> WellKnown(MessageType type, JavaNames names)
    {
        var (reading, message) = (new JavaMessages(names), new JavaMessages(names));
        reading.Head();
        reading.Interface(type);
        message.Head();
        message.Class(type, "");
        var path = $"gen/protobuf/{names.Of(type)}";
        yield return new($"{JavaNames.OrBuilder(path)}.java", reading.code.ToString());
        yield return new($"{path}.java", message.code.ToString());
    }

    public static GeneratedFile WellKnown(EnumType type, JavaNames names)
    {
        var file = new JavaMessages(names);
        file.Head();
        file.Enum(type);
        return new($"gen/protobuf/{names.Of(type)}.java", file.code.ToString());
    }

    private void Head() => code.Lines(JavaEmitter.Banner, "package gen.protobuf;");

    private void Message(MessageType type, string modifiers)
    {
        Interface(type);
        Class(type, modifiers);
    }

    private void Interface(MessageType type)
    {
        code.Line();
        code.Block(
            $"public interface {JavaNames.OrBuilder(names.Of(type))} extends {Runtime}MessageOrBuilder",
            () =>
            {
                foreach (var oneof in type.Oneofs)
                    code.Line().Line(getters.Of(type, oneof).Signature + ";");
                foreach (var field in type.Fields)
                {
                    code.Line();
                    code.Docs(field.Docs);
                    foreach (var getter in getters.Of(field))
                        code.Line(getter.Signature + ";");
                }
            }
        );
    }

    private void Class(MessageType type, string modifiers)
    {
        var (name, path) = (names.Of(type), names.Path(type));
        code.Line();
        code.Docs(type.Docs);
        code.Block(
            $"public {modifiers}final class {name} extends {Runtime}Message implements {JavaNames.OrBuilder(path)}",
            () =>
            {
                foreach (var field in type.Fields)
                    code.Line(
                        $"public static final int {names.Of(field).Constant}_FIELD_NUMBER = {field.Number};"
                    );
                code.Line($"private static final {path} DEFAULT = new {path}();");
                Variables(type);
                code.Line().Line($"private {name}() {{}}");
                Getters(type, "", g => g.Body);
                Common(path);
                codec.Write(type);
                foreach (var oneof in type.Oneofs)
                    Cases(oneof);
                Builder(type, path);
                foreach (var message in type.Messages)
                    Message(message, "static ");
                foreach (var inner in type.Enums)
                    Enum(inner);
            }
        );
    }

    private void Variables(MessageType type)
    {
        foreach (var oneof in type.Oneofs)
            code.Lines(
                $"private int {names.Of(oneof).CaseVariable};",
                $"private java.lang.Object {names.Of(oneof).Variable};"
            );
        foreach (var field in type.Fields.Where(f => f.Oneof is null))
        {
            var at = names.Of(field).Variable;
            if (field.IsMap || field.IsRepeated)
                code.Line(
                    $"private {JavaTypes.Collection(field, names)} {at} = java.util.{(field.IsMap ? "Map" : "List")}.of();"
                );
            else if (field.HasPresence)
                code.Line($"private {JavaTypes.Boxed(field, names)} {at};");
            else
                code.Line(
                    $"private {JavaTypes.Kept(field, names)} {at} = {JavaTypes.Default(field, names)};"
                );
        }
    }

    private void Getters(MessageType type, string of, Func<JavaGetter, string> body)
    {
        foreach (var oneof in type.Oneofs)
            Getter(getters.Of(type, oneof));
        foreach (var getter in type.Fields.SelectMany(getters.Of))
            Getter(getter);

        void Getter(JavaGetter getter) =>
            code.Line()
                .Line("@java.lang.Override")
                .Block($"public {getter.Signature}", () => code.Line(of + body(getter)));
    }

    private void Common(string path)
    {
        const string invalid = $"throws {Runtime}InvalidProtocolBufferException";
        code.Method($"static {path} getDefaultInstance()", "return DEFAULT;")
            .Method("static Builder newBuilder()", "return DEFAULT.toBuilder();")
            .Method($"static Builder newBuilder({path} prototype)", "return prototype.toBuilder();")
            .Method(
                $"static {path} parseFrom(byte[] bytes) {invalid}",
                "return merged(DEFAULT, bytes);"
            )
            .Method(
                $"static {path} parseFrom({Runtime}ByteString bytes) {invalid}",
                "return parseFrom(bytes.toByteArray());"
            )
            .Method(
                $"static {path} parseFrom(java.io.InputStream stream) throws java.io.IOException",
                "return parseFrom(stream.readAllBytes());"
            );
        foreach (
            var (signature, body) in new[]
            {
                ($"{path} getDefaultInstanceForType()", "return DEFAULT;"),
                ("Builder newBuilderForType()", "return newBuilder();"),
                ("Builder toBuilder()", "return new Builder(this);"),
            }
        )
            code.Line()
                .Line("@java.lang.Override")
                .Block("public " + signature, () => code.Line(body));
    }

    private void Builder(MessageType type, string path)
    {
        code.Line();
        code.Block(
            $"public static final class Builder extends {Runtime}Message.Builder<{path}, Builder> implements {JavaNames.OrBuilder(path)}",
            () =>
            {
                code.Block(
                    $"private Builder({path} message)",
                    () => code.Line("super(message, DEFAULT);")
                );
                Getters(type, "return seen().", g => g.Call + ";");
                foreach (var oneof in type.Oneofs)
                    setters.Write(oneof, path);
                foreach (var field in type.Fields)
                    setters.Write(field, path);
            }
        );
    }

    /// <summary>The enum that tells which field of a oneof is set.</summary>
    private void Cases(OneofType oneof)
    {
        var none = oneof.Name.ToUpperInvariant() + "_NOT_SET";
        var used = new HashSet<string> { none };
        var values = oneof.Fields.Select(f =>
            (Name: JavaNames.Unique(JavaNames.Escape(f.Name.ToUpperInvariant()), used), f.Number)
        );
        code.Line();
        code.Block(
            $"public enum {names.Of(oneof).Enum}",
            () => Numbers(names.Of(oneof).Enum, [.. values, (none, 0)], "value")
        );
    }

    private void Enum(EnumType type)
    {
        var (name, values) = (names.Of(type), JavaNames.Values(type));
        // The first of several names for a number is the constant; the others are other words for it.
        var constants = type
            .Values.Zip(values)
            .DistinctBy(v => v.First.Number)
            .Select(v => (v.Second, v.First.Number));
        code.Line();
        code.Docs(type.Docs);
        code.Block(
            $"public enum {name} implements {Runtime}ProtocolMessageEnum",
            () =>
            {
                Numbers(name, [.. constants, ("UNRECOGNIZED", -1)], "number()");
                var used = new HashSet<string>([.. values, "UNRECOGNIZED"]);
                foreach (var (value, constant) in type.Values.Zip(values))
                {
                    var first = values[
                        type.Values.ToList().FindIndex(v => v.Number == value.Number)
                    ];
                    if (constant != first)
                        code.Line($"public static final {name} {constant} = {first};");
                    if (used.Add(constant + "_VALUE"))
                        code.Line($"public static final int {constant}_VALUE = {value.Number};");
                }

                code.Line()
                    .Block(
                        "private int number()",
                        () =>
                            code.Lines(
                                "if (this == UNRECOGNIZED) throw new java.lang.IllegalArgumentException(\"Can't get the number of an unknown enum value.\");",
                                "return value;"
                            )
                    );
                code.Method(
                    $"static {name} orUnrecognized(int value)",
                    $"{name} known = forNumber(value);",
                    "return known == null ? UNRECOGNIZED : known;"
                );
            }
        );
    }

    /// <summary>The constants of an enum, the last of which stands for all other numbers, with their numbers.</summary>
    private void Numbers(string name, List<(string Name, int Number)> values, string number)
    {
        foreach (var (constant, value) in values)
            code.Line($"{constant}({value}),");
        code.Line(";").Line().Line("private final int value;").Line();
        code.Block($"{name}(int value)", () => code.Line("this.value = value;"));
        code.Method("int getNumber()", $"return {number};");
        code.Line("/** Null for a number without a name. */");
        code.Block(
            $"public static {name} forNumber(int value)",
            () =>
                code.Block(
                    "switch (value)",
                    () =>
                    {
                        foreach (var (constant, value) in values)
                            if (constant != "UNRECOGNIZED")
                                code.Line($"case {value}: return {constant};");
                        code.Line("default: return null;");
                    }
                )
        );
    }
}
