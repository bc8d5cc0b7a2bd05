using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;
using static Sluice.Server.Description.Html;

namespace Sluice.Server.Description;

/// <summary>
/// One graph as a page for people: how to call it, a form that tries it, and its messages. All but the form works
/// without script; the form's key goes from its field into a header and nowhere else.
/// </summary>
internal sealed class GraphPage
{
    private const string Messages = "#message-";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StringBuilder _html = new();

    public static string Write(LoadedGraph graph, string curl)
    {
        var page = new GraphPage();
        page.Body(graph, curl);
        return page._html.ToString();
    }

    /// <summary>The page before it has a key: it says nothing of any graph, and asks.</summary>
    public static string Ask(string id) =>
        Head("Sluice: a graph", scripted: true)
        + $"""
            <body class="welcome">
            <main id="content" tabindex="-1">
            <h1>A graph's page</h1>
            <p>Graph <code>{E(id)}</code>. Its page is shown to those who may read it.</p>
            <form id="open" data-graph="{E(id)}">
            <p><label for="key">API key, with <code>flows:read</code></label>
            <input id="key" type="password" autocomplete="off" spellcheck="false" required></p>
            <p><button>Show</button></p>
            <p id="said" role="status"></p>
            </form>
            <p class="who">The key is sent with the requests of this page and is kept nowhere. Without script: <code>GET /api/v1/graphs/{E(
                id
            )}/docs</code> with the key as bearer answers with the page.</p>
            </main>
            </body>
            </html>

            """;

    private void Body(LoadedGraph graph, string curl)
    {
        var schemas = new JsonSchemas(Messages);
        var input = schemas.Refer(graph.Plan.Input);
        var output = schemas.Refer(graph.Plan.Output);
        _html.Append(Head(graph.Row.Flow, scripted: true));
        Line("<body class=\"welcome\"><a class=\"skip\" href=\"#content\">To the content</a>");
        Line($"<main id=\"content\" tabindex=\"-1\"><h1>{E(graph.Row.Flow)}</h1>");
        if (graph.Flow.Description.Length > 0)
            Line($"<p>{Prose(graph.Flow.Description)}</p>");
        Line(
            $"<p class=\"who\">Graph <code>{E(graph.Row.Id)}</code>, compiled from revision {graph.Row.Revision}; environment <code>{E(graph.Row.Environment)}</code>. It never changes.</p>"
        );
        Line("<section id=\"call\"><h2>Call it</h2>");
        Line(
            $"<p><b>POST</b> <code>{E(GraphApi.Path)}</code> with an API key as bearer that has <code>runs:write</code>. In a shell, with the key in <code>SLUICE_API_KEY</code>:</p>"
        );
        Line($"<pre><code>{E(curl)}</code></pre>");
        Line(
            $"<p>For programs: <code>/api/v1/graphs/{E(graph.Row.Id)}/openapi.json</code> and <code>…/schema</code>.</p></section>"
        );
        Form(graph);
        Line($"<section><h2>Takes</h2><p>{Kind(input)}</p></section>");
        Line($"<section><h2>Gives</h2><p>{Kind(output)}</p>");
        Line(
            $"<pre><code>{E(JsonExamples.Of(graph.Plan.Output).ToJsonString(Readable))}</code></pre></section>"
        );
        Line("<h2>Messages</h2>");
        foreach (var (name, message) in schemas.Definitions())
            Message(name, (JsonObject)message!);
        Line("</main></body></html>");
    }

    private void Form(LoadedGraph graph) =>
        Line(
            $"""
            <section><h2>Try it</h2>
            <form id="try" data-graph="{E(graph.Row.Id)}">
            <p><label for="key">API key, with <code>runs:write</code></label>
            <input id="key" type="password" autocomplete="off" spellcheck="false" required></p>
            <p><label for="input">Input</label>
            <textarea id="input" rows="12" spellcheck="false">
            {E(GraphFace.Example(graph).ToJsonString(Readable))}</textarea></p>
            <p><button>Run</button></p>
            <p id="said" role="status"></p>
            <pre id="answer" hidden tabindex="0"></pre>
            </form>
            <noscript><p>The form needs script; the line above does the same without.</p></noscript>
            <p class="who">The key goes with the call as a header, and is kept nowhere. The run is on record like any other.</p>
            </section>
            """
        );

    private void Message(string name, JsonObject schema)
    {
        Line($"<section id=\"message-{E(name)}\"><h3><code>{E(name)}</code></h3>");
        foreach (var line in Text(schema["description"]).Split('\n'))
            Line($"<p>{Prose(line)}</p>");
        if (schema["anyOf"] is JsonArray)
            Line($"<p>{Kind(schema)}</p>");
        if (schema["properties"] is JsonObject { Count: > 0 } members)
        {
            Line("<dl>");
            foreach (var (member, value) in members)
                Line(
                    $"<dt><code>{E(member)}</code> <i>{Kind((JsonObject)value!)}</i></dt><dd>{Prose(value!["description"])}</dd>"
                );
            Line("</dl>");
        }
        foreach (var rule in schema["allOf"]?.AsArray() ?? [])
            Line($"<p>{Prose(rule!["description"])}</p>");
        Line("</section>");
    }

    /// <summary>What a value may be, in a few words; messages are links.</summary>
    private static string Kind(JsonObject schema)
    {
        if (schema["$ref"] is { } reference)
            return $"<a href=\"{E(reference)}\">{E(Text(reference)[Messages.Length..])}</a>";
        if (schema["anyOf"] is JsonArray choices)
            return string.Join(" or ", choices.Select(choice => Kind((JsonObject)choice!)));
        if (schema["enum"] is JsonArray values)
            return string.Join(", ", values.Select(value => $"<code>{E(value)}</code>"));
        var type = Text(schema["type"]);
        if (schema["items"] is JsonObject items)
            return $"list of {Kind(items)}";
        if (schema["additionalProperties"] is JsonObject entries)
            return $"map of {Kind(entries)}";
        if (type == "string" && schema["format"] is { } format)
            return E(format);
        return schema["contentEncoding"] is { } encoding ? E(encoding)
            : type.Length == 0 ? "anything"
            : E(type);
    }

    private void Line(string html) => _html.Append(html).Append('\n');
}
