namespace Sluice.Language.Protos.Source;

/// <summary>
/// Options are read and skipped, whatever their name, except the few that change what a message means:
/// <c>json_name</c>, <c>packed</c> and <c>allow_alias</c>.
/// </summary>
internal sealed record ProtoOptions(string? JsonName, bool? Packed)
{
    private static readonly ProtoOptions None = new(null, null);

    /// <summary><c>option name = value;</c></summary>
    public static bool Statement(ProtoCursor cursor, Action<string, ProtoToken>? use)
    {
        cursor.Take();
        return One(cursor, use) && cursor.ExpectEnd();
    }

    /// <summary>The list in brackets behind a field or an enum value, if there is one. Null after a mistake.</summary>
    public static ProtoOptions? Field(ProtoCursor cursor)
    {
        if (!cursor.TryTake("["))
            return None;
        var found = None;
        do
        {
            var good = One(
                cursor,
                (name, value) =>
                {
                    if (name == "json_name" && value.Kind == TokenKind.Text)
                        found = found with { JsonName = value.Text };
                    else if (name == "packed")
                        found = found with { Packed = value.Is("true") };
                    else if (name == "default")
                        cursor.Mistake(
                            "proto_default",
                            "Default values cannot be chosen in proto3.",
                            value
                        );
                }
            );
            if (!good)
                return null;
        } while (cursor.TryTake(","));

        return cursor.Expect("]") ? found : null;
    }

    private static bool One(ProtoCursor cursor, Action<string, ProtoToken>? use)
    {
        if (Name(cursor) is not { } name || !cursor.Expect("="))
            return false;
        var value = cursor.Now;
        if (value.Is("{"))
        {
            cursor.SkipGroup();
            return true;
        }

        if (cursor.TryTake("-") || cursor.TryTake("+"))
            value = cursor.Now;
        if (value.Kind is TokenKind.End or TokenKind.Symbol)
            return cursor.Unexpected("a value");
        cursor.Take();
        // Strings that stand side by side are one string.
        while (value.Kind == TokenKind.Text && cursor.Now.Kind == TokenKind.Text)
            value = value with { Text = value.Text + cursor.Take().Text };
        use?.Invoke(name, value);
        return true;
    }

    private static string? Name(ProtoCursor cursor)
    {
        var text = "";
        do
        {
            if (cursor.TryTake("("))
            {
                if (
                    ProtoParser.Name(cursor, "an option name") is not { } inner
                    || !cursor.Expect(")")
                )
                    return null;
                text += $"({inner.Text})";
            }
            else if (cursor.ExpectWord("an option name", out var word))
            {
                text += word.Text;
            }
            else
            {
                return null;
            }
        } while (text.Length < 2000 && cursor.TryTake("."));

        return text;
    }
}
