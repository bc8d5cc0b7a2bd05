using System.Net;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Console;

public abstract partial class ConsoleTests
{
    [Fact]
    public async Task Limits_say_where_they_come_from_and_those_of_the_tenant_are_changed_with_mistakes_kept_in_the_form()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var config = await tenant.Put("/api/v1/configs", """{"params":{"TONE":"quiet"}}""");
        using var license = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $$"""{"org_id":"{{tenant.Handle}}","tier":"enterprise","days":20}""",
            admin: true
        );
        await tenant.MintKey("\"rate_limit\":5");
        var visitor = await (await tenant.NewPerson("admin")).SignIn();
        var page = await Text(visitor, "/console/settings");
        Assert.Matches(
            "Management calls, console included</th>\\s*<td[^>]*>(No limit|[0-9,]+ calls a second)",
            page
        );
        Assert.Contains("<code>Limits:TenantPerSecond</code>", page);
        var token = TokenField().Match(page).Groups["token"].Value;
        using var wrong = await visitor.PostForm(
            "/console/settings/limits",
            ("_token", token),
            ("_environment", "live"),
            ("concurrency.limit", "20000"),
            ("concurrency.policy", "drop"),
            ("node_timeout_seconds", "9")
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var refused = await wrong.Content.ReadAsStringAsync();
        Assert.Matches(
            "name=\"concurrency.limit\"[^>]* value=\"20000\"[^>]* aria-invalid=\"true\"",
            refused
        );
        Assert.Matches("name=\"node_timeout_seconds\"[^>]* value=\"9\"", refused);
        using var saved = await visitor.PostForm(
            "/console/settings/limits",
            ("_token", token),
            ("_environment", "live"),
            ("concurrency.limit", "20"),
            ("concurrency.policy", "drop"),
            ("node_timeout_seconds", "9")
        );
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        var again = await (await tenant.NewPerson("owner")).SignIn();
        Assert.Contains("20 runs; the next one is refused", await Text(again, "/console/settings"));
        using var configs = await tenant.Get("/api/v1/configs");
        var kept = (await TestHouse.Json(configs)).GetProperty("data")[0];
        Assert.Equal("quiet", kept.GetProperty("params").GetProperty("TONE").GetString());

        using var answer = await tenant.Get("/api/v1/settings/limits");
        var limits = (await TestHouse.Json(answer))
            .GetProperty("data")
            .EnumerateArray()
            .Select(limit =>
                $"{limit.GetProperty("name")} {(limit.TryGetProperty("value", out var value) ? value : "none")} {limit.GetProperty("source")} {(limit.TryGetProperty("environment", out var environment) ? environment : "")}".TrimEnd()
            )
            .ToList();
        Assert.Contains("runs_at_once 20 tenant live", limits);
        Assert.Contains("runs_at_once none tenant test", limits);
        Assert.Contains("node_timeout_seconds 9 tenant live", limits);
        Assert.Contains("node_timeout_seconds 300 server test", limits);
        Assert.Contains("license_calls_per_minute 500 license", limits);
        Assert.Contains("keys_with_limits 1 tenant", limits);
    }

    [Fact]
    public async Task A_keys_limits_are_changed_and_taken_away_on_a_page_of_their_own()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        using var list = await tenant.Get("/api/v1/keys");
        var id = (await TestHouse.Json(list)).GetProperty("data")[0].GetProperty("id").GetString();
        var path = $"/console/api-keys/{id}/limits";
        var token = TokenField().Match(await Text(visitor, path)).Groups["token"].Value;
        using var wrong = await visitor.PostForm(
            path,
            ("_token", token),
            ("_environment", "live"),
            ("rate_limit", "-1"),
            ("daily_quota", "700")
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Matches(
            "name=\"daily_quota\"[^>]* value=\"700\"",
            await wrong.Content.ReadAsStringAsync()
        );
        using var saved = await visitor.PostForm(
            path,
            ("_token", token),
            ("_environment", "live"),
            ("rate_limit", ""),
            ("daily_quota", "700")
        );
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        using var changed = await tenant.Get($"/api/v1/keys/{id}");
        Assert.Equal(700, (await TestHouse.Json(changed)).GetProperty("daily_quota").GetInt64());
    }
}
