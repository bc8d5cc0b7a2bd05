using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Keys;

/// <summary>Keys that the operator makes for one member, for a time. Through the real server.</summary>
public abstract class UserTokenTests
{
    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_user_token_does_what_its_role_says_within_what_its_member_may_and_dies_with_the_member()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var email = $"dev@{tenant.Handle}.example";
        var member = await tenant.NewMember("developer", email);
        var own = await Make(tenant, $$"""{"user_email":"{{email.ToUpperInvariant()}}"}""");
        var narrow = await Make(
            tenant,
            $$"""{"user_email":"{{email}}","role":"viewer","ttl_hours":1,"environment":"test"}"""
        );
        Assert.Equal(
            TimeSpan.FromHours(720),
            own.GetProperty("expires_at").GetDateTimeOffset()
                - own.GetProperty("issued_at").GetDateTimeOffset()
        );
        Assert.Equal(email, own.GetProperty("user_email").GetString());
        Assert.Equal(["flows:read", "runs:read", "usage:read"], await Rights(house, Token(narrow)));
        Assert.Contains("secrets:write", await Rights(house, Token(own)));
        using var wider = await Send(
            tenant,
            HttpMethod.Post,
            "",
            $$"""{"user_email":"{{email}}","role":"admin"}"""
        );
        Assert.Equal("key_wider_than_caller", await Code(wider));

        // What the member may no longer, the token may not; what the member may from now on, the token may not either.
        (await Patch(tenant, member, """{"role":"viewer"}""")).Dispose();
        Assert.Equal(["flows:read", "runs:read", "usage:read"], await Rights(house, Token(own)));
        (await Patch(tenant, member, """{"role":"owner"}""")).Dispose();
        Assert.DoesNotContain("admin", await Rights(house, Token(own)));
        Assert.Equal(["flows:read", "runs:read", "usage:read"], await Rights(house, Token(narrow)));

        (await tenant.Delete($"/api/v1/members/{member}")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, Token(own)));
        using var gone = await Send(
            tenant,
            HttpMethod.Post,
            "",
            $$"""{"user_email":"{{email}}"}"""
        );
        Assert.Equal("member_not_found", await Code(gone));
    }

    [Fact]
    public async Task A_user_token_is_rotated_and_revoked_by_its_jti_or_its_members_address_and_nothing_else_is()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var email = $"owner@{tenant.Handle}.example";
        var (mine, _) = await tenant.MintKey();
        var first = await Make(
            tenant,
            $$"""{"user_email":"{{email}}","role":"developer","ttl_hours":10}"""
        );
        clock.Advance(TimeSpan.FromHours(4));
        var second = await Rotate(
            tenant,
            $$"""{"user_email":"{{email}}","overlap_seconds":3600}"""
        );
        Assert.Equal(Jti(first), second.GetProperty("rotated_from").GetString());
        Assert.Equal(
            clock.GetUtcNow().AddHours(10),
            second.GetProperty("expires_at").GetDateTimeOffset(),
            TimeSpan.FromSeconds(1)
        );
        Assert.Equal(await Rights(house, Token(first)), await Rights(house, Token(second)));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, Token(first)));

        var third = await Make(tenant, $$"""{"user_email":"{{email}}"}""");
        foreach (
            var (body, code) in new[]
            {
                ($$"""{"user_email":"{{email}}"}""", "user_token_ambiguous"),
                ($$"""{"jti":"{{Jti(first)}}"}""", "key_not_active"),
                // A key that its owner made is none of the operator's tokens.
                ($$"""{"jti":"{{mine}}"}""", "user_token_not_found"),
                ($$"""{"jti":"{{mine}}","user_email":"{{email}}"}""", "invalid_input"),
                ("""{"user_email":"no address"}""", "invalid_input"),
                ("""{"user_email":"nobody@example.org"}""", "member_not_found"),
            }
        )
        {
            using var answer = await Send(tenant, HttpMethod.Post, "/rotate", body);
            Assert.Equal(code, await Code(answer));
        }
        var fourth = await Rotate(
            tenant,
            $$"""{"jti":"{{Jti(third)}}","ttl_hours":1,"overlap_seconds":0}"""
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, Token(third)));

        // Of the member's own hand it stays what it is, and the operator still finds it.
        using var byOwner = await tenant.Post(
            $"/api/v1/keys/{Jti(fourth)}/rotate",
            """{"overlap_seconds":0}"""
        );
        var fifth = (await TestHouse.Json(byOwner)).GetProperty("key").GetString()!;
        using var unreasoned = await Send(
            tenant,
            HttpMethod.Delete,
            "",
            $$"""{"user_email":"{{email}}"}"""
        );
        Assert.Equal("invalid_input", await Code(unreasoned));
        using var revoked = await Send(
            tenant,
            HttpMethod.Delete,
            "",
            $$"""{"user_email":"{{email}}","reason":"lost"}"""
        );
        Assert.Equal(2, (await TestHouse.Json(revoked)).GetProperty("revoked").GetArrayLength());
        foreach (var text in (string[])[Token(second), fifth])
            Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, text));
        using var again = await Send(
            tenant,
            HttpMethod.Delete,
            "",
            $$"""{"jti":"{{Jti(second)}}","reason":"again"}"""
        );
        Assert.Equal(0, (await TestHouse.Json(again)).GetProperty("revoked").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, tenant.Key));
        var entries = await tenant.Search("""{"action":"key.revoke"}""");
        Assert.Equal(2, entries.Count);
        Assert.All(
            entries,
            entry =>
                Assert.Equal("lost", entry.GetProperty("details").GetProperty("reason").GetString())
        );
    }

    [Fact]
    public async Task Every_mistake_of_a_wish_for_a_user_token_is_named()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        using var answer = await Send(
            tenant,
            HttpMethod.Post,
            "",
            """{"user_email":"x","role":"king","ttl_hours":8761,"environment":"prod"}"""
        );
        Assert.Equal(
            ["user_email", "role", "ttl_hours", "environment"],
            (await TestHouse.Json(answer))
                .GetProperty("mistakes")
                .EnumerateArray()
                .Select(mistake => mistake.GetProperty("where").GetString())
        );
        using var nowhere = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations/nobody/user-tokens",
            """{"user_email":"a@example.org"}""",
            admin: true
        );
        Assert.Equal("organization_not_found", await Code(nowhere));
    }

    private static async Task<JsonElement> Make(TestTenant tenant, string body) =>
        await Shown(await Send(tenant, HttpMethod.Post, "", body));

    private static async Task<JsonElement> Rotate(TestTenant tenant, string body) =>
        await Shown(await Send(tenant, HttpMethod.Post, "/rotate", body));

    private static async Task<JsonElement> Shown(HttpResponseMessage answer)
    {
        using (answer)
        {
            var json = await TestHouse.Json(answer);
            Assert.True(answer.StatusCode == HttpStatusCode.Created, json.ToString());
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.True(json.GetProperty("success").GetBoolean());
            return json.GetProperty("user_token");
        }
    }

    private static Task<HttpResponseMessage> Send(
        TestTenant tenant,
        HttpMethod method,
        string path,
        string body
    ) =>
        tenant.House.Send(
            method,
            $"/api/v1/admin/organizations/{tenant.Handle}/user-tokens{path}",
            body,
            admin: true
        );

    private static Task<HttpResponseMessage> Patch(TestTenant tenant, string member, string body) =>
        tenant.House.Send(HttpMethod.Patch, $"/api/v1/members/{member}", body, tenant.Key);

    private static string Token(JsonElement shown) => shown.GetProperty("token").GetString()!;

    private static string Jti(JsonElement shown) => shown.GetProperty("jti").GetString()!;

    private static async Task<List<string?>> Rights(TestHouse house, string token)
    {
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: token);
        return
        [
            .. (await TestHouse.Json(answer))
                .GetProperty("scopes")
                .EnumerateArray()
                .Select(scope => scope.GetString()),
        ];
    }

    private static async Task<HttpStatusCode> Whoami(TestHouse house, string token)
    {
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: token);
        return answer.StatusCode;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class UserTokenTestsOnSqlite(Houses houses) : UserTokenTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class UserTokenTestsOnPostgres(Houses houses) : UserTokenTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
