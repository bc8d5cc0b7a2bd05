using Microsoft.Playwright;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>Times in a real browser, which is in Berlin: as the profile wants them, refined by a script where there is one.</summary>
public sealed class TimeZoneTests(Browser browser)
{
    private const string Kolkata = "Asia/Kolkata";

    [Fact]
    public async Task Times_are_the_browsers_until_the_profile_has_a_zone_and_then_the_profiles_with_and_without_a_script()
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("owner");
        var (key, _) = await tenant.MintKey();
        var page = $"/console/api-keys/{key}";
        await using var window = await browser.Open();
        await using var plain = await browser.Open(scripts: false);
        await window.SignIn(person);
        await plain.SignIn(person);

        await window.Page.GotoAsync(page);
        await plain.Page.GotoAsync(page);
        await Expect(Created(window)).ToHaveTextAsync(await Written(window, "Europe/Berlin"));
        await Expect(Created(plain)).ToContainTextAsync(" UTC");

        // The browser's own engine is asked for the time there, so that two implementations agree.
        await window.Page.GotoAsync("/console/profile");
        await window.Field("Time zone").SelectOptionAsync(Kolkata);
        await window.Button("Save").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status).First).ToContainTextAsync(Kolkata);
        await window.Page.GotoAsync(page);
        await plain.Page.GotoAsync(page);
        var there = await Clock(window, Kolkata) + " UTC+5:30";
        await Expect(Created(window)).ToContainTextAsync(there);
        await Expect(Created(plain)).ToContainTextAsync(there);
        // The script adds what the browser's clock showed, and takes nothing away.
        var title = await Created(window).GetAttributeAsync("title");
        Assert.Contains(Kolkata, title);
        Assert.Contains("Europe/Berlin (your browser)", title);
        Assert.Contains(await Written(window, "Europe/Berlin"), title);
        Assert.DoesNotContain("your browser", await Created(plain).GetAttributeAsync("title"));

        // One step back to the browser's.
        await window.Page.GotoAsync("/console/profile");
        await window.Button("Use Europe/Berlin, as your browser").ClickAsync();
        await Expect(window.Field("Time zone")).ToHaveValueAsync("Europe/Berlin");
        await Expect(window.Page.Locator("[data-browser-zone]")).ToBeHiddenAsync();
        await plain.Page.GotoAsync("/console/profile");
        await Expect(plain.Page.Locator("[data-browser-zone]")).ToBeHiddenAsync();
        await plain.Field("Time zone").SelectOptionAsync("");
        await plain.Button("Save").ClickAsync();
        await plain.Page.GotoAsync(page);
        await Expect(Created(plain)).ToContainTextAsync(" UTC");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_list_that_renews_itself_keeps_its_times_in_the_browsers_zone()
    {
        var world = await browser.World;
        await using var window = await browser.Open();
        await window.SignIn(await world.Tenant.NewPerson("viewer"));
        await window.Page.GotoAsync("/console/runs");
        var began = window.Page.Locator("[data-label=Began] time").First;
        await Expect(began).Not.ToContainTextAsync("UTC");
        // As the page does by itself every few seconds.
        await window.Page.RunAndWaitForResponseAsync(
            () => window.Page.EvaluateAsync("htmx.trigger('#runs', 'every')"),
            answer => answer.Url.EndsWith("/console/runs", StringComparison.Ordinal)
        );
        await Expect(window.Page.Locator("#runs time[data-shown]")).ToHaveCountAsync(0);
        await Expect(began).Not.ToContainTextAsync("UTC");
        Assert.Empty(window.Complaints);
    }

    private static ILocator Created(Window window) =>
        window
            .Page.Locator(
                "div",
                new() { Has = window.Page.Locator("dt", new() { HasTextString = "Created" }) }
            )
            .Locator("time")
            .Last;

    /// <summary>As the console's script writes a moment.</summary>
    private static Task<string> Written(Window window, string zone) =>
        Created(window)
            .EvaluateAsync<string>(
                "(time, timeZone) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(time.dateTime))",
                zone
            );

    private static Task<string> Clock(Window window, string zone) =>
        Created(window)
            .EvaluateAsync<string>(
                "(time, timeZone) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(time.dateTime))",
                zone
            );
}
