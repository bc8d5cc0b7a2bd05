using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Keys;

namespace Sluice.Server.Tests.Keys;

/// <summary>What a key is bound to beside its scopes: an end, addresses, limits; and what succeeds it. Through the real server.</summary>
public abstract partial class KeyBoundTests
{
    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_rotated_key_and_its_successor_both_work_until_the_overlap_is_over()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var (id, old) = await tenant.MintKey(
            "\"metadata\":{\"team\":\"billing\"},\"rate_limit\":50"
        );
        var made = await TestHouse.Json(
            await tenant.Post($"/api/v1/keys/{id}/rotate", """{"overlap_seconds":3600}""")
        );
        var successor = made.GetProperty("key").GetString()!;
        Assert.Equal(id, made.GetProperty("rotated_from").GetString());
        Assert.Equal("billing", made.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal(50, made.GetProperty("rate_limit").GetInt64());
        var shown = await TestHouse.Json(await tenant.Get($"/api/v1/keys/{id}"));
        Assert.Equal(
            made.GetProperty("id").GetString(),
            shown.GetProperty("rotated_to").GetString()
        );
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, old));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, successor));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, old));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, successor));
    }

    [Fact]
    public async Task Rotating_without_overlap_ends_the_old_key_at_once()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (id, old) = await tenant.MintKey();
        using var made = await tenant.Post(
            $"/api/v1/keys/{id}/rotate",
            """{"overlap_seconds":0}"""
        );
        Assert.Equal("no-store", made.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, old));
    }

    [Fact]
    public async Task A_key_is_rotated_once_and_a_successor_keeps_the_length_of_life()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var end = clock.GetUtcNow().AddDays(10);
        var (id, _) = await tenant.MintKey($"\"expires_at\":\"{end:O}\"");
        clock.Advance(TimeSpan.FromDays(4));
        var made = await TestHouse.Json(await tenant.Post($"/api/v1/keys/{id}/rotate", ""));
        Assert.Equal(end.AddDays(4), made.GetProperty("expires_at").GetDateTimeOffset());
        Assert.Equal(
            "key_rotated_already",
            await Code(await tenant.Post($"/api/v1/keys/{id}/rotate", "{}"))
        );
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(
            "key_not_active",
            await Code(await tenant.Post($"/api/v1/keys/{id}/rotate", "{}"))
        );
    }

    [Fact]
    public async Task Rotating_a_key_gives_it_no_more_time_than_it_had()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var end = clock.GetUtcNow().AddHours(1);
        var (id, key) = await tenant.MintKey($"\"expires_at\":\"{end:O}\"");
        using var made = await tenant.Post(
            $"/api/v1/keys/{id}/rotate",
            """{"overlap_seconds":86400}"""
        );
        Assert.Equal(201, (int)made.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, key));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, key));
    }

    [Fact]
    public async Task A_key_with_fewer_rights_cannot_gain_by_rotating_another()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (wide, _) = await tenant.MintKey();
        var (_, narrow) = await tenant.MintKey("\"scopes\":[\"keys:write\",\"keys:read\"]");
        using var answer = await house.Send(
            HttpMethod.Post,
            $"/api/v1/keys/{wide}/rotate",
            "{}",
            narrow
        );
        Assert.Equal("key_wider_than_caller", await Code(answer));
    }

    [Fact]
    public async Task A_key_past_its_end_is_as_unknown_as_any_text()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var (_, text) = await tenant.MintKey(
            $"\"expires_at\":\"{clock.GetUtcNow().AddHours(1):O}\""
        );
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, text));
        clock.Advance(TimeSpan.FromHours(1));
        using var ended = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        using var unknown = await house.Send(
            HttpMethod.Get,
            "/api/v1/whoami",
            key: Sluice.Seal.KeyText.MintStandard("slc", Sluice.Seal.KeyEnvironment.Live)
        );
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        Assert.Equal(await Without(unknown), await Without(ended));
    }

    [Fact]
    public async Task A_key_cannot_make_one_that_outlives_it_or_may_be_used_from_elsewhere()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var end = clock.GetUtcNow().AddDays(1);
        var (id, text) = await tenant.MintKey(
            $"\"expires_at\":\"{end:O}\",\"allowed_cidrs\":[\"127.0.0.0/8\"]"
        );
        var made = await TestHouse.Json(
            await house.Send(HttpMethod.Post, "/api/v1/keys", """{"name":"child"}""", text)
        );
        Assert.Equal(end, made.GetProperty("expires_at").GetDateTimeOffset());
        Assert.Equal("127.0.0.0/8", made.GetProperty("allowed_cidrs")[0].GetString());
        var wider = await TestHouse.Json(
            await house.Send(
                HttpMethod.Post,
                "/api/v1/keys",
                $$"""{"name":"x","expires_at":"{{end.AddDays(1):O}}","allowed_cidrs":["0.0.0.0/0"]}""",
                text
            )
        );
        Assert.Equal("key_wider_than_caller", wider.GetProperty("code").GetString());
        Assert.Equal(["expires_at", "allowed_cidrs"], Wheres(wider));
        using var loosened = await house.Send(
            HttpMethod.Patch,
            $"/api/v1/keys/{id}",
            """{"allowed_cidrs":[]}""",
            text
        );
        Assert.Equal("key_wider_than_caller", await Code(loosened));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.0/8", false)]
    public async Task A_key_bound_to_addresses_is_refused_from_others_with_the_reason(
        string range,
        bool fits
    )
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (_, text) = await tenant.MintKey($"\"allowed_cidrs\":[\"192.0.2.0/24\",\"{range}\"]");
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        Assert.Equal(fits ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        if (!fits)
            Assert.Equal("address_not_allowed", await Code(answer));
    }

    [Fact]
    public async Task Every_mistake_of_what_a_key_is_bound_to_is_named_at_once()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var json = await TestHouse.Json(
            await tenant.Post(
                "/api/v1/keys",
                """{"name":"x","expires_at":"2020-01-01T00:00:00Z","allowed_cidrs":["10.0.0.1/8","localhost","127.1"],"rate_limit":0,"daily_quota":-1,"metadata":{"":"x"}}"""
            )
        );
        Assert.Equal(
            [
                "expires_at",
                "allowed_cidrs",
                "allowed_cidrs",
                "allowed_cidrs",
                "rate_limit",
                "daily_quota",
                "metadata.",
            ],
            Wheres(json)
        );
    }

    [Fact]
    public async Task A_key_over_its_rate_is_429_with_when_to_come_back_and_then_works_again()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var (_, text) = await tenant.MintKey("\"rate_limit\":2");
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, text));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, text));
        using var refused = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("\"key\";q=2;w=1", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"key\";r=0;t=1", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, tenant.Key));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, text));
    }

    [Fact]
    public async Task A_daily_quota_holds_over_a_restart_and_ends_at_midnight_UTC()
    {
        var clock = new ManualClock();
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var store = await Store();
        string text;
        await using (var first = await Open(clock, folder, store))
        {
            var tenant = await first.NewTenant();
            (_, text) = await tenant.MintKey("\"daily_quota\":3");
            Assert.Equal(HttpStatusCode.OK, await Whoami(first, text));
            Assert.Equal(HttpStatusCode.OK, await Whoami(first, text));
        }
        await using var second = await Open(clock, folder, store);
        Assert.Equal(HttpStatusCode.OK, await Whoami(second, text));
        using var refused = await second.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        Assert.Equal("daily_quota_used", await Code(refused));
        Assert.Equal(
            TimeSpan.FromDays(1) - clock.GetUtcNow().TimeOfDay,
            refused.Headers.RetryAfter?.Delta
        );
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.OK, await Whoami(second, text));
    }

    [Fact]
    public async Task Many_texts_that_are_no_key_bar_an_address_and_not_the_good_key_beside_it()
    {
        var clock = new ManualClock();
        await using var house = await Open(
            clock,
            args: ["--Keys:BadKeysPerMinute", "3", "--Proxies", "127.0.0.1"]
        );
        var tenant = await house.NewTenant();
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, tenant.Key));
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, Guess()));
        using var barred = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: Guess());
        Assert.Equal("too_many_bad_keys", await Code(barred));
        Assert.True(barred.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, tenant.Key));
        // Another address has done nothing.
        using var elsewhere = await house.Send(
            HttpMethod.Get,
            "/api/v1/whoami",
            key: Guess(),
            adjust: request => request.Headers.Add("X-Forwarded-For", "203.0.113.9")
        );
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, Guess()));
    }

    [Fact]
    public async Task A_tenant_over_its_limit_is_429_and_another_is_not()
    {
        var clock = new ManualClock();
        await using var house = await Open(
            clock,
            args: ["--Limits:TenantPerSecond", "1", "--Limits:TenantBurst", "2"]
        );
        var (one, other) = (await house.NewTenant(), await house.NewTenant());
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, one.Key));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, one.Key));
        using var refused = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: one.Key);
        Assert.Equal("rate_limited", await Code(refused));
        Assert.Equal("\"tenant\";q=2;w=2", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, other.Key));
    }

    [Fact]
    public async Task A_key_of_ninety_days_is_pointed_out_in_every_answer()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        clock.Advance(TimeSpan.FromDays(89));
        using var young = await tenant.Get("/api/v1/whoami");
        Assert.False(young.Headers.Contains("Sluice-Key-Age-Days"));
        clock.Advance(TimeSpan.FromDays(1));
        using var old = await tenant.Get("/api/v1/whoami");
        Assert.Equal("90", old.Headers.GetValues("Sluice-Key-Age-Days").Single());
    }

    private static async Task<string> Account(TestTenant tenant) =>
        (
            await TestHouse.Json(
                await tenant.Post(
                    "/api/v1/service-accounts",
                    """{"name":"robot","scopes":["keys:read","keys:write"]}"""
                )
            )
        )
            .GetProperty("id")
            .GetString()!;

    private async Task<TestHouse> Open(
        ManualClock clock,
        string? folder = null,
        string? store = null,
        string[]? args = null
    ) =>
        await TestHouse.Open(
            folder,
            store ?? await Store(),
            builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args ?? []
        );

    private static string Guess() =>
        Sluice.Seal.KeyText.MintStandard("slc", Sluice.Seal.KeyEnvironment.Live);

    private static async Task<HttpStatusCode> Whoami(TestHouse house, string key)
    {
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        return answer.StatusCode;
    }

    private static string? Code(JsonElement json) => json.GetProperty("code").GetString();

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        Code(await TestHouse.Json(answer));

    private static IEnumerable<string?> Wheres(JsonElement json) =>
        json.GetProperty("mistakes")
            .EnumerateArray()
            .Select(mistake => mistake.GetProperty("where").GetString());

    // All but the request's own id.
    private static async Task<string> Without(HttpResponseMessage answer)
    {
        var json = await TestHouse.Json(answer);
        return json.GetRawText().Replace(json.GetProperty("request_id").GetString()!, "");
    }
}

public sealed class KeyBoundTestsOnSqlite : KeyBoundTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class KeyBoundTestsOnPostgres : KeyBoundTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
