using System.Net;
using System.Text.Json;
using Sluice.Server.Console.Home;
using Sluice.Server.Console.Licenses;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Licenses;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Console;

// What single sections of the console promise.
public abstract partial class ConsoleTests
{
    [Fact]
    public async Task The_license_is_shown_and_its_end_is_told_in_time_to_whoever_may_see_it()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var owner = await (await tenant.NewPerson("owner")).SignIn();
        var community = await Text(owner, "/console/license");
        Assert.Contains("Community", community);
        Assert.Contains("sluice license install", community);
        Assert.DoesNotContain("The license ends", await Text(owner, "/console"));
        using var issued = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $$"""{"org_id":"{{tenant.Handle}}","tier":"enterprise","days":20}""",
            admin: true
        );
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        var shown = await Text(owner, "/console/license");
        foreach (var part in (string[])["Enterprise", "custom_connectors", "Ask the operator"])
            Assert.Contains(part, shown);
        using var nodes = await tenant.Get("/api/v1/nodes");
        foreach (var node in (await TestHouse.Json(nodes)).GetProperty("data").EnumerateArray())
            Assert.Contains(node.GetProperty("id").GetString()!, shown);
        Assert.Matches("The license ends in (1[89]|20) days", shown);
        Assert.Matches("The license ends in (1[89]|20) days", await Text(owner, "/console"));
        var viewer = await (await tenant.NewPerson("viewer")).SignIn();
        Assert.DoesNotContain("The license ends", await Text(viewer, "/console"));
        using var refused = await viewer.Get("/console/license");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task The_audit_log_shows_where_it_is_sent_and_how_that_stands()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var admin = await (await tenant.NewPerson("admin")).SignIn();
        Assert.DoesNotContain("Sent to webhooks", await Text(admin, "/console/audit"));
        using var added = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://hooks.invalid/in?token=t0ken","enabled":false,"actions":["key.*"]}"""
        );
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var shown = await Text(admin, "/console/audit");
        foreach (var part in (string[])["Sent to webhooks", "hooks.invalid", "key.*", "off"])
            Assert.Contains(part, shown);
        Assert.DoesNotContain("t0ken", shown);
    }

    [Theory]
    [InlineData("valid", 45.0, null)]
    [InlineData("valid", 29.5, "The license ends in 29 days.")]
    [InlineData("valid", 1.5, "The license ends in 1 day.")]
    [InlineData("valid", 0.5, "The license ends in less than a day.")]
    [InlineData("grace", -2.5, "The license has ended. Changes are refused in 4 days.")]
    [InlineData("expired", -8.0, "The license has ended, and changes are refused.")]
    [InlineData("invalid", null, "The installed license is not valid, and changes are refused.")]
    [InlineData("none", null, null)]
    public void What_is_said_of_a_license_follows_from_its_state(
        string state,
        double? days,
        string? said
    )
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        DateTimeOffset? end = days is { } left ? now.AddDays(left) : null;
        var license = new LicenseStatus
        {
            Valid = true,
            Tier = "Enterprise",
            MaxNodes = 50,
            ExpiresAt = end,
            State = state,
            Features = [],
            GraceEndsAt = end?.AddDays(LicenseStanding.GraceDays),
            Source = "tenant",
        };
        Assert.Equal(said, LicensePages.Warning(license, now));
    }

    [Fact]
    public async Task A_key_of_ninety_days_is_pointed_out_in_the_list_and_on_its_page()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var owner = await (await tenant.NewPerson("owner")).SignIn();
        var ((old, _), (young, _)) = (await tenant.MintKey(), await tenant.MintKey());
        foreach (var (id, days) in new[] { (old, 90), (young, 89) })
            await house.Database.Write(session =>
                session
                    .Of(tenant.Id)
                    .Execute(
                        "UPDATE keys SET created_at = created_at - @age WHERE tenant_id = @tenant AND id = @id",
                        new { id, age = days * 86_400_000L }
                    )
            );
        var list = await Text(owner, "/console/api-keys");
        Assert.Contains("90 days old", list);
        Assert.DoesNotContain("89 days old", list);
        Assert.Contains("This key is 90 days old", await Text(owner, $"/console/api-keys/{old}"));
        Assert.DoesNotContain("days old", await Text(owner, $"/console/api-keys/{young}"));
    }

    [Fact]
    public void A_secret_that_the_newest_version_of_a_package_declares_and_nobody_saved_is_pointed_out()
    {
        static ReadPackages.Entry Version(string name, int day, params string[] secrets) =>
            new()
            {
                Name = name,
                Version = $"0.{day}.0",
                Language = "python",
                Digest = "",
                CreatedAt = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
                Nodes = [new("Node", "In", "Out", "unary", "", secrets)],
            };
        Assert.Equal(
            ["MISSING", "OTHER"],
            HomePages.Unsaved(
                [
                    Version("a/one", 1, "FORMER"),
                    Version("a/one", 2, "MISSING", "SAVED"),
                    Version("a/two", 1, "OTHER", "MISSING"),
                ],
                new HashSet<string> { "SAVED" }
            )
        );
    }

    [Fact]
    public async Task A_form_that_shows_something_once_makes_one_thing_however_often_it_is_sent()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("admin")).SignIn();
        var session = visitor.Cookie;
        foreach (
            var (path, api, fields) in ((string, string, (string, string)[])[])
                [
                    (
                        "/console/members/invite",
                        "/api/v1/invitations",
                        [("email", "ada@example.org"), ("role", "viewer")]
                    ),
                    ("/console/api-keys/create", "/api/v1/keys", [("name", "made-in-a-form")]),
                ]
        )
        {
            visitor.Cookie = session;
            var before = await Count(tenant, api);
            var form = Form([
                ("_token", await Token(visitor, path)),
                ("_environment", "live"),
                .. fields,
            ]);
            var text = await form.ReadAsStringAsync();
            using var made = await visitor.PostForm(path, text);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
            // The browser sends the mark along with the session.
            visitor.Cookie = $"{session}; {visitor.Given.Split(';')[0]}";
            using var again = await visitor.PostForm(path, text);
            Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
            Assert.Equal(before + 1, await Count(tenant, api));
        }
    }

    [Fact]
    public async Task An_admin_invites_nobody_as_owner_and_takes_no_strangers_invitation_back()
    {
        var house = await Open();
        var (tenant, stranger) = (await house.NewTenant(), await house.NewTenant());
        using var theirs = await stranger.Post(
            "/api/v1/invitations",
            """{"email":"ada@example.org","role":"viewer"}"""
        );
        var id = (await TestHouse.Json(theirs)).GetProperty("id").GetString();
        var visitor = await (await tenant.NewPerson("admin")).SignIn();
        Assert.DoesNotContain("value=\"owner\"", await Text(visitor, "/console/members/invite"));
        var token = await Token(visitor, "/console/members/invite");
        using var refused = await visitor.PostForm(
            "/console/members/invite",
            ("_token", token),
            ("_environment", "live"),
            ("email", "grace@example.org"),
            ("role", "owner")
        );
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var shown = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Only an owner", shown);
        Assert.Contains("grace@example.org", shown);
        using var taken = await visitor.PostForm(
            $"/console/members/invitations/{id}/revoke",
            ("_token", token),
            ("_environment", "live")
        );
        Assert.Equal(HttpStatusCode.NotFound, taken.StatusCode);
        using var still = await stranger.Get("/api/v1/invitations");
        Assert.Equal(
            "pending",
            (await TestHouse.Json(still)).GetProperty("data")[0].GetProperty("status").GetString()
        );
    }

    [Fact]
    public async Task A_flow_that_remembers_nothing_is_shown_as_such_and_any_other_is_not_found()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var flow = $"{tenant.Handle}/{new string('x', 100)}";
        using var saved = await tenant.Put(
            $"/api/v1/flows/{flow}",
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["document"] = $"name: {flow}\nnodes: []\nedges: []\n",
                }
            )
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        var visitor = await (await tenant.NewPerson("viewer")).SignIn();
        Assert.Contains(
            "No node has written an entry",
            await Text(visitor, $"/console/memory/flows/{flow}")
        );
        foreach (
            var other in (string[])
                [$"{tenant.Handle}/absent", $"{tenant.Handle}/{new string('x', 101)}", "No/Flow"]
        )
        {
            using var answer = await visitor.Get($"/console/memory/flows/{other}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        // A viewer looks on: nothing is forgotten by a form that was made by hand.
        var token = await Token(visitor, "/console");
        using var refused = await visitor.PostForm(
            $"/console/memory/flows/{flow}/delete",
            ("_token", token),
            ("_environment", "live")
        );
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Saving_the_settings_keeps_how_long_flows_remember()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var set = await tenant.Put("/api/v1/settings", """{"memory_days":40}""");
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        var page = await Text(visitor, "/console/settings");
        Assert.Matches("name=\"memory_days\"[^>]* value=\"40\"", page);
        using var saved = await visitor.PostForm(
            "/console/settings",
            ("_token", TokenField().Match(page).Groups["token"].Value),
            ("_environment", "live"),
            ("retention_days", "12"),
            ("memory_days", "40")
        );
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        using var kept = await tenant.Get("/api/v1/settings");
        var settings = await TestHouse.Json(kept);
        Assert.Equal(
            (12, 40),
            (
                settings.GetProperty("retention_days").GetInt32(),
                settings.GetProperty("memory_days").GetInt32()
            )
        );
    }

    private static async Task<string> Text(Visitor visitor, string path)
    {
        using var page = await visitor.Get(path);
        return await page.Content.ReadAsStringAsync();
    }

    private static async Task<int> Count(TestTenant tenant, string path)
    {
        using var answer = await tenant.Get(path);
        return (await TestHouse.Json(answer)).GetProperty("data").GetArrayLength();
    }
}
