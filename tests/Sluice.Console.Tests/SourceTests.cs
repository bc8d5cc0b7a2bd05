using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>The three pages that the documented system has, in the words in which it is documented.</summary>
public sealed class SourceTests(Browser browser)
{
    [Fact]
    public async Task Api_keys_are_listed_masked_with_an_em_dash_where_nothing_is_known_and_when_they_were_used()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        using var imported = await tenant.Post(
            "/api/v1/keys/import",
            $$"""{"keys":[{"name":"laptop","sha256":"{{new string('a', 64)}}"}]}"""
        );
        Assert.True(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync());
        await window.Link("API Keys").ClickAsync();
        Assert.Equal(["Name", "Key", "Created", "Last used"], (await Columns(window)).SkipLast(1));
        var laptop = Row(window, "laptop");
        await Expect(laptop.Locator("[data-label=Key]")).ToHaveTextAsync("—");
        await Expect(laptop.Locator("[data-label='Last used']")).ToHaveTextAsync("Never");

        await window.Link("Create key").ClickAsync();
        // A name is required: Enter in an empty field makes none.
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Heading("Create API key")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync("ci");
        await window.Button("Create key").ClickAsync();
        var key = await window.Page.GetByLabel("The key").InputValueAsync();
        using (var used = await browser.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key))
            Assert.True(used.IsSuccessStatusCode);
        await window.Link("Done").ClickAsync();
        // Written behind the answer, and once a minute.
        for (var i = 0; i < 200; i++)
        {
            await window.Page.ReloadAsync();
            if (await Row(window, "ci").Locator("[data-label='Last used'] time").CountAsync() == 1)
                break;
        }
        await Expect(Row(window, "ci").Locator("[data-label='Last used'] time"))
            .ToHaveCountAsync(1);
        await window.Link("Revoke ci").ClickAsync();
        await Expect(window.Button("Revoke key")).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Link("Revoke ci")).ToBeFocusedAsync();
        await Expect(Row(window, "ci")).Not.ToContainTextAsync("revoked");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Secrets_and_overrides_are_listed_by_name_and_date_and_deleted_once_that_is_confirmed()
    {
        var tenant = await browser.House.NewTenant();
        using var config = await tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{tenant.Handle}}/any","name":"night"}"""
        );
        var id = (await TestHouse.Json(config)).GetProperty("id").GetString()!;
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await window.Link("Secrets").ClickAsync();
        await window.Link("Add secret").ClickAsync();
        await dialog.GetByLabel("Name").FillAsync("ANTHROPIC_API_KEY");
        var value = dialog.GetByLabel("Value");
        await Expect(value).ToHaveAttributeAsync("type", "password");
        await value.FillAsync("nobody sees this");
        foreach (var (press, type) in new[] { ("Show", "text"), ("Hide", "password") })
        {
            await window.Button(press).ClickAsync();
            await Expect(value).ToHaveAttributeAsync("type", type);
        }
        await window.Button("Save secret").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is saved");
        Assert.Equal(["Name", "Added", "Replaced"], (await Columns(window)).SkipLast(1));
        Assert.DoesNotContain("nobody sees this", await window.Page.ContentAsync());

        await window.Page.GotoAsync($"/console/flow-configs/{id}");
        await Expect(window.Heading("Secret overrides")).ToBeVisibleAsync();
        await window
            .Page.GetByLabel("Secret", new() { Exact = true })
            .FillAsync("ANTHROPIC_API_KEY");
        await Expect(window.Page.GetByLabel("Override value"))
            .ToHaveAttributeAsync("type", "password");
        await window.Page.GetByLabel("Override value").FillAsync("nor this");
        await window.Button("Save override").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("overridden");
        await window.Link("Flow Configs").ClickAsync();
        await Expect(Row(window, "night")).ToContainTextAsync("ANTHROPIC_API_KEY");
        Assert.DoesNotContain("nor this", await window.Page.ContentAsync());
        await window.Link("night").ClickAsync();
        await window.Link("Take the override of ANTHROPIC_API_KEY away").ClickAsync();
        await Expect(dialog).ToContainTextAsync("cannot be had back");
        await window.Button("Take it away").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status))
            .ToContainTextAsync("the organisation's own again");

        await window.Link("Secrets").ClickAsync();
        await window.Link("Delete ANTHROPIC_API_KEY").ClickAsync();
        await window.Button("Delete secret").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("deleted");
        await Expect(window.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Usage_says_how_many_ran_how_many_went_well_and_a_bar_shows_its_day()
    {
        var world = await browser.World;
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Link("Usage").ClickAsync();
        foreach (var card in (string[])["Executions", "Success rate", "Avg duration"])
            await Expect(window.Page.Locator(".card p", new() { HasTextString = card }).First)
                .ToHaveTextAsync(card);
        await Expect(window.Page.Locator(".bar")).ToHaveCountAsync(30);
        var today = window.Page.Locator(".bar").Last;
        await Expect(today.Locator(".tip")).ToBeHiddenAsync();
        // Wherever one points in its column.
        await today.Locator(".hit").HoverAsync(new() { Force = true });
        await Expect(today.Locator(".tip")).ToBeVisibleAsync();
        var said = await today.GetAttributeAsync("aria-label");
        await window.Page.GetByText("The same as a table").ClickAsync();
        var row = window.Page.GetByRole(AriaRole.Row).Nth(1);
        foreach (var cell in await row.Locator("td").AllInnerTextsAsync())
            Assert.Contains(cell, said);
        // Narrow, the newest day is in sight.
        await window.Page.SetViewportSizeAsync(390, 800);
        await Expect(today.Locator(".hit")).ToBeInViewportAsync();
    }

    private static async Task<IReadOnlyList<string>> Columns(Window window) =>
        await window.Page.Locator("thead th").AllInnerTextsAsync();

    private static ILocator Row(Window window, string name) =>
        window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
}
