using System.Net;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>Whoever is signed out elsewhere, rests or is removed is out at the very next request, whatever page is open.</summary>
public sealed class LeavingTests(Browser browser)
{
    [Fact]
    public async Task A_session_that_is_ended_elsewhere_is_led_to_sign_in_by_its_next_click_and_on_to_what_it_wanted()
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("owner");
        await using var here = await browser.Open();
        await using var there = await browser.Open(390);
        await there.SignIn(person);
        await there.Page.GotoAsync("/console/api-keys");
        await here.SignIn(person);
        await here.Page.Locator(".who").ClickAsync();
        await here.Link("Where you are signed in").ClickAsync();
        var own = here.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "this one" });
        await Expect(own.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await here
            .Page.GetByRole(AriaRole.Button, new() { Name = "End the session from 127.0.0.1" })
            .ClickAsync();
        await Expect(here.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is ended");
        await Expect(here.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        // What it clicks asks for a dialog, which nobody gives it.
        await there.Link("Create key").ClickAsync();
        await Enter(there, person);
        await Expect(there.Heading("Create API key")).ToBeVisibleAsync();

        // A page that renews itself leads there without a click.
        await there.Page.Clock.InstallAsync();
        await there.Page.GotoAsync("/console/runs");
        await here.Page.ReloadAsync();
        await here.Button("End all others").ClickAsync();
        await Expect(here.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("here alone");
        await there.Page.Clock.FastForwardAsync(5_000);
        await Enter(there, person);
        await Expect(there.Heading("Runs")).ToBeVisibleAsync();
        // One that failed for a moment stays as it is.
        await there.Page.RouteAsync(
            "**/console/runs",
            route => route.FulfillAsync(new() { Status = 503, Body = "<h1>Busy</h1>" })
        );
        var failed = there.Page.WaitForResponseAsync("**/console/runs");
        await there.Page.Clock.FastForwardAsync(5_000);
        Assert.Equal(503, (await failed).Status);
        await Expect(there.Page.GetByText("Nothing has run yet")).ToBeVisibleAsync();
        Assert.Empty(here.Complaints);
        Assert.Empty(there.Complaints);
    }

    [Fact]
    public async Task A_member_who_rests_or_is_removed_loses_key_and_session_at_once()
    {
        var tenant = await browser.House.NewTenant();
        var (owner, member) = (
            await tenant.NewPerson("owner"),
            await tenant.NewPerson("developer")
        );
        var key = await tenant.KeyOf(member.Id);
        await using var window = await browser.Open();
        await using var theirs = await browser.Open(390);
        await window.SignIn(owner);
        await theirs.SignIn(member);
        await window.Link("Members").ClickAsync();
        await window.Arrive("Members");
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = member.Email });
        var dialog = window.Page.GetByRole(AriaRole.Dialog);

        await window.Link($"Change {member.Email}").ClickAsync();
        await dialog.GetByLabel("Role").SelectOptionAsync("viewer");
        await dialog.GetByLabel("State").SelectOptionAsync("no");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(row).ToContainTextAsync("rests");
        await Expect(row).ToContainTextAsync("Viewer");
        await window.Arrive("Members");
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(key));
        await theirs.Page.GotoAsync("/console/runs");
        await Expect(theirs.Heading("Sign in")).ToBeVisibleAsync();
        await window.Link($"Change {member.Email}").ClickAsync();
        await dialog.GetByLabel("State").SelectOptionAsync("yes");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(row).Not.ToContainTextAsync("rests");
        await window.Arrive("Members");
        Assert.Equal(HttpStatusCode.OK, await Whoami(key));
        await Enter(theirs, member);
        await Expect(theirs.Heading("Runs")).ToBeVisibleAsync();

        await window.Link($"Remove {member.Email}").ClickAsync();
        await Expect(dialog).ToContainTextAsync("keys stop working at once");
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(window.Link($"Remove {member.Email}")).ToBeFocusedAsync();
        Assert.Equal(HttpStatusCode.OK, await Whoami(key));
        await window.Link($"Remove {member.Email}").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove member" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is removed");
        await Expect(row).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(key));
        await theirs.Page.ReloadAsync();
        await Enter(theirs, member);
        await Expect(theirs.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(theirs.Field("E-mail address")).ToHaveValueAsync(member.Email);
        await Expect(theirs.Field("Password")).ToHaveValueAsync("");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_password_is_changed_without_script_and_all_other_sessions_are_over()
    {
        const string later = "yet another long password";
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("viewer");
        await using var here = await browser.Open(390, scripts: false);
        await using var there = await browser.Open(scripts: false);
        await there.SignIn(person);
        await here.SignIn(person);
        await here.Page.GotoAsync("/console/security");
        await here.Link("Change your password").ClickAsync();
        await here.Field("Your password so far").FillAsync("a wrong password");
        await here.Field("New password").FillAsync("short");
        await here.Button("Change password").ClickAsync();
        await Expect(here.Page.Locator(".mistake")).ToContainTextAsync("12 characters");
        await Expect(here.Field("New password")).ToHaveValueAsync("");
        await here.Field("Your password so far").FillAsync("a wrong password");
        await here.Field("New password").FillAsync(later);
        await here.Button("Change password").ClickAsync();
        await Expect(here.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the password");
        Assert.DoesNotContain(later, await here.Page.ContentAsync());
        await here.Field("Your password so far").FillAsync(Person.Password);
        await here.Field("New password").FillAsync(later);
        await here.Button("Change password").ClickAsync();
        await Expect(here.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is changed");
        await there.Page.GotoAsync("/console/runs");
        await Enter(there, person);
        await Expect(there.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Enter(there, person, later);
        await Expect(there.Heading("Runs")).ToBeVisibleAsync();
        // The forms of the page here know its new cookie.
        await here.Page.Locator(".who").ClickAsync();
        await here.Button("Sign out").ClickAsync();
        await Expect(here.Page.GetByText("You are signed out")).ToBeVisibleAsync();
    }

    private static async Task Enter(Window window, Person person, string password = Person.Password)
    {
        await Expect(window.Heading("Sign in")).ToBeVisibleAsync();
        await window.Field("Organisation").FillAsync(person.Tenant.Handle);
        await window.Field("E-mail address").FillAsync(person.Email);
        await window.Field("Password").FillAsync(password);
        await window.Button("Sign in").ClickAsync();
    }

    private async Task<HttpStatusCode> Whoami(string key)
    {
        using var answer = await browser.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        return answer.StatusCode;
    }
}
