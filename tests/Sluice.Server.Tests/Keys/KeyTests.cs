using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Keys;

/// <summary>Seed 002's and decision 1's promises about keys, through the real server.</summary>
public abstract class KeyTests
{
    /// <summary>The server under test; shared, so each test makes tenants of its own.</summary>
    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task A_revoked_key_fails_on_its_very_next_use()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey();
        Assert.Equal(
            HttpStatusCode.OK,
            (await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await tenant.Delete($"/api/v1/keys/{id}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await tenant.Delete($"/api/v1/keys/{id}")).StatusCode
        );
    }

    [Fact]
    public async Task How_long_a_refusal_takes_is_no_measure_of_what_became_of_a_key()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (revoked, text) = await tenant.MintKey();
        using var ended = await tenant.Delete($"/api/v1/keys/{revoked}");
        var never = KeyText.MintStandard("slc", KeyEnvironment.Live);
        foreach (var dead in (string[])[text, never])
            await TakesItsTime(
                () => house.Send(HttpMethod.Get, "/api/v1/whoami", key: dead),
                HttpStatusCode.Unauthorized
            );
    }

    [Fact]
    public async Task A_foreign_key_takes_as_long_to_check_as_one_that_never_was()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (_, foreign) = await (await house.NewTenant()).MintKey();
        var never = KeyText.MintStandard("slc", KeyEnvironment.Live);
        foreach (var dead in (string[])[foreign, never])
        {
            await TakesItsTime(
                () => tenant.Post("/api/v1/keys/verify", $$"""{"key":"{{dead}}"}"""),
                HttpStatusCode.OK
            );
            await TakesItsTime(
                () =>
                    house.Send(
                        HttpMethod.Post,
                        "/api/v1/keys/introspect",
                        key: tenant.Key,
                        adjust: call =>
                            call.Content = new FormUrlEncodedContent([new("token", dead)])
                    ),
                HttpStatusCode.OK
            );
        }
    }

    /// <summary>The answer leaves a while after its call came, each time.</summary>
    private static async Task TakesItsTime(
        Func<Task<HttpResponseMessage>> call,
        HttpStatusCode status
    )
    {
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await call();
            var took = Stopwatch.GetElapsedTime(began);
            Assert.Equal(status, answer.StatusCode);
            quickest = took < quickest ? took : quickest;
        }
        // The clock that says so goes by ticks of some milliseconds.
        Assert.True(quickest >= EvenAnswer.After / 2, $"{quickest}");
    }

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_hash_is_kept()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var answer = await tenant.Post("/api/v1/keys", """{"name":"ci"}""");
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var text = (await TestHouse.Json(answer)).GetProperty("key").GetString()!;
        var listed = await (await tenant.Get("/api/v1/keys")).Content.ReadAsStringAsync();
        Assert.DoesNotContain(text, listed);
        Assert.Contains(text[^4..], listed);
    }

    [Fact]
    public async Task A_mask_is_the_first_eight_and_the_last_four_characters()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var json = await TestHouse.Json(
            await tenant.Post("/api/v1/keys", """{"name":"hex","shape":"hex"}""")
        );
        var text = json.GetProperty("key").GetString()!;
        Assert.Matches("^[0-9a-f]{64}$", text);
        Assert.Equal($"{text[..8]}…{text[^4..]}", json.GetProperty("masked").GetString());
        Assert.Equal("live", json.GetProperty("environment").GetString());
    }

    [Fact]
    public async Task Last_used_is_never_until_the_key_authenticates_a_request()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey();
        Assert.Null(await LastUsed(tenant, id));
        await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        // The write is behind the request: the list is asked until it shows, and the test's own limit ends it otherwise.
        while (await LastUsed(tenant, id) is null)
            await Task.Yield();
    }

    [Fact]
    public async Task A_key_cannot_be_wider_than_its_maker()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (_, narrow) = await tenant.MintKey("\"scopes\":[\"keys:write\",\"runs:read\"]");
        using var wide = await house.Send(
            HttpMethod.Post,
            "/api/v1/keys",
            """{"name":"x","scopes":["secrets:write"]}""",
            narrow
        );
        Assert.Equal(HttpStatusCode.Forbidden, wide.StatusCode);
        Assert.Equal(
            "key_wider_than_caller",
            (await TestHouse.Json(wide)).GetProperty("code").GetString()
        );
        using var scopeless = await house.Send(
            HttpMethod.Post,
            "/api/v1/keys",
            """{"name":"x"}""",
            narrow
        );
        var scopes = (await TestHouse.Json(scopeless))
            .GetProperty("scopes")
            .EnumerateArray()
            .Select(scope => scope.GetString());
        Assert.Equal(["runs:read", "keys:write"], scopes);
    }

    [Fact]
    public async Task Every_mistake_of_a_request_is_named_at_once()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var answer = await tenant.Post(
            "/api/v1/keys",
            """{"name":"","environment":"prod","shape":"round","scopes":["fly","run"]}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var mistakes = (await TestHouse.Json(answer))
            .GetProperty("mistakes")
            .EnumerateArray()
            .Select(m => m.GetProperty("where").GetString());
        Assert.Equal(["name", "shape", "environment", "scopes", "scopes"], mistakes);
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("""{"name":"a","colour":"red"}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""["name"]""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    public async Task A_body_that_is_not_what_the_route_takes_is_refused_with_a_position(
        string body
    )
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var answer = await tenant.Post("/api/v1/keys", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var json = await TestHouse.Json(answer);
        Assert.Equal("invalid_body", json.GetProperty("code").GetString());
        Assert.True(json.GetProperty("mistakes")[0].GetProperty("line").GetInt32() >= 1);
    }

    [Fact]
    public async Task A_workflows_scope_is_stored_as_the_flows_scope()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var json = await TestHouse.Json(
            await tenant.Post(
                "/api/v1/keys",
                """{"name":"nf","scopes":["workflows:read","workflows:write"]}"""
            )
        );
        Assert.Equal(
            ["flows:read", "flows:write"],
            json.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())
        );
    }

    [Fact]
    public async Task A_key_of_one_environment_is_not_seen_in_the_other()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var test = await tenant.MintAsOperator("\"environment\":\"test\"");
        var (liveId, _) = await tenant.MintKey();
        Assert.StartsWith("slc_test_", test);
        var listed = await (
            await house.Send(HttpMethod.Get, "/api/v1/keys", key: test)
        ).Content.ReadAsStringAsync();
        Assert.DoesNotContain(liveId, listed);
        using var revoke = await house.Send(HttpMethod.Delete, $"/api/v1/keys/{liveId}", key: test);
        Assert.Equal(
            "environment_mismatch",
            (await TestHouse.Json(revoke)).GetProperty("code").GetString()
        );
        using var mint = await house.Send(
            HttpMethod.Post,
            "/api/v1/keys",
            """{"name":"x","environment":"live"}""",
            test
        );
        Assert.Equal(
            "environment_mismatch",
            (await TestHouse.Json(mint)).GetProperty("code").GetString()
        );
    }

    [Fact]
    public async Task Making_an_organisation_again_changes_nothing_and_answers_without_a_key()
    {
        var house = await Open();
        const string body = """{"org_id":"acme","name":"Acme"}""";
        using var first = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations",
            body,
            admin: true
        );
        using var second = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations",
            """{"org_id":"acme","name":"Other"}""",
            admin: true
        );
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var again = await TestHouse.Json(second);
        Assert.Equal("Acme", again.GetProperty("name").GetString());
        Assert.Equal(
            (await TestHouse.Json(first)).GetProperty("tenant_id").GetString(),
            again.GetProperty("tenant_id").GetString()
        );
        Assert.Equal(System.Text.Json.JsonValueKind.Null, again.GetProperty("key").ValueKind);
    }

    [Fact]
    public async Task The_store_holds_the_SHA256_of_a_key_and_not_its_text()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var kept = await house.Database.Read(session =>
            session.Of(tenant.Id).First<byte[]>("SELECT hash FROM keys WHERE tenant_id = @tenant")
        );
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(tenant.Key)), kept);
        if (house.Database.Dialect != Sluice.Server.Store.Dialect.Sqlite)
            return;
        var files = Directory.GetFiles(house.Data, "sluice.db*").Select(File.ReadAllBytes).ToList();
        Assert.NotEmpty(files);
        Assert.All(
            files,
            bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(tenant.Key)))
        );
    }

    private static async Task<string?> LastUsed(TestTenant tenant, string id)
    {
        var json = await TestHouse.Json(await tenant.Get("/api/v1/keys"));
        return json.GetProperty("data")
            .EnumerateArray()
            .Single(key => key.GetProperty("id").GetString() == id)
            .GetProperty("last_used_at")
            .GetString();
    }
}

public sealed class KeyTestsOnSqlite(Houses houses) : KeyTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class KeyTestsOnPostgres(Houses houses) : KeyTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
