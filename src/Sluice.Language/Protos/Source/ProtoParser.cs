namespace Sluice.Language.Protos.Source;

/// <summary>
/// Reads the statements of a file. After a mistake it goes on with the next statement, so that one run tells all.
/// Depth is bounded; nothing recurses except nested messages.
/// </summary>
internal static class ProtoParser
{
    private const int MaxDepth = 32;

    public static FileSyntax Parse(string path, string source, ProtoMistakes mistakes)
    {
        var cursor = new ProtoCursor(new ProtoLexer(source, path, mistakes).Run(), path, mistakes);
        var file = new FileSyntax(path);
        Syntax(cursor);
        while (!cursor.AtEnd)
        {
            if (cursor.TryTake(";"))
                continue;
            if (cursor.Now.Is("}"))
            {
                cursor.Mistake("proto_unexpected", "This '}' closes nothing.", cursor.Take());
                continue;
            }

            if (!Statement(cursor, file))
                cursor.SkipStatement();
        }

        return file;
    }

    private static void Syntax(ProtoCursor cursor)
    {
        var start = cursor.Now;
        if (start.Is("edition"))
        {
            cursor.Mistake(
                "proto_not_proto3",
                "Editions are not supported: write syntax = \"proto3\";.",
                start
            );
            cursor.SkipStatement();
            return;
        }

        if (!cursor.TryTake("syntax"))
        {
            cursor.Mistake(
                "proto_not_proto3",
                "The first statement must be syntax = \"proto3\";.",
                start
            );
            return;
        }

        var value = cursor.Next;
        if (cursor.Expect("=") && value.Kind == TokenKind.Text)
        {
            cursor.Take();
            if (value.Text != "proto3")
                cursor.Mistake(
                    "proto_not_proto3",
                    $"Only \"proto3\" is supported, not \"{Short(value.Text)}\".",
                    value
                );
            cursor.ExpectEnd();
            return;
        }

        if (cursor.Now.Kind != TokenKind.Text)
            cursor.Unexpected("\"proto3\"");
        cursor.SkipStatement();
    }

    private static bool Statement(ProtoCursor cursor, FileSyntax file)
    {
        var start = cursor.Now;
        switch (start.Kind == TokenKind.Word ? start.Text : "")
        {
            case "message":
                return Message(cursor, file.Messages, 1);
            case "enum":
                return ProtoEnumParser.Enum(cursor, file.Enums);
            case "import":
                return Import(cursor, file);
            case "package":
                return Package(cursor, file);
            case "option":
                return ProtoOptions.Statement(cursor, null);
            case "service":
                cursor.Mistake(
                    "proto_service",
                    "Services are not supported: nodes are declared in the manifest.",
                    start
                );
                return false;
            case "extend":
                cursor.Mistake(
                    "proto_extension",
                    "Extensions do not exist in proto3 messages.",
                    start
                );
                return false;
            case "syntax" or "edition":
                cursor.Mistake(
                    "proto_unexpected",
                    "The syntax is stated once, at the beginning.",
                    start
                );
                return false;
            default:
                return cursor.Unexpected("message, enum, import, package or option");
        }
    }

    private static bool Import(ProtoCursor cursor, FileSyntax file)
    {
        cursor.Take();
        var isPublic = cursor.TryTake("public");
        if (cursor.Now.Is("weak"))
        {
            cursor.Mistake("proto_import", "Weak imports are not supported.", cursor.Take());
        }

        var path = cursor.Now;
        if (path.Kind != TokenKind.Text)
            return cursor.Unexpected("a path in quotes");
        cursor.Take();
        file.Imports.Add(new(path.Text, isPublic, path));
        return cursor.ExpectEnd();
    }

    private static bool Package(ProtoCursor cursor, FileSyntax file)
    {
        var start = cursor.Take();
        if (cursor.Now.Is("."))
            return cursor.Unexpected("a package name");
        if (Name(cursor, "a package name") is not { } name)
            return false;
        if (file.Package.Length > 0)
            cursor.Mistake("proto_duplicate_name", "A file states its package once.", start);
        file.Package = name.Text;
        file.PackageAt = name.At;
        return cursor.ExpectEnd();
    }

    /// <summary>A dotted name, perhaps with a leading dot.</summary>
    public static TypeSyntax? Name(ProtoCursor cursor, string what)
    {
        var start = cursor.Now;
        var text = cursor.TryTake(".") ? "." : "";
        do
        {
            if (!cursor.ExpectWord(what, out var word))
                return null;
            text += text.Length is 0 || text == "." ? word.Text : "." + word.Text;
            if (text.Length > 1000)
            {
                cursor.Mistake(
                    "proto_unexpected",
                    "The name is longer than 1000 characters.",
                    start
                );
                return null;
            }
        } while (cursor.TryTake("."));

        return new(text, start);
    }

    private static bool Message(ProtoCursor cursor, List<MessageSyntax> into, int depth)
    {
        var docs = cursor.Take().Docs;
        if (!cursor.ExpectWord("a message name", out var name) || !cursor.Expect("{"))
            return false;
        if (depth > MaxDepth)
        {
            cursor.Mistake("proto_too_deep", $"Messages are nested deeper than {MaxDepth}.", name);
            while (!cursor.AtEnd && !cursor.Now.Is("}"))
                cursor.SkipStatement();
            cursor.TryTake("}");
            return true;
        }

        var message = new MessageSyntax(name, docs);
        into.Add(message);
        while (!cursor.AtEnd && !cursor.Now.Is("}"))
        {
            if (!cursor.TryTake(";") && !Member(cursor, message, depth))
                cursor.SkipStatement();
        }

        if (cursor.AtEnd)
            cursor.Mistake(
                "proto_unexpected",
                $"Message {Short(name.Text)} is not closed by '}}'.",
                name
            );
        cursor.TryTake("}");
        return true;
    }

    private static bool Member(ProtoCursor cursor, MessageSyntax message, int depth)
    {
        var start = cursor.Now;
        switch (start.Kind == TokenKind.Word ? start.Text : "")
        {
            case "message" when cursor.Next.Kind == TokenKind.Word:
                return Message(cursor, message.Messages, depth + 1);
            case "enum" when cursor.Next.Kind == TokenKind.Word:
                return ProtoEnumParser.Enum(cursor, message.Enums);
            case "oneof" when cursor.Next.Kind == TokenKind.Word:
                return Oneof(cursor, message);
            case "reserved":
                return ProtoReserved.Statement(
                    cursor,
                    message.Reserved,
                    ProtoNumbers.MaxField,
                    signed: false
                );
            case "option":
                return ProtoOptions.Statement(cursor, null);
            case "extensions" or "extend":
                cursor.Mistake(
                    "proto_extension",
                    "Extensions do not exist in proto3 messages.",
                    start
                );
                return false;
            case "service":
                cursor.Mistake(
                    "proto_service",
                    "Services are not supported: nodes are declared in the manifest.",
                    start
                );
                return false;
            default:
                return ProtoFieldParser.Field(cursor, message, null);
        }
    }

    private static bool Oneof(ProtoCursor cursor, MessageSyntax message)
    {
        var docs = cursor.Take().Docs;
        if (!cursor.ExpectWord("a oneof name", out var name) || !cursor.Expect("{"))
            return false;
        var oneof = new OneofSyntax(name, docs);
        message.Oneofs.Add(oneof);
        var before = message.Fields.Count;
        var failed = false;
        while (!cursor.AtEnd && !cursor.Now.Is("}"))
        {
            var good = cursor.Now.Is("option")
                ? ProtoOptions.Statement(cursor, null)
                : ProtoFieldParser.Field(cursor, message, oneof);
            if (!good)
            {
                failed = true;
                cursor.SkipStatement();
            }
        }

        if (message.Fields.Count == before && !failed)
            cursor.Mistake("proto_oneof_empty", "A oneof holds at least one field.", name);
        return cursor.Expect("}");
    }

    public static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
