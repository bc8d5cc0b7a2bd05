using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Rust;

/// <summary>Writes <c>gen/messages.rs</c>: a struct for each message, an enum for each enum and each oneof.</summary>
internal sealed class RustMessages
{
    private readonly CodeText code = new(braces: false);
    private readonly EmittedTypes types;
    private readonly RustTypes rust;
    private readonly RustCodec codec;

    public RustMessages(EmittedTypes types)
    {
        this.types = types;
        Names = new(types);
        rust = new(Names);
        codec = new(code, Names, rust);
        foreach (var message in types.Messages.Concat(types.WellKnown))
            rust.Weigh(message);
    }

    public RustNames Names { get; }

    public string Write()
    {
        code.Lines(
            RustEmitter.Banner,
            RustEmitter.Unchecked,
            "",
            "//! The package's messages. Fill those fields that you know, and the others with `..Default::default()`."
        );
        foreach (var message in types.Messages.Where(m => m.Parent is null).Concat(types.WellKnown))
            Message(message);
        foreach (var type in types.Enums)
            Enum(type);
        if (types.UsesNullValue)
            Enum(WellKnownTypes.NullValue);
        return code.ToString();
    }

    private void Message(MessageType type)
    {
        code.Line();
        Docs(type.Docs);
        code.Line("#[derive(Clone, Debug, Default, PartialEq)]");
        code.Braces(
            $"pub struct {Names.Of(type)}",
            () =>
            {
                foreach (var field in type.Fields.Where(f => f.Oneof is null))
                {
                    Docs(field.Docs);
                    code.Line($"pub {Names.Of(field)}: {rust.Member(field)},");
                }
                foreach (var oneof in type.Oneofs)
                {
                    Docs(oneof.Docs);
                    code.Line(
                        $"pub {Names.Of(oneof)}: ::std::option::Option<{Names.ChoicePath(oneof)}>,"
                    );
                }
                code.Line("/// Fields that this struct does not know: they are kept and sent on.");
                code.Line($"pub {Names.Unknown(type)}: crate::codec::UnknownFields,");
            }
        );
        Accessors(type);
        codec.Message(type);
        if (type.Messages.Count + type.Enums.Count + type.Oneofs.Count > 0)
            code.Line().Braces($"pub mod {Names.ModuleOf(type)}", () => Nested(type));
    }

    private void Nested(MessageType type)
    {
        foreach (var message in type.Messages)
            Message(message);
        foreach (var inner in type.Enums)
            Enum(inner);
        foreach (var oneof in type.Oneofs)
        {
            code.Line();
            Docs(oneof.Docs);
            code.Line("#[derive(Clone, Debug, PartialEq)]");
            code.Braces(
                $"pub enum {Names.Choice(oneof)}",
                () =>
                {
                    foreach (var field in oneof.Fields)
                    {
                        Docs(field.Docs);
                        code.Line($"{Names.CaseOf(field)}({rust.InPlace(field)}),");
                    }
                }
            );
        }
    }

    /// <summary>A field of an enum is a number, because it may be one without a name; these know the names.</summary>
    private void Accessors(MessageType type)
    {
        var fields = type
            .Fields.Where(f => f.Kind == FieldKind.Enum && f.Oneof is null && !f.IsRepeated)
            .ToList();
        if (fields.Count == 0)
            return;
        code.Line();
        code.Braces(
            $"impl {Names.Path(type)}",
            () =>
            {
                foreach (var field in fields)
                {
                    var (name, path) = (Names.Of(field), Names.Path(field.Enum!));
                    var (number, set) = field.HasPresence
                        ? ($"self.{name}.unwrap_or(0)", "Some(value as i32)")
                        : ($"self.{name}", "value as i32");
                    code.Lines(
                        $"/// The value of `{name}`; its default for a number without a name.",
                        $"pub fn {Names.Method(type, Names.Bare(field))}(&self) -> {path} {{",
                        $"    {path}::from_i32({number}).unwrap_or_default()",
                        "}",
                        "",
                        $"pub fn {Names.Method(type, "set_" + Names.Bare(field))}(&mut self, value: {path}) {{",
                        $"    self.{name} = {set};",
                        "}"
                    );
                }
            }
        );
    }

    private void Enum(EnumType type)
    {
        var named = RustNames.Values(type).Zip(type.Values).ToList();
        // Only the first name of a number can be a value of its own.
        var first = named.DistinctBy(v => v.Second.Number).ToList();
        var path = Names.Path(type);
        code.Line();
        Docs(type.Docs);
        code.Line("#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]");
        code.Line("#[repr(i32)]");
        code.Braces(
            $"pub enum {Names.Of(type)}",
            () =>
            {
                foreach (var (name, value) in first)
                {
                    Docs(value.Docs);
                    if (value == first[0].Second)
                        code.Line("#[default]");
                    code.Line($"{name} = {value.Number},");
                }
            }
        );
        code.Line();
        code.Braces(
            $"impl {path}",
            () =>
            {
                foreach (var (name, value) in named.Except(first))
                {
                    Docs(value.Docs);
                    var same = first.First(v => v.Second.Number == value.Number).First;
                    code.Line($"pub const {name}: Self = Self::{same};");
                }
                code.Line("/// None for a number without a name.");
                Match(
                    "pub fn from_i32(value: i32) -> ::std::option::Option<Self>",
                    "value",
                    [
                        .. first.Select(v => $"{v.Second.Number} => Some(Self::{v.First}),"),
                        "_ => None,",
                    ]
                );
                code.Line();
                code.Line("/// The name in the proto file.");
                Match(
                    "pub fn as_str_name(&self) -> &'static str",
                    "self",
                    [.. first.Select(v => $"Self::{v.First} => \"{v.Second.Name}\",")]
                );
                code.Line();
                Match(
                    "pub fn from_str_name(name: &str) -> ::std::option::Option<Self>",
                    "name",
                    [
                        .. named.Select(v => $"\"{v.Second.Name}\" => Some(Self::{v.First}),"),
                        "_ => None,",
                    ]
                );
            }
        );
        code.Line();
        code.Braces(
            $"impl ::std::convert::From<{path}> for i32",
            () => code.Braces($"fn from(value: {path}) -> i32", () => code.Line("value as i32"))
        );
    }

    private void Match(string header, string value, string[] arms) =>
        code.Braces(header, () => code.Braces($"match {value}", () => code.Lines(arms)));

    private void Docs(string docs)
    {
        if (docs.Length == 0)
            return;
        foreach (var line in docs.Replace("\r", "").Split('\n'))
            code.Line(("/// " + line).TrimEnd());
    }
}
