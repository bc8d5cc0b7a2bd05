using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Licenses;

namespace Sluice.Server.Tests.Licenses;

/// <summary>Licenses from issue to end, through the real server: seeds 000 and 001, design decision 2.</summary>
public abstract partial class LicenseTests
{
    private const string NoGraph = """{"graph_id":"01J00000000000000000000000"}""";

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_license_key_opens_the_runtime_for_its_organisation_and_no_administration()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (id, key) = await Issue(
            house,
            $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"professional\""
        );
        Assert.Matches(new Regex("^SLC-PRO-[0-9]{5}-[0-9A-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"), key);

        // As a header and as bearer it is the organisation at the runtime's door.
        using var invoked = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            key,
            NoGraph
        );
        Assert.Equal("graph_not_found", await Code(invoked));
        Assert.True(invoked.Headers.Contains("RateLimit"));
        using var bearer = await house.Send(
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            NoGraph,
            key
        );
        Assert.Equal("graph_not_found", await Code(bearer));

        // Everywhere else it is told which door it is.
        foreach (
            var path in (string[])
                ["/api/v1/license", "/api/v1/runs", "/api/v1/secrets", "/api/v1/admin/licenses"]
        )
        {
            using var refused = await With(house, HttpMethod.Get, path, key);
            Assert.Equal(
                (HttpStatusCode.Unauthorized, "wrong_door"),
                (refused.StatusCode, await Code(refused))
            );
        }
        using var foreign = await house.Send(
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            NoGraph,
            adjust: request =>
            {
                request.Headers.Add("X-License-Key", key);
                request.Headers.Add("X-Tenant-ID", "somebody-else");
            }
        );
        Assert.Equal("tenant_mismatch", await Code(foreign));

        // It is listed as a mask, and kept as an HMAC.
        var listed = await Admin(
            house,
            HttpMethod.Get,
            $"/api/v1/admin/licenses?org_id={tenant.Handle}"
        );
        Assert.Equal(
            $"SLC-PRO-…{key[^2..]}",
            listed.GetProperty("data")[0].GetProperty("masked").GetString()
        );
        Assert.DoesNotContain(key, listed.GetRawText(), StringComparison.Ordinal);

        // Revoked, it fails on its very next use.
        Assert.Equal(
            HttpStatusCode.NoContent,
            (
                await house.Send(HttpMethod.Delete, $"/api/v1/admin/licenses/{id}", admin: true)
            ).StatusCode
        );
        using var gone = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            key,
            NoGraph
        );
        Assert.Equal("""{"error":"unauthorized"}""", await gone.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task License_health_and_the_key_itself_agree()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var before = await TestHouse.Json(await tenant.Get("/api/v1/license"));
        Assert.Equal(
            ("Community", 2),
            (before.GetProperty("tier").GetString(), before.GetProperty("maxNodes").GetInt32())
        );
        var (_, key) = await Issue(
            house,
            $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"Professional\",\"expires_at\":\"2026-10-27T00:00:00Z\""
        );
        var own = await TestHouse.Json(await tenant.Get("/api/v1/license"));
        var health = (
            await TestHouse.Json(await With(house, HttpMethod.Post, "/health", key))
        ).GetProperty("license");
        foreach (var block in (JsonElement[])[own, health])
        {
            Assert.True(block.GetProperty("valid").GetBoolean());
            Assert.Equal("Professional", block.GetProperty("tier").GetString());
            Assert.Equal(10, block.GetProperty("maxNodes").GetInt32());
            Assert.Equal("2026-10-27T00:00:00+00:00", block.GetProperty("expiresAt").GetString());
        }
        // The house's own stays what it is.
        var houses = (
            await TestHouse.Json(await house.Send(HttpMethod.Get, "/health"))
        ).GetProperty("license");
        Assert.Equal("Community", houses.GetProperty("tier").GetString());
    }

    [Fact]
    public async Task A_tier_brings_nodes_features_and_a_rate()
    {
        await using var house = await Open(new ManualClock());
        foreach (
            var (tier, nodes, rate) in ((string, int?, int)[])
                [
                    ("professional", 10, 100),
                    ("enterprise", 50, 500),
                    ("enterprise-plus", null, 1000),
                ]
        )
        {
            var made = await Admin(
                house,
                HttpMethod.Post,
                "/api/v1/admin/licenses",
                $$"""{"organization":"A customer","form":"signed","tier":"{{tier}}"}"""
            );
            Assert.Equal(
                (nodes, rate, tier != "professional"),
                (
                    made.GetProperty("max_nodes") is { ValueKind: JsonValueKind.Number } most
                        ? most.GetInt32()
                        : null,
                    made.GetProperty("rate_limit").GetInt32(),
                    made.GetProperty("features")
                        .EnumerateArray()
                        .Any(word => word.GetString() == "multi_tenant")
                )
            );
        }
    }

    [Fact]
    public async Task A_feature_beyond_the_tier_and_every_other_mistake_is_named()
    {
        await using var house = await Open(new ManualClock());
        var feature = await Admin(
            house,
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            """{"organization":"x","tier":"professional","features":["sla"]}"""
        );
        Assert.Equal("feature_not_available", feature.GetProperty("code").GetString());
        Assert.StartsWith(
            "Feature not available in tier",
            feature.GetProperty("detail").GetString()
        );
        var wrong = await Admin(
            house,
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            """{"tier":"community","form":"long","max_nodes":0,"rate_limit":0,"days":0}"""
        );
        Assert.Equal(
            ["tier", "form", "max_nodes", "rate_limit", "org_id", "days"],
            wrong
                .GetProperty("mistakes")
                .EnumerateArray()
                .Select(mistake => mistake.GetProperty("where").GetString())
        );
        var nobody = await Admin(
            house,
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            """{"org_id":"nobody","tier":"professional"}"""
        );
        Assert.Equal("license_tenant_not_found", nobody.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Guesses_of_license_keys_are_limited_by_address_and_all_answered_alike()
    {
        await using var house = await Open(new ManualClock(), "--Keys:BadKeysPerMinute", "3");
        var tenant = await house.NewTenant();
        var (_, key) = await Issue(
            house,
            $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"professional\""
        );
        for (var i = 0; i < 3; i++)
        {
            using var guess = await With(
                house,
                HttpMethod.Post,
                "/invocations/v1/flows/invoke",
                $"SLC-PRO-1234{i}-C2AY7-7KQ2M",
                NoGraph
            );
            Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        }
        using var barred = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            "SLC-PRO-12349-C2AY7-7KQ2M",
            NoGraph
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, barred.StatusCode);
        using var asked = await With(house, HttpMethod.Get, "/health", key[..^1] + "0");
        Assert.Contains(
            "Retry-After",
            (await TestHouse.Json(asked)).GetProperty("license").GetProperty("reason").GetString()
        );
    }

    private async Task<TestHouse> Open(ManualClock clock, params string[] args) =>
        await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args: args
        );

    private static Task Refresh(TestHouse house) =>
        house
            .Services.GetRequiredService<HouseLicense>()
            .Refresh(TestContext.Current.CancellationToken);

    private static async Task<(string Id, string Key)> Issue(TestHouse house, string members)
    {
        using var answer = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $"{{{members}}}",
            admin: true
        );
        var json = await TestHouse.Json(answer);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (json.GetProperty("id").GetString()!, json.GetProperty("key").GetString()!);
    }

    private static async Task<JsonElement> Install(TestHouse house, string key) =>
        await Admin(house, HttpMethod.Put, "/api/v1/admin/license", $$"""{"key":"{{key}}"}""");

    private static async Task<JsonElement> Admin(
        TestHouse house,
        HttpMethod method,
        string path,
        string? body = null
    )
    {
        using var answer = await house.Send(method, path, body, admin: true);
        return await TestHouse.Json(answer);
    }

    private static async Task<JsonElement> Health(TestHouse house) =>
        (await TestHouse.Json(await house.Send(HttpMethod.Get, "/health"))).GetProperty("license");

    private static Task<HttpResponseMessage> With(
        TestHouse house,
        HttpMethod method,
        string path,
        string key,
        string? body = null
    ) =>
        house.Send(
            method,
            path,
            body,
            adjust: request => request.Headers.Add("X-License-Key", key)
        );

    private static async Task<HttpStatusCode> Save(TestTenant tenant, string name)
    {
        using var answer = await tenant.Put($"/api/v1/secrets/{name}", """{"value":"x"}""");
        return answer.StatusCode;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class LicenseTestsOnSqlite : LicenseTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class LicenseTestsOnPostgres : LicenseTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
