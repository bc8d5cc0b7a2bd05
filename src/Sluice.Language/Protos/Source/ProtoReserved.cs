namespace Sluice.Language.Protos.Source;

/// <summary>Reads <c>reserved 2, 9 to 11, 40 to max;</c> and <c>reserved "foo", "bar";</c>.</summary>
internal static class ProtoReserved
{
    public static bool Statement(ProtoCursor cursor, ReservedSyntax into, long max, bool signed)
    {
        cursor.Take();
        if (cursor.Now.Kind == TokenKind.Text)
            return Names(cursor, into);
        do
        {
            if (
                !cursor.ExpectInteger(
                    "a number or a name in quotes",
                    signed,
                    out var from,
                    out var at
                )
            )
                return false;
            var to = from;
            if (cursor.TryTake("to"))
            {
                if (cursor.TryTake("max"))
                    to = max;
                else if (!cursor.ExpectInteger("a number or max", signed, out to, out _))
                    return false;
            }

            if (to < from)
                cursor.Mistake("proto_number_range", "A range begins with its smaller number.", at);
            else if (to > max || from < (signed ? int.MinValue : 1))
                cursor.Mistake(
                    "proto_number_range",
                    "The range leaves the numbers that are possible here.",
                    at
                );
            into.Add(from, to);
        } while (cursor.TryTake(","));

        return cursor.ExpectEnd();
    }

    private static bool Names(ProtoCursor cursor, ReservedSyntax into)
    {
        do
        {
            if (cursor.Now.Kind != TokenKind.Text)
                return cursor.Unexpected("a name in quotes");
            into.Names.Add(cursor.Take().Text);
        } while (cursor.TryTake(","));

        return cursor.ExpectEnd();
    }
}
