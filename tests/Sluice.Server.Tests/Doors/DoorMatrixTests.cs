using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Doors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Doors;

/// <summary>
/// Every endpoint that is served, against the table of doors: the cases are derived, not listed. Each test collects
/// all that is wrong before it fails.
/// </summary>
public abstract class DoorMatrixTests : IAsyncLifetime
{
    private readonly List<string> _wrong = [];
    private TestHouse _house = null!;
    private DoorWorld _world = null!;

    private protected abstract Task<TestHouse> Open();

    private protected abstract Lazy<Task<DoorWorld>> Shared { get; }

    public async ValueTask InitializeAsync()
    {
        _house = await Open();
        _world = await Shared.Value;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Every_endpoint_has_a_recipe_for_these_tests() =>
        Assert.Empty(
            Endpoints()
                .Where(endpoint => Recipes.For(endpoint.Name, Recipes.Nobodys) is null)
                .Select(endpoint => endpoint.Name)
        );

    [Fact]
    public async Task Nobody_is_let_in()
    {
        foreach (var (endpoint, recipe) in Guarded())
        {
            foreach (
                var bearer in (string?[])
                    [null, "", "garbage", "slc_live_00000000000000000000000000000000"]
            )
            {
                var (status, body, answer) = await Call(endpoint, recipe, bearer);
                Expect(status == 401, endpoint, $"'{bearer}' got {status}");
                if (endpoint.Row.Dialect == RefusalDialect.Invocations)
                    Expect(body == """{"error":"unauthorized"}""", endpoint, body);
                else
                    Expect(Code(body) == "unauthorized", endpoint, body);
                Expect(answer.Headers.Contains("X-Request-Id"), endpoint, "no X-Request-Id");
            }
        }
        Report();
    }

    [Fact]
    public async Task A_key_without_the_scope_is_told_which_one_it_lacks()
    {
        var keys = new Dictionary<Scopes, string>();
        foreach (var (endpoint, recipe) in Guarded().Where(each => TakesKeys(each.Endpoint)))
        {
            foreach (var missing in Each(endpoint.Needs))
            {
                if (!keys.TryGetValue(missing, out var key))
                {
                    var others = ScopeNames.All.Where(name => ScopeNames.Parse(name) != missing);
                    keys[missing] = key = await _world.Owner.MintAsOperator(
                        $"\"scopes\":{JsonSerializer.Serialize(others)}"
                    );
                }
                var (status, body, _) = await Call(endpoint, recipe, key);
                Expect(
                    status == 403 && Code(body) == "missing_scope",
                    endpoint,
                    $"{status} {body}"
                );
                Expect(
                    (string?)JsonNode.Parse(body)?["scope"] == ScopeNames.Names(missing)[0],
                    endpoint,
                    body
                );
            }
        }
        Report();
    }

    [Fact]
    public async Task The_scope_in_the_cell_is_enough()
    {
        var keys = new Dictionary<Scopes, string>();
        foreach (var (endpoint, recipe) in Guarded().Where(each => TakesKeys(each.Endpoint)))
        {
            if (recipe.Destroys || endpoint.Needs == Scopes.None)
                continue;
            if (!keys.TryGetValue(endpoint.Needs, out var key))
                keys[endpoint.Needs] = key = await _world.Owner.MintAsOperator(
                    $"\"scopes\":{JsonSerializer.Serialize(ScopeNames.Names(endpoint.Needs))}"
                );
            var (status, body, _) = await Call(endpoint, recipe, key);
            Expect(status is not (401 or 403 or >= 500), endpoint, $"{status} {body}");
        }
        Report();
    }

    [Fact]
    public async Task A_valid_credential_at_another_door_is_told_which_door_it_is()
    {
        foreach (var (endpoint, recipe) in Guarded())
        {
            var admin = endpoint.Row.Doors.HasFlag(Door.Admin);
            var (status, body, _) = await Call(
                endpoint,
                recipe,
                admin ? _world.Owner.Key : null,
                admin ? null : request => request.Headers.Add(AdminDoor.Header, TestHouse.AdminKey)
            );
            Expect(status == 401, endpoint, $"{status} {body}");
            if (endpoint.Row.Dialect == RefusalDialect.Invocations)
                continue;
            Expect(Code(body) == "wrong_door", endpoint, body);
            Expect(
                body.Contains(admin ? AdminDoor.Header : "bearer", StringComparison.Ordinal),
                endpoint,
                body
            );
        }
        Report();
    }

    [Theory]
    [InlineData("X-Tenant-ID")]
    [InlineData("X-Org-ID")]
    [InlineData("X-Organization-ID")]
    public async Task A_tenant_header_may_only_repeat_the_credential(string header)
    {
        var (owner, stranger) = (_world.Owner, _world.Stranger);
        foreach (var (endpoint, recipe) in Guarded().Where(each => TakesKeys(each.Endpoint)))
        {
            foreach (var other in (string[])[stranger.Handle, stranger.Id, "nobody"])
            {
                var (status, body, _) = await Call(
                    endpoint,
                    recipe,
                    owner.Key,
                    request => request.Headers.TryAddWithoutValidation(header, other)
                );
                Expect(
                    status == 403 && Code(body) == "tenant_mismatch",
                    endpoint,
                    $"{other}: {status} {body}"
                );
            }
            if (recipe.Destroys)
                continue;
            foreach (var own in (string[])[owner.Handle, owner.Id])
            {
                var (status, body, _) = await Call(
                    endpoint,
                    recipe,
                    owner.Key,
                    request => request.Headers.Add(header, own)
                );
                Expect(status is not (401 or 403), endpoint, $"{own}: {status} {body}");
            }
        }
        Report();
    }

    [Fact]
    public async Task A_contradicted_environment_is_refused()
    {
        foreach (var (endpoint, recipe) in Guarded().Where(each => TakesKeys(each.Endpoint)))
        {
            foreach (var claimed in (string[])["test", "production", "Live"])
            {
                var (status, body, _) = await Call(
                    endpoint,
                    recipe,
                    _world.Owner.Key,
                    request => request.Headers.Add("Sluice-Environment", claimed)
                );
                Expect(
                    status == 403 && Code(body) == "environment_mismatch",
                    endpoint,
                    $"{claimed}: {status} {body}"
                );
            }
        }
        Report();
    }

    [Fact]
    public async Task A_thing_of_another_tenant_is_not_found_as_if_it_never_were()
    {
        foreach (var endpoint in Endpoints())
        {
            var theirs = Recipes.For(endpoint.Name, Recipes.Of(_world)) ?? [];
            var nobodys = Recipes.For(endpoint.Name, Recipes.Nobodys) ?? [];
            foreach (var (real, random) in theirs.Zip(nobodys))
            {
                if (real.Speaks is not (Speaks.OfOne or Speaks.OfList))
                    continue;
                var (status, body, _) = await Call(endpoint, real, _world.Stranger.Key);
                var (none, nothing, _) = await Call(endpoint, random, _world.Stranger.Key);
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
            foreach (var recipe in Recipes.For(endpoint.Name, Recipes.Of(_world)) ?? [])
            {
                if (recipe.Speaks != Speaks.OfOne || recipe.InAnyEnvironment)
                    continue;
                var (status, body, _) = await Call(endpoint, recipe, _world.TestKey);
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
            foreach (var recipe in Recipes.For(endpoint.Name, Recipes.Of(_world)) ?? [])
            {
                if (recipe.Speaks != Speaks.OfOwnName)
                    continue;
                var third = await _house.NewTenant();
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
        var stranger = _world.Stranger;
        var answers = new List<string>();
        foreach (var handle in (string[])[_world.Owner.Handle, "nobody"])
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
    public async Task An_idempotency_key_of_another_tenant_is_another_key()
    {
        var stranger = await _house.NewTenant();
        await Workshop.Push(stranger, new Dictionary<string, string> { ["Echo"] = "return input" });
        var theirs = await Workshop.Chain(stranger, "echo", "Echo");
        var ids = new List<string>();
        foreach (
            var (tenant, graph) in new[] { (_world.Owner, _world.GraphId), (stranger, theirs) }
        )
        {
            using var answer = await _house.Send(
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

    [Fact]
    public async Task A_path_under_another_method_is_405_and_an_unknown_path_404()
    {
        foreach (var endpoint in Endpoints())
        {
            var recipe = Recipes.For(endpoint.Name, Recipes.Nobodys)![0];
            var (status, body, _) = await Call(
                endpoint with
                {
                    Method = "PATCH",
                },
                recipe,
                _world.Owner.Key
            );
            Expect(
                status == 405 && Code(body) == "method_not_allowed",
                endpoint,
                $"{status} {body}"
            );
        }
        using var unknown = await _house.Client.GetAsync("/api/v1/nothing/here");
        Assert.Equal(404, (int)unknown.StatusCode);
        Assert.Equal("not_found", Code(await unknown.Content.ReadAsStringAsync()));
        Report();
    }

    private async Task EverythingIsStillThere()
    {
        var owner = _world.Owner;
        foreach (
            var path in (string[])
                [
                    $"runs/{_world.RunId}",
                    $"flows/{_world.Flow}",
                    $"graphs/{_world.GraphId}",
                    $"configs/{_world.ConfigId}",
                    $"packages/{owner.Handle}/works/0.1.0",
                ]
        )
        {
            using var answer = await owner.Get($"/api/v1/{path}");
            if (!answer.IsSuccessStatusCode)
                _wrong.Add($"{path} is gone: {(int)answer.StatusCode}");
        }
        var keys = await TestHouse.Json(await owner.Get("/api/v1/keys?limit=200"));
        if (
            !keys.GetProperty("data")
                .EnumerateArray()
                .Any(key =>
                    key.GetProperty("id").GetString() == _world.KeyId
                    && key.GetProperty("revoked_at").ValueKind == JsonValueKind.Null
                )
        )
            _wrong.Add("the key is gone or revoked");
        var config = await TestHouse.Json(await owner.Get($"/api/v1/configs/{_world.ConfigId}"));
        if (config.GetProperty("secret_overrides").GetArrayLength() != 1)
            _wrong.Add("the override is gone");
        var secrets = await TestHouse.Json(await owner.Get("/api/v1/secrets"));
        if (secrets.GetProperty("data").GetArrayLength() != 1)
            _wrong.Add("the secret is gone");
    }

    private sealed record Served(string Method, string Name, Row Row)
    {
        public Scopes Needs => Method is "GET" or "HEAD" ? Row.Read : Row.Change;
    }

    private IEnumerable<Served> Endpoints()
    {
        var source = _house.Services.GetRequiredService<EndpointDataSource>();
        foreach (var endpoint in source.Endpoints.OfType<RouteEndpoint>())
        {
            var methods =
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods)
                yield return new Served(
                    method,
                    $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
                    DoorMiddleware.RowOf(endpoint)
                );
        }
    }

    private IEnumerable<(Served Endpoint, Recipe Recipe)> Guarded() =>
        from endpoint in Endpoints()
        where endpoint.Row.Doors != Door.None
        select (endpoint, Recipes.For(endpoint.Name, Recipes.Of(_world))![0]);

    private static bool TakesKeys(Served endpoint) => endpoint.Row.Doors.HasFlag(Door.Key);

    private async Task<(int Status, string Body, HttpResponseMessage Answer)> Call(
        Served endpoint,
        Recipe recipe,
        string? key,
        Action<HttpRequestMessage>? adjust = null
    )
    {
        using var answer = await _house.Send(
            new HttpMethod(endpoint.Method),
            recipe.Path,
            adjust: request =>
            {
                request.Content = recipe.Content();
                if (key is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
                adjust?.Invoke(request);
            }
        );
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    private void Expect(bool holds, Served endpoint, string otherwise)
    {
        if (!holds)
            _wrong.Add($"{endpoint.Name}: {otherwise}");
    }

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join("\n", _wrong));
    }

    private static IEnumerable<Scopes> Each(Scopes scopes) =>
        ScopeNames
            .All.Select(name => ScopeNames.Parse(name)!.Value)
            .Where(scope => scopes.HasFlag(scope));

    private static string? Code(string body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["code"];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body without what differs between any two requests.</summary>
    private static string Plain(string body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("request_id");
        return json.ToJsonString();
    }
}

public sealed class DoorMatrixTestsOnSqlite(Houses houses) : DoorMatrixTests
{
    private static Lazy<Task<DoorWorld>>? _shared;

    private protected override Task<TestHouse> Open() => houses.Sqlite;

    private protected override Lazy<Task<DoorWorld>> Shared =>
        _shared ??= new(async () => await DoorWorld.Make(await houses.Sqlite));
}

public sealed class DoorMatrixTestsOnPostgres(Houses houses) : DoorMatrixTests
{
    private static Lazy<Task<DoorWorld>>? _shared;

    private protected override Task<TestHouse> Open() => houses.Postgres;

    private protected override Lazy<Task<DoorWorld>> Shared =>
        _shared ??= new(async () => await DoorWorld.Make(await houses.Postgres));
}
