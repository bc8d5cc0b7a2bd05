namespace Sluice.Language.Protos.Source;

/// <summary>Reads one field: <c>[label] type name = number [options];</c> or <c>map&lt;key, value> name = number;</c>.</summary>
internal static class ProtoFieldParser
{
    public static bool Field(ProtoCursor cursor, MessageSyntax message, OneofSyntax? oneof)
    {
        var start = cursor.Now;
        var label = Label(cursor, oneof);
        if (cursor.Now.Is("group") && cursor.Next.Kind == TokenKind.Word)
        {
            cursor.Mistake(
                "proto_group",
                "Groups do not exist in proto3: declare a message and a field of it.",
                cursor.Now
            );
            return false;
        }

        TypeSyntax? key = null;
        TypeSyntax? type;
        if (cursor.Now.Is("map") && cursor.Next.Is("<"))
        {
            if (label != FieldLabel.None || oneof is not null)
                cursor.Mistake(
                    "proto_map",
                    "A map takes no label and cannot be in a oneof.",
                    cursor.Now
                );
            label = FieldLabel.Map;
            if (!Map(cursor, out key, out type))
                return false;
        }
        else
        {
            type = ProtoParser.Name(cursor, "a field type");
        }

        if (type is null || !cursor.ExpectWord("a field name", out var name) || !cursor.Expect("="))
            return false;
        if (!cursor.ExpectInteger("a field number", signed: true, out var number, out var numberAt))
            return false;
        var options = ProtoOptions.Field(cursor);
        if (options is null)
            return false;
        message.Fields.Add(
            new(name, label, type, key)
            {
                Number = ProtoNumbers.Field(cursor, number, numberAt),
                NumberAt = numberAt,
                Docs = start.Docs,
                Oneof = label == FieldLabel.Map ? null : oneof,
                JsonName = options.JsonName,
                Packed = options.Packed,
            }
        );
        return cursor.ExpectEnd();
    }

    private static FieldLabel Label(ProtoCursor cursor, OneofSyntax? oneof)
    {
        // A type may be called "optional" or the like only when it is dotted; a label is followed by a type.
        if (cursor.Next.Kind != TokenKind.Word && !cursor.Next.Is("."))
            return FieldLabel.None;
        var word = cursor.Now;
        if (word.Is("required"))
        {
            cursor.Mistake(
                "proto_required",
                "Required fields do not exist in proto3.",
                cursor.Take()
            );
            return FieldLabel.None;
        }

        if (!word.Is("optional") && !word.Is("repeated"))
            return FieldLabel.None;
        cursor.Take();
        if (oneof is null)
            return word.Is("optional") ? FieldLabel.Optional : FieldLabel.Repeated;
        cursor.Mistake("proto_oneof_label", "Fields of a oneof take no label.", word);
        return FieldLabel.None;
    }

    private static bool Map(ProtoCursor cursor, out TypeSyntax? key, out TypeSyntax? value)
    {
        cursor.Take();
        cursor.Take();
        value = null;
        key = ProtoParser.Name(cursor, "the type of the key");
        if (key is null || !cursor.Expect(","))
            return false;
        value = ProtoParser.Name(cursor, "the type of the value");
        return value is not null && cursor.Expect(">");
    }
}

/// <summary>The range that field numbers may come from.</summary>
internal static class ProtoNumbers
{
    public const int MaxField = (1 << 29) - 1;

    /// <summary>The number, or 0 after a mistake.</summary>
    public static int Field(ProtoCursor cursor, long number, ProtoToken at)
    {
        if (number is < 1 or > MaxField)
        {
            cursor.Mistake(
                "proto_number_range",
                $"Field numbers run from 1 to {MaxField}; {number} is outside.",
                at
            );
            return 0;
        }

        if (number is >= 19000 and <= 19999)
        {
            cursor.Mistake(
                "proto_number_range",
                "Field numbers 19000 to 19999 belong to protobuf itself.",
                at
            );
            return 0;
        }

        return (int)number;
    }
}
