using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos.Json;

/// <summary>This part: numbers, booleans, strings, bytes, enums and the keys of maps.</summary>
internal ref partial struct MessageParser
{
    /// <summary>Reads a scalar and writes it, with its tag if asked.</summary>
    /// <param name="always">Write the default value too.</param>
    private void Scalar(FieldType field, bool tagged, bool always)
    {
        switch (field.Kind)
        {
            case FieldKind.String:
                StringField(field, tagged, always);
                return;
            case FieldKind.Bytes:
                BytesField(field, tagged, always);
                return;
        }

        if (!Bits(field, out var bits) || (bits == 0 && !always))
            return;
        var wire = field.Kind.Wire();
        if (tagged)
            writer.Tag(field.Number, wire);
        writer.Raw(wire, bits);
    }

    /// <summary>The raw bits of a number, boolean or enum; false after a mistake.</summary>
    private bool Bits(FieldType field, out ulong bits)
    {
        bits = 0;
        switch (field.Kind)
        {
            case FieldKind.Bool:
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    return No("true or false");
                bits = reader.TokenType == JsonTokenType.True ? 1UL : 0;
                return true;
            case FieldKind.Enum:
                return EnumBits(field.Enum!, out bits);
            case FieldKind.Double or FieldKind.Float:
                return Floating(field.Kind, out bits);
            default:
                return Whole(field.Kind, out bits);
        }
    }

    private bool Whole(FieldKind kind, out ulong bits)
    {
        bits = 0;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return No("a number");
        Span<byte> scratch = stackalloc byte[128];
        var text = NumberText(scratch, out var fits);
        var outcome = fits
            ? JsonNumbers.Integer(text, out var negative, out var magnitude)
            : Unfit(out negative, out magnitude);
        if (outcome == NumberOutcome.Good)
            outcome = ToBits(kind, negative, magnitude, out bits);
        return outcome switch
        {
            NumberOutcome.Good => true,
            NumberOutcome.TooLarge => No(
                "json_out_of_range",
                $"The number does not fit {kind.Word()}."
            ),
            NumberOutcome.NotWhole => No("json_wrong_type", "Expected a whole number."),
            _ => No("json_wrong_type", "Expected a number, found a string that is none."),
        };
    }

    private readonly NumberOutcome Unfit(out bool negative, out ulong magnitude)
    {
        (negative, magnitude) = (false, 0);
        return reader.TokenType == JsonTokenType.Number
            ? NumberOutcome.TooLarge
            : NumberOutcome.NoNumber;
    }

    /// <summary>Gives a whole number its form on the wire when its kind can hold it.</summary>
    internal static NumberOutcome ToBits(
        FieldKind kind,
        bool negative,
        ulong magnitude,
        out ulong bits
    )
    {
        var value = negative ? -(long)magnitude : (long)magnitude;
        bits = kind switch
        {
            FieldKind.SInt32 => ZigZag.Encode((int)value),
            FieldKind.SInt64 => ZigZag.Encode(value),
            FieldKind.UInt64 or FieldKind.Fixed64 => magnitude,
            _ => (ulong)value,
        };
        var limit = kind switch
        {
            FieldKind.Int32 or FieldKind.SInt32 or FieldKind.SFixed32 => negative
                ? 1UL << 31
                : int.MaxValue,
            FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => negative
                ? 1UL << 63
                : long.MaxValue,
            FieldKind.UInt32 or FieldKind.Fixed32 => negative ? 0 : uint.MaxValue,
            _ => negative ? 0 : ulong.MaxValue,
        };
        return magnitude <= limit ? NumberOutcome.Good : NumberOutcome.TooLarge;
    }

    private bool Floating(FieldKind kind, out ulong bits)
    {
        bits = 0;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return No("a number");
        Span<byte> scratch = stackalloc byte[128];
        var text = NumberText(scratch, out var fits);
        if (!fits)
            return No("json_out_of_range", "The number is too long.");
        if (reader.TokenType == JsonTokenType.String && Named(text) is { } named)
        {
            bits =
                kind == FieldKind.Double
                    ? BitConverter.DoubleToUInt64Bits(named)
                    : BitConverter.SingleToUInt32Bits((float)named);
            return true;
        }

        if (reader.TokenType == JsonTokenType.String && !JsonNumbers.IsNumber(text))
            return No(
                "json_wrong_type",
                "Expected a number, \"NaN\", \"Infinity\" or \"-Infinity\"."
            );
        bool finite;
        if (kind == FieldKind.Double)
        {
            finite =
                double.TryParse(
                    text,
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var value
                ) && double.IsFinite(value);
            bits = BitConverter.DoubleToUInt64Bits(value);
        }
        else
        {
            finite =
                float.TryParse(
                    text,
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var value
                ) && float.IsFinite(value);
            bits = BitConverter.SingleToUInt32Bits(value);
        }

        return finite || No("json_out_of_range", $"The number does not fit {kind.Word()}.");
    }

    private static double? Named(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("NaN"u8) ? double.NaN
        : text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
        : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity
        : null;

    /// <summary>The text of the number or string at hand, unescaped; numbers of JSON may be long, strings only short.</summary>
    private readonly ReadOnlySpan<byte> NumberText(Span<byte> scratch, out bool fits)
    {
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            fits = raw.Length <= JsonNumbers.MaxLength;
            return raw;
        }

        fits = raw.Length <= scratch.Length && TryCopy(reader, scratch, out _);
        return fits ? scratch[..Copied(reader, scratch)] : default;
    }

    private static int Copied(Utf8JsonReader at, Span<byte> into) => at.CopyString(into);

    private bool EnumBits(EnumType type, out ulong bits)
    {
        bits = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null when ReferenceEquals(type, WellKnownTypes.NullValue):
                return true;
            case JsonTokenType.Number:
                return Whole(FieldKind.Int32, out bits);
            case not JsonTokenType.String:
                return No($"a name of {type.FullName} or its number");
        }

        foreach (var value in type.Values)
        {
            if (!reader.ValueTextEquals(value.Name))
                continue;
            bits = (ulong)(long)value.Number;
            return true;
        }

        return No(
            "json_unknown_enum",
            $"{type.FullName} has no value '{JsonMistakes.Shorten(Text(reader))}'."
        );
    }

    private void StringField(FieldType field, bool tagged, bool always)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            Wrong("a string");
            return;
        }

        var raw = reader.ValueSpan;
        if (raw.IsEmpty && !always)
            return;
        if (tagged)
            writer.Tag(field.Number, WireType.Bytes);
        if (reader.ValueIsEscaped)
            Unescaped(raw.Length);
        else
            writer.Bytes(raw);
    }

    /// <summary>Writes an escaped string with its length; unescaping never makes it longer.</summary>
    private void Unescaped(int maxLength)
    {
        var mark = writer.Begin();
        if (TryCopy(reader, writer.Reserve(maxLength), out var length))
            writer.Advance(length);
        else
            Refuse("json_bad_string", "The string holds half of a surrogate pair.");
        writer.End(mark);
    }

    private void BytesField(FieldType field, bool tagged, bool always)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            Wrong("a string in base64");
            return;
        }

        var raw = reader.ValueSpan;
        if (raw.IsEmpty && !always)
            return;
        if (tagged)
            writer.Tag(field.Number, WireType.Bytes);
        var mark = writer.Begin();
        var text = writer.Reserve(raw.Length + 4);
        var good =
            TryCopy(reader, text, out var length) && JsonBase64.TryDecodeInPlace(text, ref length);
        if (good)
            writer.Advance(length);
        else
            Refuse("json_bad_base64", "Expected base64, of the standard or the URL-safe alphabet.");
        writer.End(mark);
    }

    /// <summary>Reads a map's key from its text and writes it. The identity tells equal keys of different spelling.</summary>
    private readonly bool MapKey(FieldType key, string text, out (string?, ulong) identity)
    {
        identity = (text, 0);
        if (key.Kind == FieldKind.String)
        {
            if (text.Length == 0)
                return true;
            writer.Tag(key.Number, WireType.Bytes);
            writer.Bytes(Encoding.UTF8.GetBytes(text));
            return true;
        }

        ulong bits;
        if (key.Kind == FieldKind.Bool)
        {
            if (text is not ("true" or "false"))
                return false;
            bits = text == "true" ? 1UL : 0;
        }
        else
        {
            if (text.Length > 100)
                return false;
            var outcome = JsonNumbers.Integer(
                Encoding.UTF8.GetBytes(text),
                out var negative,
                out var magnitude
            );
            if (
                outcome != NumberOutcome.Good
                || ToBits(key.Kind, negative, magnitude, out bits) != NumberOutcome.Good
            )
                return false;
        }

        identity = (null, bits);
        writer.Tag(key.Number, key.Kind.Wire());
        writer.Raw(key.Kind.Wire(), bits);
        return true;
    }

    private bool No(string expected)
    {
        Wrong(expected);
        return false;
    }

    private bool No(string code, string message)
    {
        Refuse(code, message);
        return false;
    }

    /// <summary>The text of a string or name at hand; half surrogates become the replacement character.</summary>
    private static string Text(Utf8JsonReader at)
    {
        if (!at.ValueIsEscaped)
            return Encoding.UTF8.GetString(at.ValueSpan);
        var bytes = ArrayPool<byte>.Shared.Rent(at.ValueSpan.Length);
        var text = TryCopy(at, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : "\uFFFD";
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    /// <summary>The framework has no way to ask beforehand whether escapes form valid text.</summary>
    private static bool TryCopy(Utf8JsonReader at, Span<byte> into, out int length)
    {
        length = 0;
        try
        {
            length = at.CopyString(into);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
