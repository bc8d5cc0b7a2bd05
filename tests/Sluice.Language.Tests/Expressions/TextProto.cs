using System.Globalization;
using System.Text;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Tests.Expressions;

/// <summary>A message in protobuf's text format: names with values, of which each is a scalar or again such a message.</summary>
internal sealed class TextProto
{
    private readonly List<(string Name, object Value)> fields = [];

    public IEnumerable<string> Names => fields.Select(f => f.Name);

    public static TextProto Read(string text)
    {
        var reader = new Reader(text);
        var message = reader.Message('\0');
        return message;
    }

    public bool Has(string name) => fields.Exists(f => f.Name == name);

    public IEnumerable<TextProto> Messages(string name) =>
        fields.Where(f => f.Name == name).Select(f => (TextProto)f.Value);

    public TextProto? Message(string name) => Messages(name).FirstOrDefault();

    /// <summary>The scalar as text; of a string its bytes as Latin-1.</summary>
    public string? Scalar(string name) => fields.LastOrDefault(f => f.Name == name).Value as string;

    public string Text(string name) =>
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Scalar(name) ?? ""));

    /// <summary>The wire format, by schema.</summary>
    public byte[] Encode(MessageType type)
    {
        using var writer = new WireWriter();
        foreach (var (name, value) in fields)
        {
            var field = type.Field(name) ?? throw new InvalidDataException($"{type}.{name}");
            writer.Tag(field.Number, field.Kind.Wire());
            if (field.IsMap)
                writer.Bytes(Entry((TextProto)value, field));
            else
                Write(writer, field, value);
        }

        return writer.ToArray();
    }

    private static byte[] Entry(TextProto entry, FieldType map)
    {
        using var writer = new WireWriter();
        foreach (var (name, value) in entry.fields)
        {
            var field = name == "key" ? map.MapKey! : map.MapValue!;
            writer.Tag(field.Number, field.Kind.Wire());
            Write(writer, field, value);
        }

        return writer.ToArray();
    }

    private static void Write(WireWriter writer, FieldType field, object value)
    {
        if (value is TextProto message)
        {
            writer.Bytes(message.Encode(field.Message!));
            return;
        }

        var text = (string)value;
        if (field.Kind is FieldKind.String or FieldKind.Bytes)
            writer.Bytes(Encoding.Latin1.GetBytes(text));
        else
            writer.Raw(field.Kind.Wire(), Bits(field, text));
    }

    private static ulong Bits(FieldType field, string text) =>
        field.Kind switch
        {
            FieldKind.Bool => text == "true" ? 1UL : 0,
            FieldKind.Double => BitConverter.DoubleToUInt64Bits(Double(text)),
            FieldKind.Float => BitConverter.SingleToUInt32Bits((float)Double(text)),
            FieldKind.Enum => (ulong)(
                field.Enum!.Values.FirstOrDefault(v => v.Name == text)?.Number
                ?? int.Parse(text, CultureInfo.InvariantCulture)
            ),
            FieldKind.SInt32 or FieldKind.SInt64 => ZigZag.Encode(Long(text)),
            FieldKind.UInt32 or FieldKind.UInt64 or FieldKind.Fixed32 or FieldKind.Fixed64 =>
                ulong.Parse(text, CultureInfo.InvariantCulture),
            _ => (ulong)Long(text),
        };

    public static double Double(string text) =>
        text.TrimStart('-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => text[0] == '-'
                ? double.NegativeInfinity
                : double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };

    public static long Long(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? Convert.ToInt64(text, 16)
            : long.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Reader(string text)
    {
        private int at;

        private char Now => at < text.Length ? text[at] : '\0';

        public TextProto Message(char end)
        {
            var message = new TextProto();
            while (true)
            {
                Skip();
                if (Now == end)
                {
                    at++;
                    return message;
                }
                var name = Name();
                Skip();
                if (Now == ':')
                    at++;
                Skip();
                if (Now == '[')
                    List(message, name);
                else
                    message.fields.Add((name, Value()));
                Skip();
                if (Now is ',' or ';')
                    at++;
            }
        }

        private void List(TextProto message, string name)
        {
            at++;
            for (Skip(); Now != ']'; Skip())
            {
                message.fields.Add((name, Value()));
                Skip();
                if (Now == ',')
                    at++;
            }

            at++;
        }

        private object Value()
        {
            if (Now is '{' or '<')
                return Message(text[at++] == '{' ? '}' : '>');
            return Now is '"' or '\'' ? Strings() : Word();
        }

        private void Skip()
        {
            while (at < text.Length && (char.IsWhiteSpace(Now) || Now == '#'))
                at = Now == '#' ? text.IndexOf('\n', at) : at + 1;
        }

        private string Name()
        {
            if (Now != '[')
                return Word();
            var end = text.IndexOf(']', at);
            var name = text[at..(end + 1)];
            at = end + 1;
            return name;
        }

        private string Word()
        {
            var start = at;
            while (char.IsLetterOrDigit(Now) || Now is '_' or '-' or '+' or '.')
                at++;
            return at > start
                ? text[start..at]
                : throw new InvalidDataException(
                    $"At {at}: {text[at..Math.Min(at + 30, text.Length)]}"
                );
        }

        private string Strings()
        {
            var bytes = new List<byte>();
            for (; Now is '"' or '\''; Skip())
            {
                var quote = text[at++];
                while (Now != quote)
                    Character(bytes);
                at++;
            }

            return Encoding.Latin1.GetString([.. bytes]);
        }

        private void Character(List<byte> bytes)
        {
            if (Now != '\\')
            {
                var rune = Rune.GetRuneAt(text, at);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                at += rune.Utf16SequenceLength;
                return;
            }

            var c = text[at + 1];
            at += 2;
            if (c is >= '0' and <= '7')
                bytes.Add((byte)Number(at - 1, 3, 8));
            else if (c is 'x' or 'X')
                bytes.Add((byte)Number(at, 2, 16));
            else if (c is 'u' or 'U')
                bytes.AddRange(
                    Encoding.UTF8.GetBytes(new Rune(Number(at, c == 'u' ? 4 : 8, 16)).ToString())
                );
            else
                bytes.Add((byte)("abfnrtv".IndexOf(c) is >= 0 and var i ? "\a\b\f\n\r\t\v"[i] : c));
        }

        private int Number(int start, int most, int radix)
        {
            var length = 0;
            while (
                length < most
                && Uri.IsHexDigit(text[start + length])
                && (radix == 16 || text[start + length] < '8')
            )
                length++;
            at = start + length;
            return Convert.ToInt32(text.Substring(start, length), radix);
        }
    }
}
