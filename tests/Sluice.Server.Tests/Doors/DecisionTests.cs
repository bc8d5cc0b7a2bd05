using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;

namespace Sluice.Server.Tests.Doors;

/// <summary>Why was I refused: asked by the request's id, answered to whom it concerns.</summary>
public abstract class DecisionTests
{
    private const string Unknown = "slc_live_00000000000000000000000000000000";

    private protected abstract Task<TestHouse> Open();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_refusal_leads_to_what_passed_what_refused_and_what_to_do()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, key) = await tenant.MintKey("\"scopes\":[\"runs:read\"]");
        using var refused = await house.Send(HttpMethod.Get, "/api/v1/members", key: key);
        var problem = await TestHouse.Json(refused);
        var request = refused.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal($"/api/v1/decisions/{request}", problem.GetProperty("decision").GetString());
        Assert.Contains("lacks permissions", problem.GetProperty("detail").GetString());

        using var answer = await tenant.Get(problem.GetProperty("decision").GetString()!);
        var why = await TestHouse.Json(answer);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("missing_scope", why.GetProperty("code").GetString());
        Assert.Equal("key", why.GetProperty("door").GetString());
        Assert.Equal(id, why.GetProperty("key").GetProperty("id").GetString());
        Assert.StartsWith(
            "slc_live",
            why.GetProperty("key").GetProperty("masked").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("/api/v1/members", why.GetProperty("route").GetString());
        Assert.Equal(
            [
                "credential passed",
                "address passed",
                "door passed",
                "limit passed",
                "page passed",
                "tenant passed",
                "environment passed",
                "scope refused",
                "license not_reached",
                "policy not_reached",
                "act not_reached",
            ],
            Checks(why)
        );
        Assert.Contains("admin", why.GetProperty("what_to_do")[0].GetString());
        Assert.DoesNotContain(key, why.ToString());
    }

    [Theory]
    [InlineData("tenant", 403, "tenant refused")]
    [InlineData("environment", 403, "environment refused")]
    [InlineData("door", 401, "door refused")]
    [InlineData("revoked", 401, "credential refused")]
    [InlineData("address", 403, "address refused")]
    [InlineData("limit", 429, "limit refused")]
    [InlineData("license", 403, "license refused")]
    [InlineData("act", 403, "act refused")]
    public async Task Each_check_is_named(string check, int status, string expected)
    {
        // A day's quota must not end between two calls: there time stands.
        var clock = new ManualClock();
        await using var still = check is "limit" or "license"
            ? await TestHouse.Open(
                store: await Store(),
                adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
            )
            : null;
        var house = still ?? await Open();
        var tenant = await house.NewTenant();
        if (check == "license")
            await LetLicenseEnd(house, tenant, clock);
        using var refused = await Refuse(house, tenant, check);
        Assert.Equal(status, (int)refused.StatusCode);
        var request = refused.Headers.GetValues("X-Request-Id").Single();
        using var answer = await tenant.Get($"/api/v1/decisions/{request}");
        var why = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, why.ToString());
        Assert.Contains(expected, Checks(why));
        Assert.NotEmpty(why.GetProperty("what_to_do").EnumerateArray());

        // It is in the ledger, too, and another tenant has no such refusal.
        using var found = await tenant.Post(
            "/api/v1/audit/search",
            $$"""{"request_id":"{{request}}"}"""
        );
        var entry = Assert.Single(
            (await TestHouse.Json(found)).GetProperty("entries").EnumerateArray()
        );
        Assert.Equal("access.refuse", entry.GetProperty("action").GetString());
        Assert.Equal("refused", entry.GetProperty("result").GetString());
        using var foreign = await (await house.NewTenant()).Get($"/api/v1/decisions/{request}");
        Assert.Equal(404, (int)foreign.StatusCode);
    }

    [Fact]
    public async Task Where_no_tenant_is_known_the_operator_alone_is_told()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var refused = await house.Send(HttpMethod.Get, "/api/v1/keys", key: Unknown);
        var request = refused.Headers.GetValues("X-Request-Id").Single();
        using var asked = await tenant.Get($"/api/v1/decisions/{request}");
        Assert.Equal(404, (int)asked.StatusCode);
        using var answer = await house.Send(
            HttpMethod.Get,
            $"/api/v1/admin/decisions/{request}",
            admin: true
        );
        var why = await TestHouse.Json(answer);
        Assert.Contains("credential refused", Checks(why));
        Assert.Contains("Invalid or missing API key", why.GetProperty("what_to_do")[0].GetString());
        Assert.DoesNotContain(Unknown, why.ToString());
    }

    [Fact]
    public async Task An_invocation_s_401_is_as_documented_and_its_request_id_leads_on()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, key) = await tenant.MintKey();
        using var revoked = await tenant.Delete($"/api/v1/keys/{id}");
        using var refused = await house.Send(
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            "{}",
            key
        );
        Assert.Equal("""{"error":"unauthorized"}""", await refused.Content.ReadAsStringAsync());
        var request = refused.Headers.GetValues("X-Request-Id").Single();
        using var answer = await tenant.Get($"/api/v1/decisions/{request}");
        var why = await TestHouse.Json(answer);
        Assert.Contains("revoked", why.GetProperty("checks")[0].GetProperty("said").GetString());
        Assert.Equal(id, why.GetProperty("key").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_refusal_can_be_asked_about_for_seven_days_and_then_no_more()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var (_, key) = await tenant.MintKey("\"scopes\":[\"runs:read\"]");
        var first = await Refused();
        clock.Advance(TimeSpan.FromDays(1));
        var second = await Refused();
        Assert.Equal((200, 200), (await Ask(first), await Ask(second)));

        clock.Advance(TimeSpan.FromDays(6));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await Ask(first) != 404)
        {
            // What is old is removed every hour, behind refusals that are written.
            await Refused();
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10, patience.Token);
        }
        Assert.Equal(200, await Ask(second));

        async Task<string> Refused()
        {
            using var refused = await house.Send(HttpMethod.Get, "/api/v1/members", key: key);
            Assert.Equal(403, (int)refused.StatusCode);
            return refused.Headers.GetValues("X-Request-Id").Single();
        }

        async Task<int> Ask(string request)
        {
            using var answer = await tenant.Get($"/api/v1/decisions/{request}");
            return (int)answer.StatusCode;
        }
    }

    private static async Task<HttpResponseMessage> Refuse(
        TestHouse house,
        TestTenant tenant,
        string check
    )
    {
        switch (check)
        {
            case "tenant":
                return await house.Send(
                    HttpMethod.Get,
                    "/api/v1/keys",
                    key: tenant.Key,
                    adjust: request => request.Headers.Add("X-Tenant-ID", "another")
                );
            case "environment":
                return await house.Send(
                    HttpMethod.Get,
                    "/api/v1/keys",
                    key: tenant.Key,
                    adjust: request => request.Headers.Add("Sluice-Environment", "test")
                );
            case "door":
                return await house.Send(HttpMethod.Get, "/metrics", key: tenant.Key);
            case "revoked":
            {
                var (id, key) = await tenant.MintKey();
                using var revoked = await tenant.Delete($"/api/v1/keys/{id}");
                return await house.Send(HttpMethod.Get, "/api/v1/keys", key: key);
            }
            case "address":
            {
                var (_, key) = await tenant.MintKey("\"allowed_cidrs\":[\"192.0.2.0/24\"]");
                return await house.Send(HttpMethod.Get, "/api/v1/keys", key: key);
            }
            case "limit":
            {
                var (_, key) = await tenant.MintKey("\"daily_quota\":1");
                using var first = await house.Send(HttpMethod.Get, "/api/v1/keys", key: key);
                return await house.Send(HttpMethod.Get, "/api/v1/keys", key: key);
            }
            case "license":
                return await tenant.Put("/api/v1/secrets/LATE", """{"value":"x"}""");
            default:
            {
                var (_, key) = await tenant.MintKey("\"scopes\":[\"keys:write\"]");
                return await house.Send(
                    HttpMethod.Post,
                    "/api/v1/keys",
                    """{"name":"wider","scopes":["admin"]}""",
                    key
                );
            }
        }
    }

    private static async Task LetLicenseEnd(TestHouse house, TestTenant tenant, ManualClock clock)
    {
        using var issued = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $$"""{"org_id":"{{tenant.Handle}}","tier":"enterprise","days":1}""",
            admin: true
        );
        Assert.Equal(201, (int)issued.StatusCode);
        clock.Advance(TimeSpan.FromDays(8.1));
    }

    private static string[] Checks(JsonElement why) =>
        [
            .. why.GetProperty("checks")
                .EnumerateArray()
                .Select(check =>
                    $"{check.GetProperty("name").GetString()} {check.GetProperty("outcome").GetString()}"
                ),
        ];
}

public sealed class DecisionTestsOnSqlite(Houses houses) : DecisionTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class DecisionTestsOnPostgres(Houses houses) : DecisionTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
