using System.Text;
using System.Text.Json.Nodes;
using static Sluice.Server.Description.Html;

namespace Sluice.Server.Description;

/// <summary>The description as one page for people: a table of contents, then each operation, with its members open to view.</summary>
internal sealed class ReferencePage
{
    private readonly StringBuilder _html = new();
    private readonly JsonObject _document;

    private ReferencePage(JsonObject document) => _document = document;

    /// <param name="document">An OpenAPI document of ours, UTF-8.</param>
    public static string Write(ReadOnlySpan<byte> document) =>
        new ReferencePage(JsonNode.Parse(document)!.AsObject()).Page();

    private sealed record Operation(string Method, string Path, JsonObject Json)
    {
        public string Id => Text(Json["operationId"]);

        public string Tag => Text(Json["tags"]![0]);
    }

    private string Page()
    {
        var operations = _document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => new Operation(
                        operation.Key.ToUpperInvariant(),
                        path.Key,
                        operation.Value!.AsObject()
                    ))
            )
            .ToLookup(operation => operation.Tag);
        var tags = _document["tags"]!.AsArray().Select(tag => Text(tag!["name"])).ToList();
        _html.Append(Head("Sluice: reference of the API"));
        Line(
            """
            <body>
            <a class="skip" href="#content">To the content</a>
            <nav aria-label="Operations">
            <p><a href="/">Sluice</a></p>
            """
        );
        foreach (var tag in tags)
        {
            Line($"<details open><summary>{E(tag)}</summary><ul>");
            foreach (var operation in operations[tag])
                Line(
                    $"<li><a href=\"#{E(operation.Id)}\"><b>{operation.Method}</b> {E(operation.Path)}</a></li>"
                );
            Line("</ul></details>");
        }
        Line("</nav><main id=\"content\"><h1>Reference of the API</h1>");
        Line(
            $"<p>Version {E(_document["info"]!["version"])}. {Prose(_document["info"]!["description"])}</p>"
        );
        foreach (var tag in tags)
        {
            Line($"<h2>{E(tag)}</h2>");
            foreach (var operation in operations[tag])
                Section(operation);
        }
        Line("</main></body></html>");
        return _html.ToString();
    }

    private void Section(Operation operation)
    {
        Line(
            $"<section id=\"{E(operation.Id)}\"><h3><b>{operation.Method}</b> <code>{E(operation.Path)}</code></h3>"
        );
        Line(
            $"<p>{Prose(operation.Json["summary"])}.</p><p class=\"who\">{Who(operation.Json)}</p>"
        );
        if (operation.Json["parameters"] is JsonArray parameters)
        {
            Line("<h4>Parameters</h4><dl>");
            foreach (var parameter in parameters)
                Line(
                    $"<dt><code>{E(parameter!["name"])}</code> <i>{E(parameter["in"])}</i></dt><dd>{Prose(parameter["description"])}</dd>"
                );
            Line("</dl>");
        }
        if (operation.Json["requestBody"] is { } body)
        {
            Line("<h4>Takes</h4>");
            Content(body["content"]!.AsObject());
        }
        Line("<h4>Answers</h4>");
        foreach (var (status, answer) in operation.Json["responses"]!.AsObject())
            Answer(status, answer!.AsObject());
        Line("</section>");
    }

    private void Answer(string status, JsonObject answer)
    {
        if (status[0] == '2')
        {
            Line($"<p><b class=\"yes\">{status}</b> {Prose(answer["description"])}</p>");
            if (answer["content"] is JsonObject content)
                Content(content);
            return;
        }
        Line($"<details class=\"no\"><summary><b>{status}</b></summary><ul>");
        foreach (var line in Text(answer["description"]).Split('\n'))
            Line($"<li>{Prose(line.TrimStart('-', ' '))}</li>");
        Line("</ul></details>");
    }

    private void Content(JsonObject content)
    {
        foreach (var (mediaType, body) in content)
        {
            var schema = body!["schema"]!.AsObject();
            Line($"<p><code>{E(mediaType)}</code> {Prose(schema["description"])}</p>");
            Members(schema, depth: 0);
        }
    }

    private void Members(JsonObject schema, int depth)
    {
        var resolved = Resolve(schema);
        if (resolved["items"] is JsonObject items)
            resolved = Resolve(items);
        if (resolved["properties"] is not JsonObject members || depth > 6)
            return;
        var required = resolved["required"]?.AsArray().Select(Text).ToHashSet() ?? [];
        Line("<dl>");
        foreach (var (name, value) in members)
        {
            var member = value as JsonObject ?? [];
            Line(
                $"<dt><code>{E(name)}</code> <i>{E(Kind(member))}{(required.Contains(name) ? "" : ", may be absent")}</i></dt><dd>{Prose(member["description"])}"
            );
            Members(member, depth + 1);
            Line("</dd>");
        }
        Line("</dl>");
    }

    private JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference
            ? _document["components"]!["schemas"]![Text(reference).Split('/')[^1]]!.AsObject()
            : schema;

    private static string Kind(JsonObject member) =>
        member["format"] is { } format ? Text(format)
        : member["enum"] is JsonArray values ? string.Join(" | ", values.Select(Text))
        : member["type"] switch
        {
            JsonArray types => string.Join(" or ", types.Select(Text)),
            { } type => Text(type),
            null => "any",
        };

    private static string Who(JsonObject operation)
    {
        if (operation["security"] is not JsonArray { Count: > 0 } security)
            return "Anybody may ask.";
        var (scheme, scopes) = security[0]!.AsObject().First();
        if (scheme == "admin_key")
            return "With the operator's key in <code>X-Admin-API-Key</code>.";
        var ways = string.Join(
            ", or ",
            security.Select(way =>
                way!.AsObject().First().Key == "session"
                    ? "with a session"
                    : "with an API key as bearer"
            )
        );
        var names = scopes!.AsArray().Select(scope => $"<code>{E(scope)}</code>").ToList();
        var who = char.ToUpperInvariant(ways[0]) + ways[1..];
        return names.Count == 0 ? $"{who}." : $"{who}, that has {string.Join(" and ", names)}.";
    }

    private void Line(string html) => _html.Append(html).Append('\n');
}
