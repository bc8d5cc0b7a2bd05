using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Edge;

/// <summary>What a program or a person reads about one graph, held against real calls of it.</summary>
public sealed partial class GraphFaceTests
{
    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Echo"] =
            "return Note(text=input.text + '!', number=input.number, trail=list(input.trail))",
    };

    [Fact]
    public async Task A_graphs_description_fits_the_call_that_it_describes_and_the_answer()
    {
        await using var house = await TestHouse.Open();
        var (tenant, graph) = await Compiled(house);
        var document = await Read(tenant, $"/api/v1/graphs/{graph}/openapi.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        Assert.Equal(
            house.Client.BaseAddress!.ToString().TrimEnd('/'),
            document.GetProperty("servers")[0].GetProperty("url").GetString()
        );
        var (path, methods) = document
            .GetProperty("paths")
            .EnumerateObject()
            .Select(each => (each.Name, each.Value))
            .Single();
        var operation = methods.GetProperty("post");
        var body = operation
            .GetProperty("requestBody")
            .GetProperty("content")
            .GetProperty("application/json");
        var example = body.GetProperty("example").GetRawText();
        using var answer = await tenant.Post(path, example);
        var answered = await TestHouse.Json(answer);
        Assert.Equal("succeeded", answered.GetProperty("status").GetString());
        var given = operation
            .GetProperty("responses")
            .GetProperty("200")
            .GetProperty("content")
            .GetProperty("application/json");
        var verdicts = await Judge(
            document,
            (
                body,
                [
                    example,
                    $$$"""{"graph_id":"{{{graph}}}","input":{"text":1}}""",
                    """{"input":{}}""",
                    """{"graph_id":"other","input":{}}""",
                ]
            ),
            (
                given,
                [
                    answered.GetRawText(),
                    given.GetProperty("example").GetRawText(),
                    answered.GetRawText().Replace("\"text\"", "\"words\""),
                ]
            )
        );
        Assert.Equal([true, false, false, false], verdicts[0]);
        Assert.Equal([true, true, false], verdicts[1]);
        Assert.All(
            Reference().Matches(document.GetRawText()).Select(match => match.Groups["name"].Value),
            name =>
                Assert.True(
                    document
                        .GetProperty("components")
                        .GetProperty("schemas")
                        .TryGetProperty(name, out _),
                    name
                )
        );
    }

    [Fact]
    public async Task A_graphs_schemas_say_what_goes_in_and_out()
    {
        await using var house = await TestHouse.Open();
        var (tenant, graph) = await Compiled(house);
        var schema = await Read(tenant, $"/api/v1/graphs/{graph}/schema");
        foreach (var end in new[] { "input", "output" })
        {
            var name = schema.GetProperty(end).GetProperty("$ref").GetString()!.Split('/')[^1];
            Assert.EndsWith(".works.Note", name);
            Assert.Equal(
                ["text", "number", "trail"],
                schema
                    .GetProperty(end)
                    .GetProperty("$defs")
                    .GetProperty(name)
                    .GetProperty("properties")
                    .EnumerateObject()
                    .Select(field => field.Name)
            );
        }
    }

    [Fact]
    public async Task The_curl_line_works_when_pasted_and_holds_no_key()
    {
        await using var house = await TestHouse.Open();
        var (tenant, graph) = await Compiled(house);
        var line = (await Read(tenant, $"/api/v1/graphs/{graph}")).GetProperty("curl").GetString()!;
        Assert.DoesNotContain(tenant.Key, line);
        var start = new ProcessStartInfo("/bin/sh", ["-c", line])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SLUICE_API_KEY"] = tenant.Key },
        };
        using var shell = Process.Start(start)!;
        var answer = await shell.StandardOutput.ReadToEndAsync();
        Assert.True(
            answer.Length > 0
                && JsonDocument.Parse(answer).RootElement.GetProperty("status").GetString()
                    == "succeeded",
            answer + await shell.StandardError.ReadToEndAsync()
        );
    }

    [Fact]
    public async Task A_graphs_page_works_without_script_allows_only_its_own_and_puts_the_key_nowhere()
    {
        await using var house = await TestHouse.Open();
        var (tenant, graph) = await Compiled(house);
        using var answer = await tenant.Get($"/api/v1/graphs/{graph}/docs");
        var page = await answer.Content.ReadAsStringAsync();
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("form-action 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        // Everything but the form is there as text: the line, both ends, each field.
        foreach (
            var said in new[] { "curl -sS -X POST", ".works.Note", "list of string", "Try it" }
        )
            Assert.Contains(said, page);
        Assert.Equal("<script src=\"/docs/try.js\" defer></script>", Script().Match(page).Value);
        Assert.DoesNotContain(tenant.Key, page);
        // Without a name, no browser puts a field into a form's address.
        Assert.All(Field().Matches(page), field => Assert.DoesNotContain(" name=", field.Value));
        Assert.DoesNotMatch(@"\son\w+=|style=|javascript:", page);

        using var asks = await house.Client.GetAsync($"/docs/graphs/{graph}");
        var shell = await asks.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, asks.StatusCode);
        Assert.Equal(policy, asks.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("Note", shell);
        Assert.Contains($"data-graph=\"{graph}\"", shell);
    }

    [Fact]
    public async Task What_an_author_writes_cannot_leave_the_text_of_a_graphs_page()
    {
        await using var house = await TestHouse.Open();
        var tenant = await house.NewTenant();
        var pushed = await Workshop.TryPush(
            tenant,
            Nodes,
            field: "// <script>alert(1)</script> \" onload='x' </code>\n  string note = 4;"
        );
        Assert.True(pushed.GetProperty("success").GetBoolean(), pushed.ToString());
        var graph = await Workshop.Chain(tenant, "marked", "Echo");
        var page = await (
            await tenant.Get($"/api/v1/graphs/{graph}/docs")
        ).Content.ReadAsStringAsync();
        Assert.Contains("&lt;script&gt;alert(1)", page);
        Assert.Single(Script().Matches(page));
        var shell = await house.Client.GetStringAsync("/docs/graphs/%22%3E%3Cscript%3E");
        Assert.Single(Script().Matches(shell));
    }

    [Fact]
    public async Task A_pages_script_sends_the_key_in_a_header_and_the_input_as_it_was_typed()
    {
        await using var house = await TestHouse.Open();
        var start = new ProcessStartInfo(
            "node",
            [Path.Combine(AppContext.BaseDirectory, "Edge", "check_try.mjs")]
        )
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(await house.Client.GetStringAsync("/docs/try.js"));
        node.StandardInput.Close();
        var said = await node.StandardOutput.ReadToEndAsync();
        Assert.True(
            node.WaitForExit(20_000) && node.ExitCode == 0,
            said + await node.StandardError.ReadToEndAsync()
        );
    }

    private static async Task<(TestTenant Tenant, string Graph)> Compiled(TestHouse house)
    {
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        return (tenant, await Workshop.Chain(tenant, "echo", "Echo"));
    }

    private static async Task<JsonElement> Read(TestTenant tenant, string path)
    {
        using var answer = await tenant.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await TestHouse.Json(answer);
    }

    /// <summary>Values judged by media types of the document, by an implementation that is not ours.</summary>
    private static async Task<List<bool[]>> Judge(
        JsonElement document,
        params (JsonElement MediaType, string[] Values)[] asked
    )
    {
        const string script =
            "import json, sys\nfrom jsonschema import Draft202012Validator as V\nfor line in sys.stdin:\n    a = json.loads(line)\n    V.check_schema(a['schema'])\n    print(json.dumps([V(a['schema']).is_valid(v) for v in a['values']]))\n";
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", script])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        using var process = Process.Start(start)!;
        foreach (var (mediaType, values) in asked)
        {
            var line = new JsonObject
            {
                ["schema"] = new JsonObject
                {
                    ["components"] = JsonNode.Parse(
                        document.GetProperty("components").GetRawText()
                    ),
                    ["allOf"] = new JsonArray(
                        JsonNode.Parse(mediaType.GetProperty("schema").GetRawText())
                    ),
                },
                ["values"] = new JsonArray([.. values.Select(value => JsonNode.Parse(value))]),
            };
            await process.StandardInput.WriteAsync(line.ToJsonString() + "\n");
        }
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        var wrong = await process.StandardError.ReadToEndAsync();
        Assert.True(wrong.Length == 0, wrong);
        return
        [
            .. said.Trim().Split('\n').Select(line => JsonSerializer.Deserialize<bool[]>(line)!),
        ];
    }

    [GeneratedRegex("\"#/components/schemas/(?<name>[^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<script.*?</script>")]
    private static partial Regex Script();

    [GeneratedRegex("<(?:input|textarea|button)[^>]*>")]
    private static partial Regex Field();
}
