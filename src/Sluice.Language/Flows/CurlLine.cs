using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Language.Flows;

/// <summary>A line for a POSIX shell that runs a graph. The key is in it nowhere: a command line is seen by everyone on the machine.</summary>
public static class CurlLine
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="server">The server's address, such as <c>http://127.0.0.1:8787</c>.</param>
    /// <param name="input">The message that goes in.</param>
    /// <param name="keyFile">A file that holds the key as a header, as <c>sluice keys create --as-header</c> writes it; null: the key comes from <c>SLUICE_API_KEY</c>.</param>
    /// <param name="stream">Whether the graph is a flow over streams, whose frames are shown as they come.</param>
    public static string For(
        string server,
        string graphId,
        JsonNode? input,
        string? keyFile = null,
        bool stream = false
    )
    {
        var body = new JsonObject { ["graph_id"] = graphId, ["input"] = input?.DeepClone() };
        if (!stream)
            body["wait"] = true;
        var url = server.TrimEnd('/') + "/invocations/v1/flows/invoke" + (stream ? "/stream" : "");
        // The shell's own printf: no process has the key among its arguments.
        var key = keyFile is null
            ? """printf 'Authorization: Bearer %s' "$SLUICE_API_KEY" | """
            : "";
        return $"{key}curl {(stream ? "-sSN" : "-sS")} -X POST {Quoted(url)} -H {Quoted("@" + (keyFile ?? "-"))} -H 'Content-Type: application/json' -d {Quoted(body.ToJsonString(Plain))}";
    }

    /// <summary>As one word of the shell, whatever is in it.</summary>
    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "@%+=:,./-_".Contains(c))
            ? text
            : "'" + text.Replace("'", "'\\''") + "'";
}
