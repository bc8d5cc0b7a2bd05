using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Python;

/// <summary>
/// Writes the method that decodes a message into itself. Running over an end is an IndexError, here or in Python, which
/// the caller turns into its own error.
/// </summary>
internal static class PythonDecode
{
    private const int MaxChain = 8;

    private sealed record Case(int Tag, Action Body);

    public static void Method(CodeText code, MessageType type, PythonNames names)
    {
        var cases = type
            .Fields.SelectMany(f => Cases(code, f, names))
            .OrderBy(c => (uint)c.Tag)
            .ToList();
        code.Block(
            "def _merge(self, data, pos, end):",
            () =>
            {
                code.Block(
                    "while pos < end:",
                    () =>
                    {
                        code.Line("tag = data[pos]").Line("pos += 1");
                        code.Block(
                            "if tag > 127:",
                            () => code.Line("tag, pos = _read_tag(data, pos - 1)")
                        );
                        Choose(code, cases);
                    }
                );
                code.Block("if pos != end:", () => code.Line("raise IndexError"));
            }
        );
    }

    /// <summary>A chain of comparisons for a few fields, halves and halves again for many.</summary>
    private static void Choose(CodeText code, List<Case> cases)
    {
        if (cases.Count > MaxChain)
        {
            var half = cases.Count / 2;
            code.Block($"if tag < {(uint)cases[half].Tag}:", () => Choose(code, cases[..half]));
            code.Block("else:", () => Choose(code, cases[half..]));
            return;
        }

        var word = "if";
        foreach (var (tag, body) in cases)
        {
            code.Block($"{word} tag == {(uint)tag}:", body);
            word = "elif";
        }

        if (cases.Count > 0)
            code.Block("else:", () => Unknown(code));
        else
            Unknown(code);
    }

    private static void Unknown(CodeText code) =>
        code.Lines(
            "start = pos",
            "pos = _skip(tag, data, pos, end)",
            "self._unknown += _varint(tag) + data[start:pos]"
        );

    private static IEnumerable<Case> Cases(CodeText code, FieldType field, PythonNames names)
    {
        var slot = "self." + names.Slot(field);
        var one = (field.Number << 3) | (int)field.Kind.Wire();
        if (field.IsMap)
        {
            yield return new(one, () => Map(code, field, slot, names));
        }
        else if (field.Kind == FieldKind.Message)
        {
            yield return new(one, () => Message(code, field, slot, names));
        }
        else if (field.IsRepeated)
        {
            yield return new(
                one,
                () =>
                {
                    Read(code, field.Kind, "v", "end");
                    code.Line($"{slot}.append(v)");
                }
            );
            if (field.Kind.CanPack())
                yield return new(
                    (field.Number << 3) | (int)WireType.Bytes,
                    () => Packed(code, field.Kind, slot)
                );
        }
        else
        {
            yield return new(
                one,
                () =>
                {
                    Read(code, field.Kind, "v", "end");
                    ClearOneof(code, field, names);
                    code.Line($"{slot} = v");
                }
            );
        }
    }

    private static void Length(CodeText code, string stop, string end)
    {
        code.Line("n = data[pos]").Line("pos += 1");
        code.Block("if n > 127:", () => code.Line("n, pos = _read_varint(data, pos - 1)"));
        code.Line($"{stop} = pos + n");
        code.Block($"if {stop} > {end}:", () => code.Line("raise IndexError"));
    }

    /// <summary>Reads one scalar at pos into a variable.</summary>
    private static void Read(CodeText code, FieldKind kind, string target, string end)
    {
        switch (kind.Wire())
        {
            case WireType.Bytes:
                Length(code, "to", end);
                code.Line($"{target} = data[pos:to]{(kind == FieldKind.String ? ".decode()" : "")}")
                    .Line("pos = to");
                break;
            case WireType.Varint:
                code.Line($"{target} = data[pos]").Line("pos += 1");
                code.Block(
                    $"if {target} > 127:",
                    () => code.Line($"{target}, pos = _read_varint(data, pos - 1)")
                );
                if (Meaning(kind, target) is { } meaning)
                    code.Line($"{target} = {meaning}");
                break;
            default:
                code.Line($"({target},) = _unpack_{kind.Word()}(data, pos)");
                code.Line($"pos += {(kind.Wire() == WireType.Fixed32 ? 4 : 8)}");
                break;
        }
    }

    /// <summary>What the bits of a varint mean; null when they mean themselves.</summary>
    private static string? Meaning(FieldKind kind, string bits) =>
        kind switch
        {
            FieldKind.Bool => $"{bits} != 0",
            FieldKind.SInt32 => $"_sint32({bits})",
            FieldKind.SInt64 => $"_sint64({bits})",
            FieldKind.Int64 => $"_int64({bits}) if {bits} > 127 else {bits}",
            FieldKind.UInt32 => $"_uint32({bits}) if {bits} > 127 else {bits}",
            FieldKind.UInt64 => null,
            _ => $"_int32({bits}) if {bits} > 127 else {bits}",
        };

    private static void Packed(CodeText code, FieldKind kind, string slot)
    {
        Length(code, "to", "end");
        if (kind.Wire() == WireType.Varint)
        {
            var meaning = Meaning(kind, "i");
            var values = "_packed(data, pos, to)";
            code.Line(
                $"{slot}.extend({(meaning is null ? values : $"[{meaning} for i in {values}]")})"
            );
        }
        else
        {
            var (letter, size) = kind switch
            {
                FieldKind.Double => ('d', 8),
                FieldKind.Float => ('f', 4),
                FieldKind.Fixed32 => ('I', 4),
                FieldKind.Fixed64 => ('Q', 8),
                FieldKind.SFixed32 => ('i', 4),
                _ => ('q', 8),
            };
            code.Line($"{slot}.extend(_packed_fixed(\"{letter}\", {size}, data, pos, to))");
        }

        code.Line("pos = to");
    }

    private static void Message(CodeText code, FieldType field, string slot, PythonNames names)
    {
        Length(code, "to", "end");
        var type = names.Of(field.Message!);
        if (field.IsRepeated)
        {
            code.Line($"m = {type}()").Line("m._merge(data, pos, to)").Line($"{slot}.append(m)");
        }
        else
        {
            code.Line($"m = {slot}");
            code.Block(
                "if m is None:",
                () =>
                {
                    ClearOneof(code, field, names);
                    code.Line($"m = {slot} = {type}()");
                }
            );
            code.Line("m._merge(data, pos, to)");
        }

        code.Line("pos = to");
    }

    private static void Map(CodeText code, FieldType field, string slot, PythonNames names)
    {
        var key = field.MapKey!;
        var value = field.MapValue!;
        Length(code, "stop", "end");
        code.Line($"k = {PythonText.Default(key)}");
        code.Line(
            "v = "
                + (
                    value.Message is null
                        ? PythonText.Default(value)
                        : names.Of(value.Message) + "()"
                )
        );
        code.Block(
            "while pos < stop:",
            () =>
            {
                code.Line("tag, pos = _read_tag(data, pos)");
                code.Block(
                    $"if tag == {8 | (int)key.Kind.Wire()}:",
                    () => Read(code, key.Kind, "k", "stop")
                );
                code.Block(
                    $"elif tag == {16 | (int)value.Kind.Wire()}:",
                    () =>
                    {
                        if (value.Message is null)
                        {
                            Read(code, value.Kind, "v", "stop");
                            return;
                        }

                        Length(code, "to", "stop");
                        code.Line("v._merge(data, pos, to)").Line("pos = to");
                    }
                );
                code.Block("else:", () => code.Line("pos = _skip(tag, data, pos, stop)"));
            }
        );
        code.Block("if pos != stop:", () => code.Line("raise IndexError"));
        code.Line($"{slot}[k] = v");
    }

    private static void ClearOneof(CodeText code, FieldType field, PythonNames names)
    {
        var others =
            field
                .Oneof?.Fields.Where(f => f != field)
                .Select(f => $"self.{names.Slot(f)} = ")
                .ToList()
            ?? [];
        if (others.Count > 0)
            code.Line(string.Concat(others) + "None");
    }
}
