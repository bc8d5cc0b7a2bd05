namespace Sluice.Language.Protos.Source;

/// <summary>Reads an enum and its values.</summary>
internal static class ProtoEnumParser
{
    public static bool Enum(ProtoCursor cursor, List<EnumSyntax> into)
    {
        var docs = cursor.Take().Docs;
        if (!cursor.ExpectWord("an enum name", out var name) || !cursor.Expect("{"))
            return false;
        var type = new EnumSyntax(name, docs);
        into.Add(type);
        var failed = false;
        while (!cursor.AtEnd && !cursor.Now.Is("}"))
        {
            if (cursor.TryTake(";") || Member(cursor, type))
                continue;
            failed = true;
            cursor.SkipStatement();
        }

        if (type.Values.Count == 0 && !failed)
            cursor.Mistake("proto_enum_empty", "An enum holds at least one value.", name);
        else if (type.Values is [{ Number: not 0 } first, ..] && !failed)
            cursor.Mistake(
                "proto_enum_zero",
                "The first value of an enum has number 0: it is the default.",
                first.NumberAt
            );
        return cursor.Expect("}");
    }

    private static bool Member(ProtoCursor cursor, EnumSyntax type)
    {
        if (cursor.Now.Is("option") && !cursor.Next.Is("="))
            return ProtoOptions.Statement(
                cursor,
                (name, value) => type.AllowsAliases |= name == "allow_alias" && value.Is("true")
            );
        if (cursor.Now.Is("reserved") && !cursor.Next.Is("="))
            return ProtoReserved.Statement(cursor, type.Reserved, int.MaxValue, signed: true);

        var docs = cursor.Now.Docs;
        if (!cursor.ExpectWord("a value name", out var word) || !cursor.Expect("="))
            return false;
        if (!cursor.ExpectInteger("a number", signed: true, out var number, out var at))
            return false;
        if (number is < int.MinValue or > int.MaxValue)
        {
            cursor.Mistake("proto_number_range", "Enum numbers fit 32 bits.", at);
            return false;
        }

        type.Values.Add(new(word, (int)number, at, docs));
        return ProtoOptions.Field(cursor) is not null && cursor.ExpectEnd();
    }
}
