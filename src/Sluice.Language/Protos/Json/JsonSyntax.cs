using System.Text;
using System.Text.Json;

namespace Sluice.Language.Protos.Json;

/// <summary>Makes a position and a public sentence of the reader's complaint about syntax.</summary>
internal static class JsonSyntax
{
    /// <summary>The reader's own words are kept up to its position, which is told apart.</summary>
    public static string Expectation(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = end < 0 ? e.Message : e.Message[..end];
        return text.Length > 200 ? text[..200] + "…" : text;
    }

    /// <summary>The column in UTF-16 units, from the reader's line and byte.</summary>
    public static int Column(ReadOnlySpan<byte> json, JsonException e)
    {
        for (
            var line = e.LineNumber ?? 0;
            line > 0 && json.IndexOf((byte)'\n') is >= 0 and var end;
            line--
        )
            json = json[(end + 1)..];
        var bytes = (int)Math.Min(e.BytePositionInLine ?? 0, json.Length);
        return Encoding.UTF8.GetCharCount(json[..bytes]) + 1;
    }
}
