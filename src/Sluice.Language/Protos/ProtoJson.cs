using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Language.Protos.Json;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Protos;

/// <summary>Turns canonical proto3 JSON into encoded messages and back, by schema, without classes for the messages.</summary>
public static class ProtoJson
{
    /// <summary>Objects and arrays may be nested this deep in JSON.</summary>
    public const int MaxDepth = 100;

    /// <summary>Reads one message.</summary>
    /// <param name="utf8Json">UTF-8 without byte order mark. Fields may go by JSON name or by the name in the proto file.</param>
    /// <returns>
    /// The encoded message, or the mistakes (at most a hundred; a syntax error ends the search) with line, column and
    /// field path. Unknown fields, duplicate keys and a second field of a oneof are mistakes.
    /// </returns>
    public static Reading<byte[]> Parse(MessageType type, ReadOnlySpan<byte> utf8Json)
    {
        var mistakes = new JsonMistakes();
        if (!Utf8.IsValid(utf8Json))
        {
            mistakes.Add(
                "json_invalid_utf8",
                "The text is not valid UTF-8.",
                FirstInvalid(utf8Json)
            );
            return new(null, mistakes.ToList(utf8Json));
        }

        using var writer = new WireWriter(utf8Json.Length);
        var parser = new MessageParser(utf8Json, writer, mistakes);
        try
        {
            parser.Root(type);
        }
        catch (JsonException e)
        {
            var place = new Mistake(
                "json_malformed",
                "This is no JSON: " + JsonSyntax.Expectation(e),
                Line: (int)(e.LineNumber ?? 0) + 1,
                Column: JsonSyntax.Column(utf8Json, e)
            );
            return new(null, [.. mistakes.ToList(utf8Json), place]);
        }

        return mistakes.Any ? new(null, mistakes.ToList(utf8Json)) : new(writer.ToArray(), []);
    }

    /// <summary>Writes one message as JSON: lower camel case names, fields at their default left out.</summary>
    /// <param name="message">Well-formed bytes of this type: what <see cref="Check"/> accepts.</param>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
    public static void Write(MessageType type, ReadOnlySpan<byte> message, Utf8JsonWriter writer) =>
        MessageWriter.Write(type, message, writer, 0);

    /// <summary>
    /// Tells whether bytes from elsewhere are a message of this type that JSON can show: well-formed, text valid UTF-8,
    /// times in range, not nested too deep. Null when they are.
    /// </summary>
    public static Mistake? Check(MessageType type, ReadOnlySpan<byte> message) =>
        MessageCheck.Check(type, message);

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }
}
