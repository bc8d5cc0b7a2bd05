using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sluice.Server.Keys;

/// <summary>
/// The key that a call asks about, found in the body before the body is read, so that its look-up shares the query of
/// the caller's. A guess that spares a round trip: nothing is decided by it, and where it is wrong the act looks by itself.
/// </summary>
internal sealed class KeyAhead(string text, byte[] hash)
{
    /// <summary>What the body was found to name; its checksum is right.</summary>
    public string Text => text;

    /// <summary>SHA-256 of the text, 32 bytes.</summary>
    public byte[] Hash => hash;

    /// <summary>What is known of it, once it was asked for: after the caller's own text was found worth a look.</summary>
    public Task<FoundKey?>? Found { get; set; }
}

/// <summary>On a route: its body names a key that is asked about.</summary>
/// <param name="read">The key's text in a whole body; null where there is none.</param>
internal sealed class AsksAboutKey(Func<ReadOnlySequence<byte>, string?> read)
{
    private const int LongestBody = 4096;

    /// <summary>
    /// What the body names, if it has come whole with the head; the body is left for whoever reads it. Null when it is
    /// not there yet, or names nothing.
    /// </summary>
    public string? Look(HttpRequest request)
    {
        if (request.ContentLength is not (> 0 and <= LongestBody))
            return null;
        if (!request.BodyReader.TryRead(out var come))
            return null;
        var text = come.Buffer.Length == request.ContentLength ? read(come.Buffer) : null;
        request.BodyReader.AdvanceTo(come.Buffer.Start);
        return text;
    }

    /// <summary>The member <c>key</c> of a JSON object.</summary>
    public static string? InJson(ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            while (json.Read())
            {
                if (
                    json.TokenType == JsonTokenType.PropertyName
                    && json.CurrentDepth == 1
                    && json.ValueTextEquals("key"u8)
                )
                    return json.Read() && json.TokenType == JsonTokenType.String
                        ? json.GetString()
                        : null;
            }
            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // What is wrong with it is told by whoever reads it.
            return null;
        }
    }

    /// <summary>The field <c>token</c> of a form; a key's text has nothing that a form must escape.</summary>
    public static string? InForm(ReadOnlySequence<byte> body)
    {
        foreach (var field in Encoding.UTF8.GetString(body).Split('&'))
        {
            if (field.StartsWith("token=", StringComparison.Ordinal))
                return field["token=".Length..];
        }
        return null;
    }
}
