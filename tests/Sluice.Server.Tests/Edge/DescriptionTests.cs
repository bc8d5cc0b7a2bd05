using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Sluice.Server.Description;
using Sluice.Server.Doors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Edge;

/// <summary>The API description: made from the code, committed, served, and true of real answers.</summary>
public sealed class DescriptionTests
{
    private static readonly string Committed = Path.Combine(Root(), "spec", "openapi.json");

    [Fact]
    public async Task The_committed_description_says_what_the_code_says()
    {
        Assert.True(
            await File.ReadAllTextAsync(Committed) == await FromCode(),
            "spec/openapi.json is not what the code says: run ./dev openapi, look at the difference, and commit it"
        );
    }

    [Fact]
    public async Task The_same_code_is_described_in_the_same_words_each_time() =>
        Assert.Equal(await FromCode(), await FromCode());

    [Fact]
    public async Task Each_operation_says_which_credential_and_which_scopes_it_needs()
    {
        foreach (var (method, path, operation) in Operations(await Description()))
        {
            var row = DoorTable.Find(method, path)!;
            var security = operation.GetProperty("security");
            if (row.Doors == Door.None)
            {
                Assert.Equal(0, security.GetArrayLength());
                continue;
            }
            if (row.Doors == Door.Admin)
            {
                Assert.True(security[0].TryGetProperty("admin_key", out _), path);
                continue;
            }
            var ways = security
                .EnumerateArray()
                .Select(way => way.EnumerateObject().Single())
                .ToDictionary(way => way.Name, way => way.Value);
            Assert.Equal(row.Doors.HasFlag(Door.Key), ways.ContainsKey("api_key"));
            Assert.Equal(row.Doors.HasFlag(Door.Session), ways.ContainsKey("session"));
            Assert.All(
                ways.Values,
                names =>
                    Assert.Equal(
                        ScopeNames.Names(method == "GET" ? row.Read : row.Change),
                        names.EnumerateArray().Select(name => name.GetString())
                    )
            );
            Assert.True(operation.GetProperty("responses").TryGetProperty("401", out _), path);
        }
    }

    [Fact]
    public async Task Each_operation_answers_something_and_has_a_name_of_its_own()
    {
        var operations = Operations(await Description()).ToList();
        Assert.All(
            operations,
            entry =>
                Assert.Contains(
                    entry.Operation.GetProperty("responses").EnumerateObject(),
                    answer => answer.Name[0] == '2'
                )
        );
        var names = operations.Select(entry =>
            entry.Operation.GetProperty("operationId").GetString()
        );
        Assert.Equal(operations.Count, names.Distinct().Count());
    }

    [Fact]
    public async Task Every_reference_leads_to_a_shape()
    {
        var description = await Description();
        var shapes = description.GetProperty("components").GetProperty("schemas");
        Assert.All(
            References(description),
            reference =>
                Assert.True(shapes.TryGetProperty(reference.Split('/')[^1], out _), reference)
        );
    }

    [Fact]
    public async Task What_is_served_is_what_is_committed()
    {
        await using var house = await TestHouse.Open();
        Assert.Equal(
            await File.ReadAllTextAsync(Committed),
            await house.Client.GetStringAsync("/openapi.json")
        );
    }

    [Fact]
    public async Task Real_answers_have_the_members_that_their_shapes_name()
    {
        await using var house = await TestHouse.Open();
        var tenant = await house.NewTenant();
        await tenant.Put("/api/v1/secrets/TOKEN", """{"value":"one"}""");
        await Workshop.Push(
            tenant,
            new Dictionary<string, string> { ["Echo"] = "ax.log.info('here')\nreturn input" }
        );
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        var description = await Description();
        foreach (var wait in (string[])["true", "false"])
            await Conforms(
                description,
                "/invocations/v1/flows/invoke",
                "post",
                await tenant.Post(
                    "/invocations/v1/flows/invoke",
                    $$"""{"graph_id":"{{graph}}","input":{"text":"x"},"wait":{{wait}}}"""
                )
            );
        var run = (await Workshop.Invoke(tenant, graph)).GetProperty("execution_id").GetString();
        await Conforms(
            description,
            "/api/v1/runs/{id}",
            "get",
            await tenant.Get($"/api/v1/runs/{run}")
        );
        await Conforms(
            description,
            "/api/v1/runs/{id}/logs",
            "get",
            await tenant.Get($"/api/v1/runs/{run}/logs")
        );
        await Conforms(description, "/health", "get", await house.Client.GetAsync("/health"));
        await Conforms(description, "/", "get", await house.Client.GetAsync("/"));
        await Conforms(
            description,
            "/api/v1/keys",
            "post",
            await tenant.Post("/api/v1/keys", """{"name":"laptop"}""")
        );
        await Conforms(
            description,
            "/api/v1/configs",
            "put",
            await tenant.Put("/api/v1/configs", """{"params":{"A":"b"}}""")
        );
        foreach (
            var path in (string[])
                [
                    "/api/v1/keys",
                    "/api/v1/whoami",
                    "/api/v1/secrets",
                    "/api/v1/configs",
                    "/api/v1/packages",
                    "/api/v1/flows",
                    "/api/v1/graphs",
                    "/api/v1/runs",
                    "/api/v1/usage",
                ]
        )
            await Conforms(description, path, "get", await tenant.Get(path));
    }

    [Fact]
    public async Task The_reference_page_names_every_operation_and_needs_no_script_and_no_other_host()
    {
        await using var house = await TestHouse.Open();
        using var answer = await house.Client.GetAsync("/docs");
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(
            "default-src 'none'; style-src 'self'",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=\"(?!/|#)", page);
        Assert.All(
            Operations(await Description()),
            entry =>
                Assert.Contains(
                    $"id=\"{entry.Operation.GetProperty("operationId").GetString()}\"",
                    page,
                    StringComparison.Ordinal
                )
        );
        using var style = await house.Client.GetAsync("/docs/reference.css");
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_first_page_is_a_page_for_people_and_JSON_for_programs()
    {
        await using var house = await TestHouse.Open();
        using var forProgram = await house.Client.GetAsync("/");
        var json = await TestHouse.Json(forProgram);
        Assert.Equal("sluice", json.GetProperty("service").GetString());
        Assert.Equal("/openapi.json", json.GetProperty("links").GetProperty("openapi").GetString());
        using var forPerson = await house.Send(
            HttpMethod.Get,
            "/",
            adjust: request => request.Headers.Add("Accept", "text/html,*/*;q=0.8")
        );
        Assert.Equal(HttpStatusCode.OK, forPerson.StatusCode);
        Assert.Contains(
            "<h1>Sluice</h1>",
            await forPerson.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> FromCode()
    {
        await using var app = House.Assemble([]);
        return ApiDescription.Write(((IEndpointRouteBuilder)app).DataSources, Health.Version);
    }

    private static async Task<JsonElement> Description() =>
        JsonDocument.Parse(await FromCode()).RootElement.Clone();

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(
        JsonElement description
    ) =>
        description
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(entry => (entry.Name.ToUpperInvariant(), path.Name, entry.Value))
            );

    private static IEnumerable<string> References(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member =>
                    member.NameEquals("$ref")
                        ? [member.Value.GetString()!]
                        : References(member.Value)
                ),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
            _ => [],
        };

    private static async Task Conforms(
        JsonElement description,
        string path,
        string method,
        HttpResponseMessage answer
    )
    {
        var schema = description
            .GetProperty("paths")
            .GetProperty(path)
            .GetProperty(method)
            .GetProperty("responses")
            .GetProperty(((int)answer.StatusCode).ToString())
            .GetProperty("content")
            .GetProperty("application/json")
            .GetProperty("schema");
        var name = schema.GetProperty("$ref").GetString()!.Split('/')[^1];
        Match(
            description.GetProperty("components").GetProperty("schemas").GetProperty(name),
            await TestHouse.Json(answer),
            $"{method} {path}"
        );
        answer.Dispose();
    }

    private static void Match(JsonElement schema, JsonElement value, string where)
    {
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var entry in value.EnumerateArray())
                Match(items, entry, where);
        }
        if (
            value.ValueKind != JsonValueKind.Object
            || schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties)
        )
            return;
        foreach (var member in value.EnumerateObject())
        {
            Assert.True(
                properties.TryGetProperty(member.Name, out var inner),
                $"{where}: {member.Name} is not described"
            );
            Match(inner, member.Value, $"{where}.{member.Name}");
        }
        if (schema.TryGetProperty("required", out var required))
            Assert.All(
                required.EnumerateArray(),
                name =>
                    Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{where}: {name}")
            );
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MAP.md")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
