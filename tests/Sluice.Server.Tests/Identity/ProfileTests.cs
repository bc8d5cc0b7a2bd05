using System.Net;
using System.Text.Json;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Identity;

/// <summary>A member's own profile, over HTTP: its time zone.</summary>
public abstract class ProfileTests
{
    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task A_member_chooses_the_time_zone_of_its_own_profile_and_it_is_on_record_once()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (ada, grace) = (await tenant.NewPerson("viewer"), await tenant.NewPerson("viewer"));
        var visitor = await ada.SignIn();
        Assert.Null(await Zone(visitor, "/api/v1/profile"));
        // The second time nothing changes; and it is kept as the database of zones writes it.
        foreach (var written in (string[])["Asia/Kolkata", "asia/kolkata"])
        {
            using var answer = await Put(visitor, written);
            var profile = await TestHouse.Json(answer);
            Assert.Equal(ada.Id, profile.GetProperty("id").GetString());
            Assert.Equal("Asia/Kolkata", profile.GetProperty("time_zone").GetString());
            Assert.Equal(
                TimeSpan.FromHours(5.5),
                profile.GetProperty("local_time").GetDateTimeOffset().Offset
            );
        }
        Assert.Equal("Asia/Kolkata", await Zone(visitor, "/api/v1/auth/session"));
        Assert.Equal("Asia/Kolkata", await Zone(visitor, "/api/v1/profile"));
        Assert.Null(await Zone(await grace.SignIn(), "/api/v1/profile"));

        // A key of the member is the member; one without any scope is enough for what is its own.
        var key = await tenant.KeyOf(ada.Id);
        using var taken = await house.Send(HttpMethod.Put, "/api/v1/profile", "{}", key);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Null(await Zone(visitor, "/api/v1/auth/session"));

        var entries = await tenant.Search($$"""{"action":"member.update","target":"{{ada.Id}}"}""");
        Assert.Equal(
            ["none from Asia/Kolkata", "Asia/Kolkata from none"],
            entries.Select(entry =>
                entry.GetProperty("details") is var details
                    ? $"{details.GetProperty("time_zone")} from {details.GetProperty("time_zone_before")}"
                    : ""
            )
        );
    }

    [Theory]
    [InlineData("Berlin", "Europe/Berlin has")]
    [InlineData("new york", "America/New_York has")]
    [InlineData("Mars/Olympus_Mons", "one is Europe/Berlin")]
    [InlineData("", "one is Europe/Berlin")]
    // What lies beside the zones is none, and a name is no way to other files.
    [InlineData("right/Europe/Berlin", "one is Europe/Berlin")]
    [InlineData("posixrules", "one is Europe/Berlin")]
    [InlineData("localtime", "one is Europe/Berlin")]
    [InlineData("../../../dev/zero", "one is Europe/Berlin")]
    [InlineData("/dev/zero", "one is Europe/Berlin")]
    [InlineData("W. Europe Standard Time", "one is Europe/Berlin")]
    public async Task A_zone_that_is_none_is_refused_with_one_that_is(string zone, string hint)
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("viewer")).SignIn();
        using var refused = await Put(visitor, zone);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var mistake = (await TestHouse.Json(refused)).GetProperty("mistakes")[0];
        Assert.Equal("time_zone", mistake.GetProperty("where").GetString());
        Assert.Contains(hint, mistake.GetProperty("message").GetString());
        Assert.Null(await Zone(visitor, "/api/v1/profile"));
    }

    [Fact]
    public async Task A_service_account_has_no_profile()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var made = await tenant.Post(
            "/api/v1/service-accounts",
            """{"name":"robot","scopes":["runs:read"]}"""
        );
        var account = (await TestHouse.Json(made)).GetProperty("id").GetString();
        var (_, key) = await tenant.MintKey(
            $"\"service_account\":\"{account}\",\"scopes\":[\"runs:read\"]"
        );
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put])
        {
            using var refused = await house.Send(
                method,
                "/api/v1/profile",
                method == HttpMethod.Put ? """{"time_zone":"UTC"}""" : null,
                key
            );
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(
                "members_only",
                (await TestHouse.Json(refused)).GetProperty("code").GetString()
            );
        }
    }

    internal static Task<HttpResponseMessage> Put(Visitor visitor, string? zone) =>
        visitor.Send(
            HttpMethod.Put,
            "/api/v1/profile",
            $$"""{"time_zone":{{JsonSerializer.Serialize(zone)}}}"""
        );

    private static async Task<string?> Zone(Visitor visitor, string path)
    {
        using var answer = await visitor.Get(path);
        return (await TestHouse.Json(answer)).GetProperty("time_zone").GetString();
    }
}

public sealed class ProfileTestsOnSqlite(Houses houses) : ProfileTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class ProfileTestsOnPostgres(Houses houses) : ProfileTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
