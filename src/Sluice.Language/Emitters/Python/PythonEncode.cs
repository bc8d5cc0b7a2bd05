using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Python;

/// <summary>Writes the method that encodes a message: straight code, one step for each field, in order of numbers.</summary>
internal static class PythonEncode
{
    public static void Method(CodeText code, MessageType type, PythonNames names)
    {
        code.Block(
            "def _encode(self):",
            () =>
            {
                if (type.Fields.Any(f => f.HasPresence && f.Message is not null))
                    code.Block("if self._lazies:", () => code.Line("self._settle()"));
                code.Line("p = []").Line("a = p.append");
                foreach (var field in type.Fields.OrderBy(f => f.Number))
                {
                    code.Line($"v = self.{names.Slot(field)}");
                    Field(code, field);
                }

                code.Block("if self._unknown:", () => code.Line("a(self._unknown)"));
                code.Line("return _join(p)");
            }
        );
    }

    private static void Field(CodeText code, FieldType field)
    {
        var tag = PythonText.Tag(field.Number, field.IsPacked ? WireType.Bytes : field.Kind.Wire());
        if (field.IsMap)
            Map(code, field, tag);
        else if (field.IsPacked)
            Packed(code, field, tag);
        else if (field.IsRepeated)
            code.Block("for i in v:", () => code.Line($"a({tag} + {Write(field, "i")})"));
        else if (field.HasPresence)
            code.Block("if v is not None:", () => code.Line($"a({tag} + {Write(field, "v")})"));
        else
            Plain(code, field, tag);
    }

    private static void Packed(CodeText code, FieldType field, string tag) =>
        code.Block(
            "if v:",
            () =>
                code.Line($"b = _join([{Small(field, "i", zero: true)} for i in v])")
                    .Line($"a({tag} + _varint(_len(b)) + b)")
        );

    private static void Map(CodeText code, FieldType field, string tag)
    {
        var key = field.MapKey!;
        var value = field.MapValue!;
        code.Block(
            "for k, i in _in_order(v.items()):",
            () =>
            {
                code.Line($"b = {PythonText.Tag(1, key.Kind.Wire())} + {Write(key, "k")}");
                code.Line($"b += {PythonText.Tag(2, value.Kind.Wire())} + {Write(value, "i")}");
                code.Line($"a({tag} + _varint(_len(b)) + b)");
            }
        );
    }

    /// <summary>A field that is left out at its default. A falsy value of a wrong type is caught too.</summary>
    private static void Plain(CodeText code, FieldType field, string tag)
    {
        switch (field.Kind)
        {
            case FieldKind.Double or FieldKind.Float:
                // Compared as bytes, because minus zero is not the default.
                code.Line($"b = {Write(field, "v")}");
                code.Block(
                    $"if b != _ZERO{(field.Kind == FieldKind.Double ? 8 : 4)}:",
                    () => code.Line($"a({tag} + b)")
                );
                break;
            case FieldKind.Bool:
                code.Block("if v is True:", () => code.Line($"a({tag[..^1]}\\x01\")"));
                code.Block(
                    "elif v is not False and v.__index__():",
                    () => code.Line($"a({tag} + _write_bool(v))")
                );
                break;
            case FieldKind.String:
                code.Block(
                    "if v:",
                    () =>
                        code.Line("b = v.encode()")
                            .Line("n = _len(b)")
                            .Line($"a({tag} + (_SMALL[n] if n < 128 else _varint(n)) + b)")
                );
                code.Block("elif v.__class__ is not _text:", () => code.Line("_write_string(v)"));
                break;
            default:
                code.Block(
                    "if v:",
                    () => code.Line($"a({tag} + {Small(field, "v", zero: false)})")
                );
                var expected = field.Kind == FieldKind.Bytes ? "_of_bytes" : "_whole";
                code.Block(
                    $"elif v.__class__ is not {expected}:",
                    () => code.Line(Write(field, "v"))
                );
                break;
        }
    }

    /// <summary>The call that encodes a value, with a shortcut for small numbers where there is one.</summary>
    private static string Small(FieldType field, string variable, bool zero)
    {
        var isShort =
            field.Kind
            is FieldKind.Int32
                or FieldKind.Int64
                or FieldKind.UInt32
                or FieldKind.UInt64
                or FieldKind.Enum;
        var call = Write(field, variable);
        return isShort
            ? $"(_SMALL[{variable}] if {(zero ? "-1" : "0")} < {variable} < 128 else {call})"
            : call;
    }

    private static string Write(FieldType field, string variable) =>
        $"_write_{field.Kind.Word()}({variable})";
}
