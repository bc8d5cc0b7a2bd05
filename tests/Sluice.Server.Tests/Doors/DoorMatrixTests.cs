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
public abstract class DoorMatrixTests : DoorSuite
{
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
                    keys[missing] = key = await World.Owner.MintAsOperator(
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
                keys[endpoint.Needs] = key = await World.Owner.MintAsOperator(
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
                admin ? World.Owner.Key : null,
                admin ? null : request => request.Headers.Add(AdminDoor.Header, TestHouse.AdminKey)
            );
            Expect(status == 401, endpoint, $"{status} {body}");
            if (endpoint.Row.Dialect == RefusalDialect.Invocations)
                continue;
            Expect(Code(body) == "wrong_door", endpoint, body);
            var door =
                admin ? AdminDoor.Header
                : TakesKeys(endpoint) ? "bearer"
                : "a session";
            Expect(body.Contains(door, StringComparison.Ordinal), endpoint, body);
        }
        Report();
    }

    [Fact]
    public async Task A_key_and_a_session_at_each_others_doors_are_told_which_door_it_is()
    {
        foreach (var (endpoint, recipe) in Guarded())
        {
            if (endpoint.Row.Dialect == RefusalDialect.Invocations)
                continue;
            if (!TakesKeys(endpoint) && !endpoint.Row.Doors.HasFlag(Door.Admin))
            {
                var (status, body, _) = await Call(endpoint, recipe, World.Owner.Key);
                Expect(status == 401 && Code(body) == "wrong_door", endpoint, $"{status} {body}");
            }
            if (!endpoint.Row.Doors.HasFlag(Door.Session))
            {
                var (status, body, _) = await Call(endpoint, recipe, null, World.SignedIn.Sign);
                Expect(status == 401 && Code(body) == "wrong_door", endpoint, $"{status} {body}");
            }
        }
        Report();
    }

    [Fact]
    public async Task A_session_may_do_what_its_role_may_and_no_more()
    {
        foreach (var role in (string[])["owner", "admin", "policy_admin", "developer", "viewer"])
        {
            var visitor = await (await World.Owner.NewPerson(role)).SignIn();
            var rights = ScopeNames.OfRole(role);
            foreach (var (endpoint, recipe) in Guarded().Where(each => TakesKeys(each.Endpoint)))
            {
                var may = (endpoint.Needs & ~rights) == Scopes.None;
                if (may && recipe.Destroys)
                    continue;
                var (status, body, _) = await Call(endpoint, recipe, null, visitor.Sign);
                Expect(
                    may ? status is not (401 or 403 or >= 500) : Code(body) == "missing_scope",
                    endpoint,
                    $"{role}: {status} {body}"
                );
            }
        }
        Report();
    }

    [Fact]
    public async Task A_page_elsewhere_changes_nothing_with_a_sessions_cookie()
    {
        (string, string)[] pages =
        [
            ("Origin", "https://elsewhere.example"),
            ("Origin", "null"),
            ("Origin", ""),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Referer", "https://elsewhere.example/"),
        ];
        foreach (
            var (endpoint, recipe) in Guarded()
                .Where(each =>
                    each.Endpoint.Row.Doors.HasFlag(Door.Session)
                    && each.Endpoint.Method is not ("GET" or "HEAD")
                )
        )
        {
            foreach (var (header, value) in pages)
            {
                // A form can send text/plain without asking; the header that programs send it cannot send.
                var form = recipe with
                {
                    ContentType = "text/plain",
                };
                var (status, body, _) = await Call(
                    endpoint,
                    form,
                    null,
                    request =>
                    {
                        request.Headers.Add("Cookie", World.SignedIn.Cookie);
                        request.Headers.TryAddWithoutValidation(header, value);
                        if (header != "Referer")
                            request.Headers.Add("Sluice-Csrf", "1");
                    }
                );
                Expect(
                    status == 403 && Code(body) == "cross_site_request",
                    endpoint,
                    $"{header}: {value}: {status} {body}"
                );
            }
        }
        using var login = await Server.Send(
            HttpMethod.Post,
            "/api/v1/auth/login",
            "{}",
            adjust: request => request.Headers.Add("Origin", "https://elsewhere.example")
        );
        Assert.Equal("cross_site_request", Code(await login.Content.ReadAsStringAsync()));
        Report();
    }

    [Theory]
    [InlineData("X-Tenant-ID")]
    [InlineData("X-Org-ID")]
    [InlineData("X-Organization-ID")]
    public async Task A_tenant_header_may_only_repeat_the_credential(string header)
    {
        var (owner, stranger) = (World.Owner, World.Stranger);
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
                    World.Owner.Key,
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
    public async Task A_path_under_another_method_is_405_and_an_unknown_path_404()
    {
        foreach (var endpoint in Endpoints())
        {
            var recipe = Recipes.For(endpoint.Name, Recipes.Nobodys)![0];
            var (status, body, _) = await Call(
                endpoint with
                {
                    Method = "PROPFIND",
                },
                recipe,
                World.Owner.Key
            );
            Expect(
                status == 405 && Code(body) == "method_not_allowed",
                endpoint,
                $"{status} {body}"
            );
        }
        using var unknown = await Server.Client.GetAsync("/api/v1/nothing/here");
        Assert.Equal(404, (int)unknown.StatusCode);
        Assert.Equal("not_found", Code(await unknown.Content.ReadAsStringAsync()));
        Report();
    }
}

public sealed class DoorMatrixTestsOnSqlite(Houses houses) : DoorMatrixTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class DoorMatrixTestsOnPostgres(Houses houses) : DoorMatrixTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
