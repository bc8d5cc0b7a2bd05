using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Server.Console.Runs;

/// <summary>A message as people read it: set in, and no longer than a page can hold.</summary>
internal static class Payload
{
    private const int Longest = 16 << 10;

    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Show(JsonElement message)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Layout))
            message.WriteTo(json);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>The beginning of a long one.</summary>
    public static string Clip(JsonElement message) =>
        Show(message) is { Length: > Longest } text
            ? $"{text[..Longest]}\n… {Words.Count(text.Length - Longest)} more characters: sluice runs get shows all of it"
            : Show(message);
}
