using Microsoft.Playwright;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>A person of several organisations.</summary>
public sealed class SwitchingTests(Browser browser)
{
    [Fact]
    public async Task Whoever_belongs_to_two_organisations_goes_from_one_to_the_other_by_a_click()
    {
        var (tenant, other) = (await browser.House.NewTenant(), await browser.House.NewTenant());
        var person = await tenant.NewPerson("owner");
        await person.Join(other, "viewer");
        // Without script: it is a form like the others.
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(person);
        await window.Page.Locator("a.tenant").ClickAsync();
        await Expect(window.Heading("Your organisations")).ToBeVisibleAsync();
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = other.Handle });
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync(other.Handle);
        await Expect(window.Page.Locator("a.tenant")).ToHaveTextAsync(other.Handle);
        await window.Page.GotoAsync("/console/members");
        await Expect(window.Page.GetByText("This needs the right admin")).ToBeVisibleAsync();
        await window.Page.GotoAsync("/console/organisations");
        row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = tenant.Handle });
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(window.Page.Locator("a.tenant")).ToHaveTextAsync(tenant.Handle);
        Assert.Empty(window.Complaints);
    }
}
