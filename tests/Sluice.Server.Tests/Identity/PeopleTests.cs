using System.Net;
using System.Text.Json;

namespace Sluice.Server.Tests.Identity;

/// <summary>Seed 003's promises about service accounts, and what <c>spec/access.md</c> says of roles, through the real server.</summary>
public abstract class PeopleTests
{
    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task A_service_accounts_key_survives_the_member_who_made_it()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var admin = await tenant.NewMember("admin");
        var adminKey = await tenant.KeyOf(admin);
        var account = await Id(
            await Send(house, HttpMethod.Post, "service-accounts", adminKey, Robot("runs:read"))
        );
        var robot = (
            await TestHouse.Json(
                await Send(
                    house,
                    HttpMethod.Post,
                    "keys",
                    adminKey,
                    $$"""{"name":"robot","service_account":"{{account}}","scopes":["runs:read"]}"""
                )
            )
        )
            .GetProperty("key")
            .GetString()!;
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await tenant.Delete($"/api/v1/members/{admin}")).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, adminKey));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, robot));
    }

    [Fact]
    public async Task Narrowing_a_service_account_shrinks_its_keys_on_their_very_next_use()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (account, robot) = await NewRobot(tenant, "runs:read", "flows:read");
        Assert.Equal(HttpStatusCode.OK, (await Get(house, "/api/v1/flows", robot)).StatusCode);
        using var narrowed = await house.Send(
            HttpMethod.Patch,
            $"/api/v1/service-accounts/{account}",
            """{"scopes":["runs:read"]}""",
            tenant.Key
        );
        Assert.Equal(HttpStatusCode.OK, narrowed.StatusCode);
        using var refused = await Get(house, "/api/v1/flows", robot);
        Assert.Equal("missing_scope", await Code(refused));
        Assert.Equal(HttpStatusCode.OK, (await Get(house, "/api/v1/runs", robot)).StatusCode);
    }

    [Fact]
    public async Task A_removed_service_accounts_keys_fail_on_their_very_next_use_and_its_name_is_free()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (account, robot) = await NewRobot(tenant, "runs:read");
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, robot));
        using var taken = await tenant.Post("/api/v1/service-accounts", Robot("runs:read"));
        Assert.Equal("service_account_name_taken", await Code(taken));
        await tenant.Delete($"/api/v1/service-accounts/{account}");
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(house, robot));
        using var again = await tenant.Post("/api/v1/service-accounts", Robot("runs:read"));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        using var gone = await tenant.Get($"/api/v1/service-accounts/{account}");
        Assert.Equal("service_account_not_found", await Code(gone));
    }

    [Fact]
    public async Task Nobody_gives_a_service_account_or_a_role_rights_that_they_do_not_have()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var viewer = await tenant.NewMember("viewer");
        var (_, narrow) = await tenant.MintKey("\"scopes\":[\"admin\",\"runs:read\"]");
        using var account = await Send(
            house,
            HttpMethod.Post,
            "service-accounts",
            narrow,
            Robot("runs:read", "secrets:write")
        );
        var json = await TestHouse.Json(account);
        Assert.Equal("rights_wider_than_caller", json.GetProperty("code").GetString());
        Assert.Equal(1, json.GetProperty("mistakes").GetArrayLength());
        using var role = await Send(
            house,
            HttpMethod.Patch,
            $"members/{viewer}",
            narrow,
            """{"role":"developer"}"""
        );
        Assert.Equal("rights_wider_than_caller", await Code(role));
    }

    [Fact]
    public async Task A_demoted_members_keys_shrink_at_once()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var member = await tenant.NewMember("developer");
        var key = await tenant.KeyOf(member);
        Assert.Equal(HttpStatusCode.OK, (await Get(house, "/api/v1/secrets", key)).StatusCode);
        using var demoted = await Send(
            house,
            HttpMethod.Patch,
            $"members/{member}",
            tenant.Key,
            """{"role":"viewer"}"""
        );
        Assert.Equal(HttpStatusCode.OK, demoted.StatusCode);
        using var refused = await Get(house, "/api/v1/secrets", key);
        Assert.Equal("missing_scope", await Code(refused));
    }

    [Fact]
    public async Task Only_an_owner_touches_an_owner_and_the_last_one_stays()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var first = await OwnerId(tenant);
        var admin = await tenant.NewMember("admin");
        var adminKey = await tenant.KeyOf(admin);
        using var byAdmin = await Send(
            house,
            HttpMethod.Delete,
            $"members/{first}",
            adminKey,
            null
        );
        Assert.Equal("owners_only", await Code(byAdmin));
        using var crowned = await Send(
            house,
            HttpMethod.Patch,
            $"members/{admin}",
            adminKey,
            """{"role":"owner"}"""
        );
        Assert.Equal("owners_only", await Code(crowned));
        using var last = await tenant.Delete($"/api/v1/members/{first}");
        Assert.Equal("last_owner", await Code(last));
        using var stepsDown = await Send(
            house,
            HttpMethod.Patch,
            $"members/{first}",
            tenant.Key,
            """{"role":"admin"}"""
        );
        Assert.Equal("last_owner", await Code(stepsDown));
    }

    [Fact]
    public async Task Two_owners_who_remove_each_other_at_once_leave_one()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var first = await OwnerId(tenant);
        var second = await tenant.NewMember("owner");
        var secondKey = await tenant.KeyOf(second);
        var answers = await Task.WhenAll(
            Send(house, HttpMethod.Delete, $"members/{second}", tenant.Key, null),
            Send(house, HttpMethod.Delete, $"members/{first}", secondKey, null)
        );
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
    }

    private static async Task<string> OwnerId(TestTenant tenant) =>
        (await TestHouse.Json(await tenant.Get("/api/v1/members")))
            .GetProperty("data")[0]
            .GetProperty("id")
            .GetString()!;

    private static async Task<(string Account, string Key)> NewRobot(
        TestTenant tenant,
        params string[] scopes
    )
    {
        var account = await Id(await tenant.Post("/api/v1/service-accounts", Robot(scopes)));
        var list = JsonSerializer.Serialize(scopes);
        var (_, text) = await tenant.MintKey(
            $"\"service_account\":\"{account}\",\"scopes\":{list}"
        );
        return (account, text);
    }

    private static string Robot(params string[] scopes) =>
        $$"""{"name":"robot","scopes":{{JsonSerializer.Serialize(scopes)}}}""";

    private static async Task<string> Id(HttpResponseMessage answer)
    {
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json.GetProperty("id").GetString()!;
    }

    private static Task<HttpResponseMessage> Get(TestHouse house, string path, string key) =>
        house.Send(HttpMethod.Get, path, key: key);

    private static Task<HttpResponseMessage> Send(
        TestHouse house,
        HttpMethod method,
        string path,
        string key,
        string? body
    ) => house.Send(method, "/api/v1/" + path, body, key);

    private static async Task<HttpStatusCode> Whoami(TestHouse house, string key)
    {
        using var answer = await Get(house, "/api/v1/whoami", key);
        return answer.StatusCode;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class PeopleTestsOnSqlite(Houses houses) : PeopleTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class PeopleTestsOnPostgres(Houses houses) : PeopleTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
