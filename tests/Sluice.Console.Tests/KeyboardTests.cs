using System.Net;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>A journey without a mouse: whatever has the focus is to be seen, a dialog keeps it, and gives it back to what opened it.</summary>
public sealed class KeyboardTests(Browser browser)
{
    /// <summary>What has the focus, as a screen reader would call it; a blank where it is not to be seen that it has.</summary>
    private const string Focused = """
        () => {
          const at = document.activeElement;
          const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
          const style = getComputedStyle(at);
          const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
          return at === document.body ? '(the page)' : seen || at.id === 'content' ? name.trim() : 'no outline: ' + name.trim();
        }
        """;

    [Fact]
    public async Task A_key_is_made_and_revoked_and_the_environment_switched_by_keyboard_alone()
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("owner");
        await using var window = await browser.Open(390);
        await SignIn(window, person);
        // Narrow, the sections are behind a button.
        await TabTo(window, "Menu");
        await Press(window, "Enter");
        await TabTo(window, "API Keys");
        await Press(window, "Enter");
        await window.Arrive("API Keys");
        var key = await Create(window);
        await Revoke(window, key);
        await Leave(window);
        Assert.Empty(window.Complaints);
    }

    private static async Task SignIn(Window window, Person person)
    {
        await window.Page.GotoAsync("/console");
        await Expect(window.Field("Organisation")).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync(person.Tenant.Handle);
        await TabTo(window, "E-mail address");
        await window.Page.Keyboard.TypeAsync(person.Email);
        await TabTo(window, "Password");
        await window.Page.Keyboard.TypeAsync(Person.Password);
        await Press(window, "Enter");
        await window.Arrive("Home");
    }

    private async Task<string> Create(Window window)
    {
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await TabTo(window, "Create key");
        await Press(window, "Enter");
        await Expect(dialog.GetByLabel("Name")).ToBeFocusedAsync();
        await Press(window, "Escape");
        await Expect(window.Link("Create key")).ToBeFocusedAsync();
        await Press(window, "Enter");
        await Expect(dialog.GetByLabel("Name")).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("kiosk");
        await TabTo(window, "Expires");
        await window.Page.Keyboard.TypeAsync("In 30");
        await TabTo(window, "Scopes and shape");
        await Press(window, "Space");
        await TabTo(window, "runs:read");
        await Press(window, "Space");
        // Round the dialog, and not out of it.
        await TabTo(window, "Create key");
        await TabTo(window, "Name");
        Assert.True(
            await window.Page.EvaluateAsync<bool>("!!document.activeElement.closest('dialog')")
        );
        await TabTo(window, "Create key");
        await Press(window, "Enter");
        await window.Arrive("Save your API key");
        await Expect(window.Page.GetByLabel("The key")).ToBeFocusedAsync();
        var key = await window.Page.GetByLabel("The key").InputValueAsync();
        await TabTo(window, "Copy");
        await Press(window, "Enter");
        await Expect(window.Button("Copied")).ToBeFocusedAsync();
        await TabTo(window, "Done");
        await Press(window, "Enter");
        await window.Arrive("API Keys");
        using var whoami = await browser.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        var said = (await TestHouse.Json(whoami)).ToString();
        Assert.Contains("runs:read", said);
        Assert.DoesNotContain("runs:write", said);
        return key;
    }

    private async Task Revoke(Window window, string key)
    {
        await TabTo(window, "Revoke kiosk");
        await Press(window, "Enter");
        await Expect(window.Link("Cancel")).ToBeFocusedAsync();
        await Press(window, "Enter");
        await Expect(window.Link("Revoke kiosk")).ToBeFocusedAsync();
        await Press(window, "Enter");
        await TabTo(window, "Revoke key");
        await Press(window, "Space");
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is revoked");
        await window.Arrive("API Keys");
        using var whoami = await browser.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        Assert.Equal(HttpStatusCode.Unauthorized, whoami.StatusCode);
    }

    private static async Task Leave(Window window)
    {
        await TabTo(window, "Test");
        await Press(window, "Enter");
        await Expect(window.Page.GetByText("You are looking at the test environment"))
            .ToBeVisibleAsync();
        await window.Arrive("API Keys");
        await TabTo(window, "owner: you");
        await Press(window, "Enter");
        await Expect(window.Button("Sign out")).ToBeVisibleAsync();
        await Press(window, "Escape");
        await Expect(window.Button("Sign out")).ToBeHiddenAsync();
        await Expect(window.Page.Locator(".who")).ToBeFocusedAsync();
        await Press(window, "Enter");
        await TabTo(window, "Sign out");
        await Press(window, "Enter");
        await Expect(window.Page.GetByText("You are signed out")).ToBeVisibleAsync();
    }

    private static Task Press(Window window, string key) => window.Page.Keyboard.PressAsync(key);

    /// <summary>Goes on with the key Tab until that has the focus; what it passes is to be seen, too.</summary>
    private static async Task TabTo(Window window, string name)
    {
        var passed = new List<string>();
        while (passed.Count < 60)
        {
            await Press(window, "Tab");
            passed.Add(await window.Page.EvaluateAsync<string>(Focused));
            Assert.False(passed[^1].StartsWith("no outline", StringComparison.Ordinal), passed[^1]);
            if (passed[^1] == name || passed[^1].StartsWith(name + " (", StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"{name} has never the focus, but {string.Join(" | ", passed)}");
    }
}
