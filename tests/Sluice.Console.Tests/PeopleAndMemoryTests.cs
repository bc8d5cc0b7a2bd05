using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>Journeys of whoever looks after an organisation: inviting people, and looking at what flows remember.</summary>
public sealed class PeopleAndMemoryTests(Browser browser)
{
    [Fact]
    public async Task A_person_is_invited_by_a_link_that_is_shown_once_and_taken_back()
    {
        var tenant = await browser.House.NewTenant();
        var owner = await tenant.NewPerson("owner");
        await using var window = await browser.Open();
        await window.SignIn(owner);
        await window.Link("Members").ClickAsync();
        await window.Link("Invite a person").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("E-mail address").FillAsync(owner.Email);
        await dialog.GetByLabel("Role").SelectOptionAsync("viewer");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("member already");
        await Expect(window.Field("E-mail address")).ToHaveValueAsync(owner.Email);
        await Expect(window.Field("Role")).ToHaveValueAsync("viewer");
        await window.Field("E-mail address").FillAsync("ada@example.org");
        // A second click while the first is on its way sends nothing; a form that is come back to does.
        Assert.Equal(
            (bool[])[false, true, false],
            await window.Page.EvaluateAsync<bool[]>(
                """
                () => {
                  const form = document.querySelector('main form[data-once]');
                  const stopped = [];
                  const look = event => { stopped.push(event.defaultPrevented); event.preventDefault(); };
                  addEventListener('submit', look);
                  form.requestSubmit();
                  form.requestSubmit();
                  dispatchEvent(new Event('pageshow'));
                  form.requestSubmit();
                  dispatchEvent(new Event('pageshow'));
                  removeEventListener('submit', look);
                  return stopped;
                }
                """
            )
        );
        await window.Button("Invite").ClickAsync();
        var link = await window.Page.GetByLabel("The link").InputValueAsync();
        await Axe.Open(window.Page);
        Assert.Empty(await Axe.Findings(window.Page, coloursOnly: false));
        await Screenshots.Take(window.Page, "/console/members/invited", 1280, ColorScheme.Light);
        await window.Button("Copy").ClickAsync();
        await Expect(window.Button("Copied")).ToBeVisibleAsync();
        Assert.Equal(
            link,
            await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()")
        );
        // A reload sends the form once more: the link that was copied still works, and is not shown again.
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("sent already");
        Assert.DoesNotContain(link.Split('#')[1], await window.Page.ContentAsync());
        await Expect(window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ada@" }))
            .ToContainTextAsync("Viewer");
        Assert.Equal("invalid_input", await Accept(link));
        await window.Link("Take the invitation of ada@example.org back").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("taken back");
        await Expect(window.Page.GetByText("ada@example.org")).ToHaveCountAsync(0);
        Assert.Equal("link_not_valid", await Accept(link));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task What_a_flow_remembers_is_found_read_and_forgotten_piece_by_piece()
    {
        var world = await browser.World;
        var graph = await Workshop.Chain(world.Tenant, "musing", "Greet");
        foreach (var name in (string[])["Grace", "Edsger"])
            await Workshop.Invoke(world.Tenant, graph, $$"""{"text":"{{name}}","number":1}""");
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Link("Memory").ClickAsync();
        await window.Link($"{world.Tenant.Handle}/musing").ClickAsync();
        await window.Page.GetByLabel("Words").FillAsync("edsger");
        await window.Button("Search").ClickAsync();
        await Expect(window.Page.GetByText("1 entry, best first.")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("Grace came to the gate")).ToHaveCountAsync(0);
        await window.Link("Delete the entry: Edsger came to the gate").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Edsger came to the gate");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete entry" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("deleted");
        await Expect(window.Page.GetByText("Edsger came")).ToHaveCountAsync(0);
        await window.Link("Grace").First.ClickAsync();
        await Expect(window.Page.GetByText("May I come in?")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("Hello Grace")).ToBeVisibleAsync();
        await window.Link("Delete session").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete session" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is deleted");
        await Expect(window.Link("Grace")).ToHaveCountAsync(0);
        await Expect(window.Link("Edsger")).ToHaveCountAsync(1);
        await window.Link("Forget all of it").ClickAsync();
        await Expect(dialog).ToContainTextAsync("1 session");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Forget all of it" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("nothing any more");
        await Expect(window.Link($"{world.Tenant.Handle}/musing")).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    /// <summary>Why a link is refused with a password that is too short, which a good one is, too, and stays unused.</summary>
    private async Task<string?> Accept(string link)
    {
        using var answer = await browser.House.Send(
            HttpMethod.Post,
            "/api/v1/auth/accept-invitation",
            $$"""{"token":"{{link.Split('#')[1]}}","password":"short"}"""
        );
        return (await TestHouse.Json(answer)).GetProperty("code").GetString();
    }
}
