using Microsoft.Playwright;
using Sluice.Server.Tests;

[assembly: AssemblyFixture(typeof(Sluice.Console.Tests.Browser))]

namespace Sluice.Console.Tests;

/// <summary>One browser and one server for all tests; each test has tenants, and windows, of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Milliseconds for what is to come about on a page.</summary>
    private const float Patience = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal TestHouse House { get; private set; } = null!;

    private readonly Lazy<Task<ConsoleWorld>> _world;

    public Browser() => _world = new(() => ConsoleWorld.Make(House, "acme"));

    /// <summary>A tenant with something on every page. Tests add to it, and take nothing away that they have not added.</summary>
    internal Task<ConsoleWorld> World => _world.Value;

    /// <summary>With the page of all components.</summary>
    internal static readonly string[] Development = ["--dev"];

    public async ValueTask InitializeAsync()
    {
        var house = TestHouse.Open(args: Development);
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath =
                    Environment.GetEnvironmentVariable("SLUICE_CHROMIUM") ?? "/usr/bin/chromium",
                // Root has no sandbox in Chromium; what is opened is our own server.
                Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            }
        );
        House = await house;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (House is not null)
            await House.DisposeAsync();
    }

    /// <summary>A window that shares nothing with others.</summary>
    /// <param name="address">Of another server than the one for all tests.</param>
    internal async Task<Window> Open(
        int width = 1280,
        ColorScheme scheme = ColorScheme.Light,
        bool scripts = true,
        string? address = null
    )
    {
        var context = await _browser!.NewContextAsync(
            new()
            {
                BaseURL = address ?? House.Client.BaseAddress!.GetLeftPart(UriPartial.Authority),
                ViewportSize = new() { Width = width, Height = 800 },
                ColorScheme = scheme,
                // Colours are looked at when they have come to rest.
                ReducedMotion = ReducedMotion.Reduce,
                JavaScriptEnabled = scripts,
                TimezoneId = "Europe/Berlin",
                Permissions = ["clipboard-read", "clipboard-write"],
            }
        );
        // On a machine that does much else, four windows at once take their time, to begin with above all.
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(2 * Patience);
        return new Window(context, await context.NewPageAsync());
    }
}
