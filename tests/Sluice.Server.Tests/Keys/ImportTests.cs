using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Keys;

/// <summary>Keys of another system, brought along by the hashes of their texts. Through the real server.</summary>
public abstract class ImportTests
{
    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_text_of_another_system_goes_on_as_it_was_and_is_bound_and_ended_like_any_key()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var account = await TestHouse.Json(
            await tenant.Post(
                "/api/v1/service-accounts",
                """{"name":"old billing","scopes":["runs:read","runs:write","keys:read"]}"""
            )
        );
        var (billing, laptop) = (NewText(), NewText());
        using var made = await Import(
            tenant,
            $$"""
            {"name":"billing","sha256":"{{Hash(billing)}}","starts_with":"{{billing[
                ..8
            ]}}","ends_with":"{{billing[^4..]}}",
             "scopes":["runs:read","keys:read"],"service_account":"{{account.GetProperty(
                "id"
            )}}","allowed_cidrs":["127.0.0.0/8","::1"],
             "metadata":{"was":"7"} }
            """,
            $$"""{"name":"laptop","sha256":"{{Hash(laptop).ToUpperInvariant()}}"}"""
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var keys = (await TestHouse.Json(made)).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal($"{billing[..8]}…{billing[^4..]}", keys[0].GetProperty("masked").GetString());
        Assert.Equal("—", keys[1].GetProperty("masked").GetString());
        Assert.All(keys, key => Assert.Equal("imported", key.GetProperty("shape").GetString()));

        var who = await TestHouse.Json(
            await house.Send(HttpMethod.Get, "/api/v1/whoami", key: billing)
        );
        Assert.Equal(
            ["runs:read", "keys:read"],
            who.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())
        );
        Assert.Equal("old billing", who.GetProperty("owner").GetProperty("name").GetString());
        var verdict = await TestHouse.Json(
            await tenant.Post("/api/v1/keys/verify", $$"""{"key":"{{laptop}}"}""")
        );
        Assert.True(verdict.GetProperty("valid").GetBoolean());
        Assert.Equal(2, (await tenant.Search("""{"action":"key.import"}""")).Count);

        var id = keys[1].GetProperty("id").GetString();
        var successor = await TestHouse.Json(
            await tenant.Post($"/api/v1/keys/{id}/rotate", """{"overlap_seconds":0}""")
        );
        Assert.Equal("standard", successor.GetProperty("shape").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, laptop));
        Assert.Equal(
            HttpStatusCode.OK,
            await Whoami(house, successor.GetProperty("key").GetString()!)
        );
        using var again = await Import(
            tenant,
            $$"""{"name":"again","sha256":"{{Hash(laptop)}}"}"""
        );
        Assert.Equal("key_known", await Code(again));
        Assert.Contains(id!, await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_of_every_key_is_named_with_its_place_and_nothing_is_kept()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var hash = Hash(NewText());
        using var answer = await Import(
            tenant,
            $$"""{"name":"good","sha256":"{{hash}}"}""",
            """{"name":"","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","scopes":["fly"]}""",
            "null",
            $$"""{"name":"twice","sha256":"{{hash.ToUpperInvariant()}}","starts_with":"far too long","rate_limit":0}""",
            """{"name":"none","expires_at":"2001-01-01T00:00:00Z","allowed_cidrs":["10.0.0.1/8"]}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            [
                "keys[1].name",
                "keys[1].scopes",
                "keys[1].sha256",
                "keys[2]",
                "keys[3].rate_limit",
                "keys[3].starts_with",
                "keys[3].sha256",
                "keys[4].expires_at",
                "keys[4].allowed_cidrs",
                "keys[4].sha256",
            ],
            await Places(answer)
        );
        using var tooMany = await Import(
            tenant,
            [
                .. Enumerable
                    .Range(0, 501)
                    .Select(_ => $$"""{"name":"x","sha256":"{{Hash(NewText())}}"}"""),
            ]
        );
        Assert.Equal("invalid_input", await Code(tooMany));
        Assert.Single(
            (await TestHouse.Json(await tenant.Get("/api/v1/keys")))
                .GetProperty("data")
                .EnumerateArray()
        );
    }

    [Fact]
    public async Task An_imported_key_is_no_wider_than_the_key_that_imports_it()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var (_, narrow) = await tenant.MintKey("\"scopes\":[\"keys:write\",\"runs:read\"]");
        var body = Body(
            $$"""{"name":"a","sha256":"{{Hash(NewText())}}","scopes":["runs:read"]}""",
            $$"""{"name":"b","sha256":"{{Hash(NewText())}}","scopes":["secrets:write","runs:write"]}""",
            $$"""{"name":"c","sha256":"{{Hash(NewText())}}","environment":"test"}""",
            $$"""{"name":"d","sha256":"{{Hash(NewText())}}","service_account":"01J00000000000000000000000"}"""
        );
        using var refused = await house.Send(
            HttpMethod.Post,
            "/api/v1/keys/import",
            body,
            key: narrow
        );
        Assert.Equal("key_wider_than_caller", await Code(refused));
        Assert.Equal(
            ["keys[1].scopes", "keys[1].scopes", "keys[2].environment", "keys[3].service_account"],
            await Places(refused)
        );
        var text = NewText();
        using var kept = await house.Send(
            HttpMethod.Post,
            "/api/v1/keys/import",
            Body($$"""{"name":"e","sha256":"{{Hash(text)}}"}"""),
            key: narrow
        );
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await house.Send(HttpMethod.Get, "/api/v1/secrets", key: text)).StatusCode
        );
    }

    [Fact]
    public async Task An_imported_key_neither_outlives_the_key_that_imports_it_nor_is_used_from_elsewhere()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var end = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var (_, bound) = await tenant.MintKey(
            $"\"expires_at\":\"{end:O}\",\"allowed_cidrs\":[\"127.0.0.0/8\"]"
        );
        using var refused = await Send(
            $"\"expires_at\":\"{end.AddDays(1):O}\",\"allowed_cidrs\":[\"10.0.0.0/8\"]"
        );
        Assert.Equal("key_wider_than_caller", await Code(refused));
        Assert.Equal(["keys[0].expires_at", "keys[0].allowed_cidrs"], await Places(refused));
        using var kept = await Send("\"daily_quota\":5");
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        var key = (await TestHouse.Json(kept)).GetProperty("data")[0];
        Assert.Equal(end, key.GetProperty("expires_at").GetDateTimeOffset());
        Assert.Equal("127.0.0.0/8", key.GetProperty("allowed_cidrs")[0].GetString());

        Task<HttpResponseMessage> Send(string members) =>
            house.Send(
                HttpMethod.Post,
                "/api/v1/keys/import",
                Body($$"""{"name":"a","sha256":"{{Hash(NewText())}}",{{members}}}"""),
                bound
            );
    }

    [Fact]
    public async Task Of_texts_that_are_known_elsewhere_a_stranger_is_told_one_thing_whatever_they_are()
    {
        var house = await Shared();
        var (owner, stranger) = (await house.NewTenant(), await house.NewTenant());
        var imported = NewText();
        (await Import(owner, $$"""{"name":"a","sha256":"{{Hash(imported)}}"}""")).Dispose();
        var (revokedId, revoked) = await owner.MintKey();
        (await owner.Delete($"/api/v1/keys/{revokedId}")).Dispose();
        var otherEnvironment = await stranger.MintAsOperator("\"environment\":\"test\"");
        var said = new HashSet<string>();
        foreach (var text in (string[])[owner.Key, imported, revoked, otherEnvironment])
        {
            using var answer = await Import(
                stranger,
                $$"""{"name":"a","sha256":"{{Hash(text)}}"}"""
            );
            said.Add($"{(int)answer.StatusCode} {await Without(answer)}");
        }
        Assert.StartsWith("409", Assert.Single(said), StringComparison.Ordinal);
        Assert.Contains("key_not_importable", said.Single(), StringComparison.Ordinal);
        // A call with a mistake, or one that names a key of the caller's, is told nothing of others'.
        using var mixed = await Import(
            stranger,
            $$"""{"name":"a","sha256":"{{Hash(owner.Key)}}"}""",
            $$"""{"name":"b","sha256":"{{Hash(stranger.Key)}}"}"""
        );
        Assert.Equal(["keys[1].sha256"], await Places(mixed));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, imported));
        using var found = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/audit/search",
            $$"""{"action":"key.import","target":"{{revokedId}}"}""",
            admin: true
        );
        var entry = (await TestHouse.Json(found)).GetProperty("entries")[0];
        Assert.Equal(
            (owner.Id, stranger.Id),
            (
                entry.GetProperty("details").GetProperty("holder").GetString(),
                entry.GetProperty("details").GetProperty("tenant").GetString()
            )
        );
        for (var i = 0; i < 4; i++)
            (
                await Import(
                    stranger,
                    [
                        .. new[] { owner.Key, imported, revoked, otherEnvironment }.Select(text =>
                            $$"""{"name":"a","sha256":"{{Hash(text)}}"}"""
                        ),
                    ]
                )
            ).Dispose();
        using var barred = await Import(
            stranger,
            $$"""{"name":"a","sha256":"{{Hash(NewText())}}"}"""
        );
        Assert.Equal("rate_limited", await Code(barred));
        Assert.NotNull(barred.Headers.RetryAfter);
    }

    [Fact]
    public async Task Texts_of_no_shape_are_asked_for_only_while_a_key_is_imported_and_then_they_count()
    {
        const int limit = 6;
        var store = await Store();
        // Tries come back by the clock, however long these take.
        var clock = new ManualClock();
        await using var house = await Open();
        await using var other = store is null ? null : await Open();
        var tenant = await house.NewTenant();
        for (var i = 0; i < limit * 2; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(other ?? house, NewText()));

        // The other server has just seen that there is none, and must not go by that.
        var (text, mistyped) = (NewText(), tenant.Key[..^1] + (tenant.Key[^1] == 'a' ? 'b' : 'a'));
        using var kept = await Import(
            tenant,
            $$"""{"name":"a","sha256":"{{Hash(text)}}"}""",
            $$"""{"name":"b","sha256":"{{Hash(mistyped)}}"}""",
            $$"""{"name":"c","sha256":"{{Hash("nineteen-characters")}}"}"""
        );
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        foreach (var server in (TestHouse?[])[house, other])
        {
            if (server is null)
                continue;
            Assert.Equal(HttpStatusCode.OK, await Whoami(server, text));
            for (var i = 0; i < limit * 2; i++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(server, mistyped));
                Assert.Equal(
                    HttpStatusCode.Unauthorized,
                    await Whoami(server, "nineteen-characters")
                );
            }
            for (var i = 0; i < limit; i++)
                Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(server, NewText()));
            Assert.Equal(HttpStatusCode.TooManyRequests, await Whoami(server, NewText()));
            Assert.Equal(HttpStatusCode.OK, await Whoami(server, text));
        }

        Task<TestHouse> Open() =>
            TestHouse.Open(
                store: store,
                adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
                args: ["--Keys:BadKeysPerMinute", $"{limit}"]
            );
    }

    private static string NewText() =>
        "ak_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(20));

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Body(params string[] entries) =>
        $$"""{"keys":[{{string.Join(',', entries)}}]}""";

    private static Task<HttpResponseMessage> Import(TestTenant tenant, params string[] entries) =>
        tenant.Post("/api/v1/keys/import", Body(entries));

    private static async Task<HttpStatusCode> Whoami(TestHouse house, string text)
    {
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        return answer.StatusCode;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();

    private static async Task<IEnumerable<string?>> Places(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer))
            .GetProperty("mistakes")
            .EnumerateArray()
            .Select(mistake => mistake.GetProperty("where").GetString());

    private static async Task<string> Without(HttpResponseMessage answer)
    {
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        json.Remove("request_id");
        return json.ToJsonString();
    }
}

public sealed class ImportTestsOnSqlite(Houses houses) : ImportTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class ImportTestsOnPostgres(Houses houses) : ImportTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
