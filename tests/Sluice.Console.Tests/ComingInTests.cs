using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>The ways in that begin with a link, on a server that sends mail and runs nodes in a weak tier, which it says.</summary>
public sealed class ComingInTests(Browser browser)
{
    private const string New = "another long password";

    private const string Weak = "isolation tier process, which is weak";

    [Fact]
    public async Task A_forgotten_password_is_set_anew_by_mail_an_invitation_is_accepted_and_a_weak_tier_is_told()
    {
        await using var smtp = await SmtpServer.Start();
        await using var house = await TestHouse.Open(
            args:
            [
                .. smtp.Settings,
                "--Runner:Isolation",
                "process",
                "--Runner:AllowWeakIsolation",
                "true",
            ]
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("owner");
        await using var window = await browser.Open(390, address: Address(house));
        var letter = await Forgotten(window, person);
        await Reset(window, person, letter);
        await Expect(window.Page.GetByText(Weak)).ToBeVisibleAsync();
        await Invite(window, house, smtp);
        Assert.Empty(window.Complaints);

        async Task<string> Forgotten(Window window, Person person)
        {
            await window.Page.GotoAsync("/console/sign-in");
            await window.Link("Forgotten your password?").ClickAsync();
            await window.Field("Organisation").FillAsync(tenant.Handle);
            await window.Field("E-mail address").FillAsync(person.Email);
            await window.Button("Send me a link").ClickAsync();
            await Expect(window.Page.GetByRole(AriaRole.Status))
                .ToContainTextAsync("If there is such a person");
            var (to, text) = await smtp.Next();
            Assert.Equal(person.Email, to);
            return text;
        }
    }

    [Fact]
    public async Task Without_mail_it_is_said_whom_to_ask_and_a_strong_tier_is_not_spoken_of()
    {
        var world = await browser.World;
        await using var window = await browser.Open(scripts: false);
        await window.Page.GotoAsync("/console/sign-in/forgotten");
        await window.Field("Organisation").FillAsync(world.Tenant.Handle);
        await window.Button("Send me a link").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("ask its operator");
        await Expect(window.Field("Organisation")).ToHaveValueAsync(world.Tenant.Handle);
        await window.SignIn(world.Owner);
        using var health = await browser.House.Send(HttpMethod.Get, "/health");
        Assert.Contains("bubblewrap", await health.Content.ReadAsStringAsync());
        Assert.DoesNotContain("isolation tier", await window.Page.ContentAsync());
    }

    private static async Task Reset(Window window, Person person, string letter)
    {
        var link = letter.Split('\n').Single(line => line.Contains("/reset-password#")).Trim();
        await window.Page.GotoAsync(link);
        await Look(window, "reset");
        // The code is in the form, and no longer in the address.
        await Expect(window.Field("Code")).ToHaveValueAsync(SmtpServer.Code(letter));
        Assert.DoesNotContain("#", window.Page.Url);
        await window.Field("Password").FillAsync("short");
        await window.Button("Set it").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not accepted");
        await Look(window, "reset-refused");
        // The link need not be looked for again.
        await Expect(window.Field("Password")).ToHaveValueAsync("");
        await window.Field("Password").FillAsync(New);
        await window.Button("Set it").ClickAsync();
        await Expect(window.Heading("Your password is set")).ToBeVisibleAsync();
        await window.Link("Sign in").ClickAsync();
        await Enter(window, person.Tenant.Handle, person.Email, Person.Password);
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(window.Field("E-mail address")).ToHaveValueAsync(person.Email);
        await Enter(window, person.Tenant.Handle, person.Email, New);
        await Expect(window.Heading("Home")).ToBeVisibleAsync();
        // It works once.
        await using var late = await OpenLike(window, link);
        await late.Field("Password").FillAsync("yet another password");
        await late.Button("Set it").ClickAsync();
        await Expect(late.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("was used");
        await Expect(late.Field("Code")).ToHaveValueAsync("");
    }

    private async Task Invite(Window window, TestHouse house, SmtpServer smtp)
    {
        await window.Page.GotoAsync("/console/members/invite");
        await window.Field("E-mail address").FillAsync("ada@example.org");
        await window.Field("Role").SelectOptionAsync("developer");
        await window.Button("Invite").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("by mail");
        var (to, letter) = await smtp.Next();
        Assert.Equal("ada@example.org", to);
        await using var theirs = await browser.Open(390, address: Address(house));
        await theirs.Page.GotoAsync(
            letter.Split('\n').Single(line => line.Contains("/invitation#")).Trim()
        );
        await Look(theirs, "invitation");
        await theirs.Field("Your name").FillAsync("Ada <b>Lovelace</b> \"A\"");
        await theirs.Field("Password").FillAsync("short");
        await theirs.Button("Accept").ClickAsync();
        await Expect(theirs.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(theirs.Field("Your name")).ToHaveValueAsync("Ada <b>Lovelace</b> \"A\"");
        await theirs.Field("Password").FillAsync(New);
        await theirs.Button("Accept").ClickAsync();
        await Expect(theirs.Heading("Welcome")).ToBeVisibleAsync();
        await Look(theirs, "welcome");
        await theirs.Link("To the console").ClickAsync();
        await Expect(theirs.Heading("Home")).ToBeVisibleAsync();
        await Expect(theirs.Link("Members")).ToHaveCountAsync(0);
        Assert.Empty(theirs.Complaints);
        await window.Page.GotoAsync("/console/members");
        await Expect(window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ada@" }))
            .ToContainTextAsync("Ada <b>Lovelace</b> \"A\"");
        await Expect(window.Link("Take the invitation of ada@example.org back"))
            .ToHaveCountAsync(0);
    }

    private static string Address(TestHouse house) =>
        house.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static async Task<Window> OpenLike(Window window, string link)
    {
        var context = await window.Page.Context.Browser!.NewContextAsync();
        var opened = new Window(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(link);
        return opened;
    }

    private static async Task Enter(Window window, string handle, string email, string password)
    {
        await window.Field("Organisation").FillAsync(handle);
        await window.Field("E-mail address").FillAsync(email);
        await window.Field("Password").FillAsync(password);
        await window.Button("Sign in").ClickAsync();
    }

    private static async Task Look(Window window, string name)
    {
        await Axe.Open(window.Page);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await window.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Empty(await Axe.Findings(window.Page, scheme == ColorScheme.Dark));
            await Screenshots.Take(window.Page, "/pages/" + name, 390, scheme);
        }
        Assert.Equal(
            0,
            await window.Page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        );
    }
}
