using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Python;

/// <summary>Writes <c>gen/messages_pb2.py</c>: a class for each message, an object and constants for each enum.</summary>
internal sealed class PythonMessages(EmittedTypes types)
{
    private readonly CodeText code = new(braces: false);
    private readonly PythonNames names = new(types);

    public PythonNames Names => names;

    public string Write()
    {
        // Annotations are quoted: importing annotations from __future__ would cost every cold call a module.
        code.Lines(PythonEmitter.Banner, "");
        code.Block("from ._codec import (", () => code.Lines(FromCodec)).Line(")");
        code.Block("from ._message import (", () => code.Lines(FromMessage)).Line(")");
        if (types.WellKnown.Count > 0)
            code.Line("from . import _wellknown");
        foreach (var message in types.Messages.Concat(types.WellKnown))
            Message(message);
        code.Line().Line();
        foreach (var type in types.Enums)
            Enum(type, null);
        if (types.UsesNullValue && !names.Taken.Contains("NULL_VALUE"))
            code.Line("NULL_VALUE = 0");
        foreach (var message in types.Messages)
            Nested(message);
        foreach (var message in types.Messages.Concat(types.WellKnown))
            Table(message);
        return code.ToString();
    }

    private static readonly string[] FromCodec =
    [
        "SMALL as _SMALL, ZERO4 as _ZERO4, ZERO8 as _ZERO8, in_order as _in_order, int32 as _int32, int64 as _int64,",
        "join as _join, length as _len, of_bytes as _of_bytes, packed as _packed, packed_fixed as _packed_fixed,",
        "read_tag as _read_tag, read_varint as _read_varint, sint32 as _sint32, sint64 as _sint64, skip as _skip,",
        "text as _text, uint32 as _uint32, varint as _varint, whole as _whole, unpack_double as _unpack_double,",
        "unpack_fixed32 as _unpack_fixed32, unpack_fixed64 as _unpack_fixed64, unpack_float as _unpack_float,",
        "unpack_sfixed32 as _unpack_sfixed32, unpack_sfixed64 as _unpack_sfixed64, write_bool as _write_bool,",
        "write_bytes as _write_bytes, write_double as _write_double, write_enum as _write_enum,",
        "write_fixed32 as _write_fixed32, write_fixed64 as _write_fixed64, write_float as _write_float,",
        "write_int32 as _write_int32, write_int64 as _write_int64, write_message as _write_message,",
        "write_sfixed32 as _write_sfixed32, write_sfixed64 as _write_sfixed64, write_sint32 as _write_sint32,",
        "write_sint64 as _write_sint64, write_string as _write_string, write_uint32 as _write_uint32,",
        "write_uint64 as _write_uint64,",
    ];

    private static readonly string[] FromMessage =
    [
        "LIST as _LIST, MAP as _MAP, PLAIN as _PLAIN, PRESENCE as _PRESENCE, Enum as _Enum, Map as _Map,",
        "Message as _Message, MessageList as _MessageList, ScalarList as _ScalarList, coerce as _coerce,",
    ];

    private void Message(MessageType type)
    {
        var mixin = type.WellKnown
            is WellKnown.Timestamp
                or WellKnown.Duration
                or WellKnown.Struct
                or WellKnown.Value
                or WellKnown.ListValue
            ? $"_wellknown.{type.Name}Mixin, "
            : "";
        code.Line().Line();
        code.Block(
            $"class {names.Of(type)}({mixin}_Message):",
            () =>
            {
                PythonText.Docs(code, type.Docs);
                var slots = string.Concat(type.Fields.Select(f => $"\"{names.Slot(f)}\", "));
                code.Line($"__slots__ = ({slots.TrimEnd()})");
                code.Line($"_NAME = \"{type.FullName}\"").Line();
                Constructor(type);
                foreach (var field in type.Fields.Where(f => f.HasPresence))
                    Property(field);
                code.Line();
                PythonEncode.Method(code, type, names);
                code.Line();
                PythonDecode.Method(code, type, names);
            }
        );
        // Names that Python cannot write behind a dot stay reachable by getattr.
        foreach (
            var field in type.Fields.Where(f =>
                names.Attribute(f) != f.Name && !PythonNames.IsMember(f.Name)
            )
        )
            code.Line(
                $"setattr({names.Of(type)}, \"{field.Name}\", {names.Of(type)}.{names.Attribute(field)})"
            );
    }

    private void Constructor(MessageType type)
    {
        var parameters = type
            .Fields.Select(f => $"{names.Attribute(f)}: \"{ParameterWord(f)} | None\" = None")
            .ToList();
        var renamed = type.Fields.Where(f => names.Attribute(f) != f.Name).ToList();
        if (parameters.Count > 0)
            parameters.Insert(0, "*");
        if (renamed.Count > 0)
            parameters.Add("**_more");
        code.Block(
            $"def __init__({string.Join(", ", parameters.Prepend(renamed.Count > 0 ? "self, /" : "self"))}):",
            () =>
            {
                foreach (var field in renamed)
                {
                    var attribute = names.Attribute(field);
                    code.Line($"{attribute} = _more.pop(\"{field.Name}\", {attribute})");
                }

                if (renamed.Count > 0)
                    code.Block(
                        "if _more:",
                        () => code.Line("raise TypeError(f\"unknown fields {_more}\")")
                    );
                code.Line("self._unknown = b\"\"").Line("self._lazies = None");
                foreach (var field in type.Fields)
                    code.Line($"self.{names.Slot(field)} = {Initial(field)}");
            }
        );
    }

    private string ParameterWord(FieldType field)
    {
        if (field.IsMap)
            return $"dict[{PythonText.TypeWord(field.MapKey!, names)}, {PythonText.TypeWord(field.MapValue!, names)}]";
        var word = PythonText.TypeWord(field, names);
        return field.IsRepeated ? $"list[{word}]" : word;
    }

    private string Initial(FieldType field)
    {
        var name = names.Attribute(field);
        if (field.IsMap)
            return $"_Map({Maker(field.MapValue!)}, {name})";
        if (field.IsRepeated)
            return field.Message is null
                ? $"_ScalarList({name} or ())"
                : $"_MessageList({names.Of(field.Message)}, {name})";
        if (field.Message is not null)
            return $"None if {name} is None else _coerce({names.Of(field.Message)}, {name})";
        return field.HasPresence
            ? name
            : $"{PythonText.Default(field)} if {name} is None else {name}";
    }

    private string Maker(FieldType value) =>
        value.Message is null ? PythonText.Default(value) : names.Of(value.Message);

    private void Property(FieldType field)
    {
        var (name, slot) = (names.Attribute(field), names.Slot(field));
        code.Line().Line("@property");
        code.Block(
            $"def {name}(self) -> \"{PythonText.TypeWord(field, names)}\":",
            () =>
            {
                PythonText.Docs(code, field.Docs);
                code.Line($"v = self.{slot}");
                var absent = field.Message is null
                    ? PythonText.Default(field)
                    : $"self._lazy(\"{slot}\", {names.Of(field.Message)})";
                code.Line($"return {absent} if v is None else v");
            }
        );
        code.Line().Line($"@{name}.setter");
        code.Block(
            $"def {name}(self, value):",
            () =>
            {
                if (field.Message is not null)
                    code.Line($"value = _coerce({names.Of(field.Message)}, value)");
                if (field.Oneof is not null)
                    code.Line(
                        string.Concat(field.Oneof.Fields.Select(f => $"self.{names.Slot(f)} = "))
                            + "None"
                    );
                code.Line($"self.{slot} = value");
            }
        );
    }

    private void Enum(EnumType type, MessageType? parent)
    {
        var name = names.Of(type);
        var values = string.Concat(type.Values.Select(v => $"(\"{v.Name}\", {v.Number}), "));
        code.Line($"{name} = _Enum(\"{type.FullName}\", ({values.TrimEnd()}))");
        if (parent is not null && PythonNames.IsFree(type.Name))
            code.Line($"{names.Of(parent)}.{type.Name} = {name}");
        foreach (
            var value in type.Values.Where(v =>
                PythonNames.IsFree(v.Name) && !PythonNames.IsMember(v.Name)
            )
        )
        {
            if (parent is not null)
                code.Line($"{names.Of(parent)}.{value.Name} = {value.Number}");
            else if (!names.Taken.Contains(value.Name))
                code.Line($"{value.Name} = {value.Number}");
        }
    }

    /// <summary>Nested types are reached through the class around them, as <c>Outer.Inner</c>.</summary>
    private void Nested(MessageType message)
    {
        foreach (var type in message.Enums)
            Enum(type, message);
        if (message.Parent is null || !PythonNames.IsFree(message.Name))
            return;
        var path = $"{names.Of(message.Parent)}.{message.Name}";
        code.Line($"{path} = {names.Of(message)}")
            .Line($"{path}.__qualname__ = \"{QualName(message)}\"");
    }

    private static string QualName(MessageType message) =>
        message.Parent is null ? message.Name : QualName(message.Parent) + "." + message.Name;

    private void Table(MessageType type)
    {
        if (type.Fields.Count == 0)
            return;
        code.Line($"{names.Of(type)}._FIELDS = (");
        foreach (var field in type.Fields)
        {
            var shape =
                field.IsMap ? "_MAP"
                : field.IsRepeated ? "_LIST"
                : field.HasPresence ? "_PRESENCE"
                : "_PLAIN";
            var kind = field.IsMap
                ? $"(\"{field.MapKey!.Kind.Word()}\", \"{field.MapValue!.Kind.Word()}\")"
                : $"\"{field.Kind.Word()}\"";
            var message = (field.MapValue ?? field).Message is { } inner ? names.Of(inner) : "None";
            var initial = shape == "_PLAIN" ? PythonText.Default(field) : "None";
            var oneof = field.Oneof is null ? "None" : $"\"{field.Oneof.Name}\"";
            code.Line(
                $"    (\"{field.Name}\", \"{names.Slot(field)}\", {field.Number}, {shape}, {kind}, {initial}, {message}, {oneof}),"
            );
        }

        code.Line(")");
    }
}
