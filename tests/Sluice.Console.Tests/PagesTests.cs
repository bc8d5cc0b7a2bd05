using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;

namespace Sluice.Console.Tests;

/// <summary>
/// Every page, narrow and wide, light and dark: axe-core finds nothing serious, nothing hangs over the edge, nothing is asked of another
/// host, and the whole page with its files is at most 60 KB (with the canvas 250 KB). With <c>SLUICE_SCREENSHOTS</c> (a folder) each is also a picture.
/// </summary>
public sealed class PagesTests(Browser browser)
{
    private const int MostBytes = 60 << 10;

    private const int MostBytesOfCanvas = 250 << 10;

    /// <summary>Bytes as they are sent, of a page and all of its files, those too that the browser has kept from a page before; without what a page that renews itself asks for later.</summary>
    private const string Weight = """
        () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .filter((each, i) => i === 0 || each.name !== location.href)
          .reduce((sum, each) => sum + each.encodedBodySize, 0)
        """;

    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _wrong = new();

    [Fact]
    public async Task Every_page_is_sound_at_both_widths_and_in_both_schemes()
    {
        var full = await browser.World;
        var pages = await ConsolePaths.Of(full);
        await Task.WhenAll(
            Walk(full, 1280, pages),
            Walk(full, 390, pages),
            WalkEmpty(1280),
            WalkEmpty(390),
            WalkFactors(1280),
            WalkFactors(390)
        );
        Assert.True(_wrong.IsEmpty, string.Join('\n', _wrong.Order()));
    }

    private async Task Walk(ConsoleWorld world, int width, IReadOnlyList<string> pages)
    {
        await using var window = await browser.Open(width);
        foreach (var path in (string[])["/console/sign-in", "/console/sign-in/forgotten"])
        {
            await window.Page.GotoAsync(path);
            await Look(window, width, path);
        }
        await window.SignIn(world.Owner);
        foreach (var path in pages)
        {
            await window.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
            await Look(window, width, path);
        }
        foreach (var complaint in window.Complaints)
            _wrong.Enqueue($"at {width}: {complaint}");
    }

    /// <summary>The sections of a tenant in which there is nothing, in the environment that is loud.</summary>
    private async Task WalkEmpty(int width)
    {
        var tenant = await browser.House.NewTenant($"empty{width}-{Guid.NewGuid():N}"[..14]);
        await using var window = await browser.Open(width);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Button("Test").ClickAsync();
        await window.Page.GetByText("You are looking at the test environment").WaitForAsync();
        foreach (
            var section in (string[])
                [
                    "",
                    "/api-keys",
                    "/secrets",
                    "/usage",
                    "/flow-configs",
                    "/runs",
                    "/packages",
                    "/flows",
                    "/memory",
                    "/service-accounts",
                    "/license",
                ]
        )
        {
            await window.Page.GotoAsync("/console" + section);
            await Look(window, width, $"/empty{section}");
        }
        foreach (var complaint in window.Complaints)
            _wrong.Enqueue($"empty at {width}: {complaint}");
    }

    /// <summary>What a person sees of a passkey and an authenticator, from the first form to signing in with a code.</summary>
    private async Task WalkFactors(int width)
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var passkey = await Passkeys.Plant(browser.House, person.Email);
        await using var window = await browser.Open(width);
        await window.SignIn(person);
        await window.Page.GotoAsync($"/console/security/passkeys/{passkey}/remove");
        await Look(window, width, "/console/security/passkeys/remove");
        await window.Page.GotoAsync($"/console/security/passkeys/{passkey}/rename");
        await Look(window, width, "/console/security/passkeys/rename");
        await window.Page.GotoAsync("/console/security/totp/add");
        await window.Field("Your password").FillAsync(Person.Password);
        await window.Button("Continue").ClickAsync();
        var secret = await window.Page.Locator("#totp-secret").InputValueAsync();
        await Look(window, width, "/console/security/totp/secret");
        var authenticator = new Authenticator(secret, TimeProvider.System);
        await window.Field("Code").FillAsync(await authenticator.Code());
        await window.Button("Confirm").ClickAsync();
        await window.Heading("Save your recovery codes").WaitForAsync();
        await Look(window, width, "/console/security/totp/codes");
        await window.Link("Done").ClickAsync();
        await window.Link("Turn it off").WaitForAsync();
        await Look(window, width, "/console/security/on");
        await window.Page.GotoAsync("/console/security/totp/off");
        await Look(window, width, "/console/security/totp/off");
        await window.Page.Context.ClearCookiesAsync();
        await window.Page.GotoAsync("/console");
        await window.Field("Organisation").FillAsync(tenant.Handle);
        await window.Field("E-mail address").FillAsync(person.Email);
        await window.Field("Password").FillAsync(Person.Password);
        await window.Button("Sign in").ClickAsync();
        await window.Heading("One more thing").WaitForAsync();
        await Look(window, width, "/console/sign-in/code");
        foreach (var complaint in window.Complaints)
            _wrong.Enqueue($"factors at {width}: {complaint}");
    }

    private async Task Look(Window window, int width, string name)
    {
        var page = window.Page;
        await Weigh(window, width, name);
        var over = await page.EvaluateAsync<int>(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        );
        if (over > 0)
            _wrong.Enqueue($"{name} at {width}: hangs over the edge by {over} pixels");
        await Axe.Open(page);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            // In the second scheme only the colours are others.
            foreach (var finding in await Axe.Findings(page, scheme == ColorScheme.Dark))
                _wrong.Enqueue($"{name} at {width}, {scheme}: {finding}");
            await Screenshots.Take(page, name, width, scheme);
        }
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    private async Task Weigh(Window window, int width, string name)
    {
        while (window.Requests.TryDequeue(out var request))
        {
            if (new Uri(request.Url).Authority != browser.House.Client.BaseAddress!.Authority)
                _wrong.Enqueue($"{name} at {width}: asks {request.Url}");
        }
        var bytes = await window.Page.EvaluateAsync<int>(Weight);
        if (
            bytes
            > (name.EndsWith("/canvas", StringComparison.Ordinal) ? MostBytesOfCanvas : MostBytes)
        )
            _wrong.Enqueue($"{name} at {width}: {bytes} bytes");
    }
}
