using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Doors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Doors;

/// <summary>Every endpoint that speaks of a thing, called by another tenant and from the other environment.</summary>
public abstract class TenancyTests : DoorSuite
{
    [Fact]
    public async Task A_thing_of_another_tenant_is_not_found_as_if_it_never_were()
    {
        foreach (var endpoint in Endpoints())
        {
            var theirs = Recipes.For(endpoint.Name, Recipes.Of(World)) ?? [];
            var nobodys = Recipes.For(endpoint.Name, Recipes.Nobodys) ?? [];
            foreach (var (real, random) in theirs.Zip(nobodys))
            {
                if (real.Speaks is not (Speaks.OfOne or Speaks.OfList))
                    continue;
                var (status, body, _) = await Call(endpoint, real, World.Stranger.Key);
                var (none, nothing, _) = await Call(endpoint, random, World.Stranger.Key);
                Expect(
                    status == (real.Speaks == Speaks.OfOne ? 404 : 200),
                    endpoint,
                    $"{real.Path}: {status} {body}"
                );
                Expect(
                    (status, Plain(body)) == (none, Plain(nothing)),
                    endpoint,
                    $"{body} for theirs, {nothing} for nobody's"
                );
                if (real.Speaks == Speaks.OfList)
                    Expect(JsonNode.Parse(body)!["data"]!.AsArray().Count == 0, endpoint, body);
            }
        }
        await EverythingIsStillThere();
        Report();
    }

    [Fact]
    public async Task A_key_of_the_other_environment_is_refused_with_the_reason()
    {
        foreach (var endpoint in Endpoints().Where(endpoint => endpoint.Row.Bound))
        {
            foreach (var recipe in Recipes.For(endpoint.Name, Recipes.Of(World)) ?? [])
            {
                if (recipe.Speaks != Speaks.OfOne || recipe.InAnyEnvironment)
                    continue;
                var (status, body, _) = await Call(endpoint, recipe, World.TestKey);
                Expect(
                    status == 403 && Code(body) == "environment_mismatch",
                    endpoint,
                    $"{recipe.Path}: {status} {body}"
                );
            }
        }
        await EverythingIsStillThere();
        Report();
    }

    [Fact]
    public async Task A_name_that_another_tenant_has_is_still_free()
    {
        foreach (var endpoint in Endpoints())
        {
            foreach (var recipe in Recipes.For(endpoint.Name, Recipes.Of(World)) ?? [])
            {
                if (recipe.Speaks != Speaks.OfOwnName)
                    continue;
                var third = await Server.NewTenant();
                var (status, body, _) = await Call(endpoint, recipe, third.Key);
                Expect(status == 201, endpoint, $"{status} {body}");
            }
        }
        await EverythingIsStillThere();
        Report();
    }

    [Fact]
    public async Task A_flow_cannot_be_built_on_another_tenants_package()
    {
        var stranger = World.Stranger;
        var answers = new List<string>();
        foreach (var handle in (string[])[World.Owner.Handle, "nobody"])
        {
            var document =
                $"name: {stranger.Handle}/theirs\nversion: 0.1.0\nnodes:\n  - alias: a\n    package: {handle}/works@0.1.0\n    node: Echo\n"
                + "edges:\n  - from: \"@flow_input\"\n    to: a\n  - from: a\n    to: \"@flow_output\"\n";
            using var answer = await stranger.Post(
                "/api/v1/flows/validate",
                JsonSerializer.Serialize(new Dictionary<string, string> { ["document"] = document })
            );
            var shown = await TestHouse.Json(answer);
            Assert.False(shown.GetProperty("passed").GetBoolean());
            answers.Add(shown.ToString().Replace(handle, "handle", StringComparison.Ordinal));
        }
        Assert.Equal(answers[1], answers[0]);
    }

    [Fact]
    public async Task A_flow_runs_graphs_of_its_own_tenant_and_environment_alone()
    {
        const string made = "01J00000000000000000000000";
        foreach (
            var (key, handle, graph, passes) in new[]
            {
                (World.Owner.Key, World.Owner.Handle, World.GraphId, true),
                (World.Owner.Key, World.Owner.Handle, made, false),
                (World.TestKey, World.Owner.Handle, World.GraphId, false),
                (World.Stranger.Key, World.Stranger.Handle, World.GraphId, false),
                (World.Owner.Key, World.Owner.Handle, World.Flow, true),
                (World.Owner.Key, World.Owner.Handle, $"{World.Owner.Handle}/nowhere", false),
                (World.TestKey, World.Owner.Handle, World.Flow, false),
                (World.Stranger.Key, World.Stranger.Handle, World.Flow, false),
            }
        )
        {
            var document =
                $"name: {handle}/outer\nnodes:\n  - alias: a\n    subflow: {graph}\n"
                + "edges:\n  - from: \"@flow_input\"\n    to: a\n  - from: a\n    to: \"@flow_output\"\n";
            using var answer = await Server.Send(
                HttpMethod.Post,
                "/api/v1/flows/validate",
                JsonSerializer.Serialize(
                    new Dictionary<string, string> { ["document"] = document }
                ),
                key
            );
            var shown = await TestHouse.Json(answer);
            Assert.Equal(passes, shown.GetProperty("passed").GetBoolean());
            if (passes)
                continue;
            var mistake = Assert.Single(shown.GetProperty("mistakes").EnumerateArray());
            Assert.Equal("flow_unknown_subflow", mistake.GetProperty("code").GetString());
            Assert.Equal("a", mistake.GetProperty("where").GetString());
            Assert.False(mistake.GetProperty("warning").GetBoolean());
        }
    }

    [Fact]
    public async Task A_flow_that_is_placed_by_its_name_is_the_graph_that_was_its_latest_then()
    {
        var tenant = await Server.NewTenant();
        await Workshop.Push(tenant, new Dictionary<string, string> { ["Echo"] = "return input" });
        var then = await Workshop.Chain(tenant, "inner", "Echo");
        var outer = await Workshop.Compile(
            tenant,
            "outer",
            $"name: {tenant.Handle}/outer\nnodes:\n  - {{alias: a, subflow: {tenant.Handle}/inner}}\n"
                + "edges:\n  - {from: \"@flow_input\", to: a}\n  - {from: a, to: \"@flow_output\"}\n"
        );
        Assert.NotEqual(then, await Workshop.Chain(tenant, "inner", "Echo", "Echo"));
        var run = (await Workshop.Invoke(tenant, outer)).GetProperty("execution_id").GetString();
        var parts = await TestHouse.Json(await tenant.Get($"/api/v1/runs?parent={run}"));
        var part = Assert.Single(parts.GetProperty("data").EnumerateArray());
        Assert.Equal(then, part.GetProperty("graph_id").GetString());
    }

    [Fact]
    public async Task An_idempotency_key_of_another_tenant_is_another_key()
    {
        var stranger = await Server.NewTenant();
        await Workshop.Push(stranger, new Dictionary<string, string> { ["Echo"] = "return input" });
        var theirs = await Workshop.Chain(stranger, "echo", "Echo");
        var ids = new List<string>();
        foreach (var (tenant, graph) in new[] { (World.Owner, World.GraphId), (stranger, theirs) })
        {
            using var answer = await Server.Send(
                HttpMethod.Post,
                "/invocations/v1/flows/invoke",
                $$"""{"graph_id":"{{graph}}"}""",
                tenant.Key,
                adjust: request => request.Headers.Add("Idempotency-Key", "the same for both")
            );
            Assert.Equal(200, (int)answer.StatusCode);
            ids.Add((await TestHouse.Json(answer)).GetProperty("execution_id").GetString()!);
        }
        Assert.NotEqual(ids[0], ids[1]);
    }

    private async Task EverythingIsStillThere()
    {
        var owner = World.Owner;
        foreach (
            var path in (string[])
                [
                    $"runs/{World.RunId}",
                    $"flows/{World.Flow}",
                    $"graphs/{World.GraphId}",
                    $"configs/{World.ConfigId}",
                    $"packages/{owner.Handle}/works/0.1.0",
                ]
        )
        {
            using var answer = await owner.Get($"/api/v1/{path}");
            if (!answer.IsSuccessStatusCode)
                Wrong.Add($"{path} is gone: {(int)answer.StatusCode}");
        }
        var keys = await TestHouse.Json(await owner.Get("/api/v1/keys?limit=200"));
        if (
            !keys.GetProperty("data")
                .EnumerateArray()
                .Any(key =>
                    key.GetProperty("id").GetString() == World.KeyId
                    && key.GetProperty("revoked_at").ValueKind == JsonValueKind.Null
                )
        )
            Wrong.Add("the key is gone or revoked");
        var config = await TestHouse.Json(await owner.Get($"/api/v1/configs/{World.ConfigId}"));
        if (config.GetProperty("secret_overrides").GetArrayLength() != 1)
            Wrong.Add("the override is gone");
        var secrets = await TestHouse.Json(await owner.Get("/api/v1/secrets"));
        if (secrets.GetProperty("data").GetArrayLength() != 1)
            Wrong.Add("the secret is gone");
    }

    /// <summary>The body without what differs between any two requests.</summary>
    private static string Plain(string body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("request_id");
        return json.ToJsonString();
    }
}

public sealed class TenancyTestsOnSqlite(Houses houses) : TenancyTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class TenancyTestsOnPostgres(Houses houses) : TenancyTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
