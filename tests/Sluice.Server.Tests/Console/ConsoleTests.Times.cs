using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Sluice.Server.Store;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Console;

// In which zone times are shown, and days are read.
public abstract partial class ConsoleTests
{
    [Fact]
    public async Task Times_on_the_pages_are_in_the_zone_of_the_members_profile()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, _) = await tenant.MintKey();
        using var minted = await tenant.Get($"/api/v1/keys/{id}");
        var at = (await TestHouse.Json(minted)).GetProperty("created_at").GetDateTimeOffset();
        // Zones that never change their clocks, so that the test reckons by itself.
        foreach (
            var (zone, hours, offset) in new[]
            {
                (null, 0, "UTC"),
                ("UTC", 0, "UTC"),
                ("Asia/Kolkata", 5.5, "UTC+5:30"),
                ("America/Phoenix", -7, "UTC-7"),
                ("Pacific/Marquesas", -9.5, "UTC-9:30"),
                ("Africa/Abidjan", 0, "UTC+0"),
            }
        )
        {
            var visitor = await (await tenant.NewPerson("owner")).SignIn();
            if (zone is not null)
                (await ProfileTests.Put(visitor, zone)).Dispose();
            var there = at.ToOffset(TimeSpan.FromHours(hours));
            var seen = await Times(visitor, $"/console/api-keys/{id}", at);
            Assert.Equal(
                there.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " " + offset,
                seen["text"]
            );
            Assert.Equal(
                there.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture)
                    + " "
                    + offset
                    + (zone is null or "UTC" ? "" : ", " + zone),
                seen["title"]
            );
            // Only where the profile names none is the text left to the browser.
            Assert.Equal(zone is null ? "moment" : "", seen["shown"]);
            var listed = await Times(visitor, "/console/api-keys", at);
            Assert.Equal(
                there.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
                listed["text"]
            );
        }
    }

    [Fact]
    public async Task Days_that_are_typed_into_the_audit_log_are_days_of_the_members_zone()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        await tenant.MintKey();
        var at = (await tenant.Search("""{"action":"key.create"}"""))[0]
            .GetProperty("at")
            .GetDateTimeOffset();
        // At every moment it is another day in one of the two than in UTC.
        var (zone, offset) =
            at.UtcDateTime.Hour >= 11 ? ("Pacific/Kiritimati", 14) : ("Pacific/Pago_Pago", -11);
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        var today = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var there = at.ToOffset(TimeSpan.FromHours(offset))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.NotEqual(today, there);
        Assert.True(await IsListed(today));
        Assert.False(await IsListed(there));
        (await ProfileTests.Put(visitor, zone)).Dispose();
        Assert.False(await IsListed(today));
        Assert.True(await IsListed(there));
        var page = await Text(visitor, "/console/audit");
        Assert.Contains($"From ({zone})</label>", page);
        Assert.Contains($"Until ({zone})</label>", page);
        // What no calendar offers, and the last day that there is, are no mistakes of the server's.
        foreach (var day in (string[])["0001-01-01", "9999-12-31", "yesterday"])
            Assert.Contains(
                "Audit log",
                await Text(visitor, $"/console/audit?from={day}&until={day}")
            );

        async Task<bool> IsListed(string day) =>
            (
                await Text(visitor, $"/console/audit?action=key.create&from={day}&until={day}")
            ).Contains("<code>key.create</code>", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_zone_is_chosen_on_the_profiles_page_and_a_mistake_is_said_there()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var page = await Shown();
        Assert.Matches("<option value=\"\" selected", page);
        Assert.Contains(">Asia/Kolkata (UTC+5:30)</option>", page);
        using var wrong = await Choose("Mars/Olympus_Mons");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains(
            "No time zone has this name; one is Europe/Berlin",
            await wrong.Content.ReadAsStringAsync()
        );
        // A former name of a place is kept as it is, and still the one that is selected.
        using var saved = await Choose("Asia/Calcutta");
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        page = await Shown();
        Assert.Matches("<option value=\"Asia/Calcutta\" selected", page);
        Assert.Matches("Now it is <time [^>]*>[^<]* UTC\\+5:30</time>", page);
        using var none = await Choose("");
        Assert.Equal(HttpStatusCode.SeeOther, none.StatusCode);
        Assert.Matches("<option value=\"\" selected", await Shown());

        async Task<string> Shown() =>
            WebUtility.HtmlDecode(await Text(await person.SignIn(), "/console/profile"));

        async Task<HttpResponseMessage> Choose(string zone)
        {
            var visitor = await person.SignIn();
            return await visitor.PostForm(
                "/console/profile",
                ("_token", await Token(visitor, "/console/profile")),
                ("_environment", "live"),
                ("time_zone", zone)
            );
        }
    }

    [Fact]
    public async Task A_zone_that_this_server_has_no_data_of_is_shown_as_UTC_and_said()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("owner");
        // As another server, or this one before its data were taken away, has let it be chosen.
        await house.Database.Write(session =>
            session
                .Of(tenant.Id)
                .Execute(
                    "UPDATE members SET time_zone = 'Mars/Olympus_Mons' WHERE tenant_id = @tenant AND id = @Id",
                    new { person.Id }
                )
        );
        var (id, _) = await tenant.MintKey();
        using var minted = await tenant.Get($"/api/v1/keys/{id}");
        var at = (await TestHouse.Json(minted)).GetProperty("created_at").GetDateTimeOffset();
        var visitor = await person.SignIn();
        var seen = await Times(visitor, $"/console/api-keys/{id}", at);
        Assert.EndsWith(" UTC", seen["text"]);
        Assert.EndsWith(" UTC, for the server knows no Mars/Olympus_Mons", seen["title"]);
        // A browser that knows more is told the name.
        Assert.Equal("moment", seen["shown"]);
        Assert.Contains(
            "data-zone=\"Mars/Olympus_Mons\"",
            await Text(visitor, "/console/api-keys")
        );
        var profile = await Text(visitor, "/console/profile");
        Assert.Contains("This server has no data of Mars/Olympus_Mons", profile);
        Assert.Contains("<code>tzdata</code>", profile);
        Assert.Contains("From (UTC)", await Text(visitor, "/console/audit"));
    }

    /// <summary>What a page says of a moment: <c>text</c>, <c>title</c>, and in which form a script may show it (<c>shown</c>).</summary>
    private static async Task<Dictionary<string, string>> Times(
        Visitor visitor,
        string path,
        DateTimeOffset at
    )
    {
        var iso = at.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture
        );
        var found = Regex.Match(
            WebUtility.HtmlDecode(await Text(visitor, path)),
            $"<time datetime=\"{Regex.Escape(iso)}\" title=\"(?<title>[^\"]*)\"( data-shown=\"(?<shown>[a-z]+)\")?>(?<text>[^<]*)</time>",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(10)
        );
        Assert.True(found.Success, $"{path} does not say {iso}");
        return found.Groups.Keys.ToDictionary(name => name, name => found.Groups[name].Value);
    }
}
