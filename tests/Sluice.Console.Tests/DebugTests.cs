using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>A run that is stopped, led and forked by a person, on the canvas and on its own page.</summary>
public sealed class DebugTests(Browser browser)
{
    private const string Events = "**/api/v1/runs/*/events";

    [Fact]
    public async Task A_run_is_stopped_by_keyboard_led_step_by_step_and_forked_with_an_edited_result()
    {
        await using var window = await Open();
        var page = window.Page;
        await Box(page, "Placement s2, Divide").FocusAsync();
        await page.Keyboard.PressAsync("b");
        await Expect(Box(page, "Placement s2, Divide, breakpoint")).ToBeVisibleAsync();
        await window.Button("Run").ClickAsync();
        await Expect(page.GetByLabel("Breakpoints").GetByText("Before s2")).ToBeVisibleAsync();
        await window.Field("Before the first step").CheckAsync();
        await Input(page).FillAsync("""{"text": "Ada", "number": 4}""");
        await window.Button("Start run").ClickAsync();
        await Expect(page.GetByText("The run is paused before s1")).ToBeVisibleAsync();
        await window.Button("One step").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(Box(page, "Placement s1, Greet, succeeded")).ToBeVisibleAsync();
        await Expect(Box(page, "Placement s2, Divide, breakpoint, the run is paused before it"))
            .ToBeVisibleAsync();
        await Expect(page.GetByText("The run is paused before s2")).ToBeVisibleAsync();
        await CanvasTests.Look(page, "debug");
        // The keyboard is still on the button.
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The run has succeeded")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Output", new() { Exact = true })).ToContainTextAsync("25");
        Assert.Single(
            window.Requests,
            request => request.Url.EndsWith("/events", StringComparison.Ordinal)
        );

        await window.Link("Its steps, and a new run from any of them").ClickAsync();
        await page.Locator("#step-s1 summary").ClickAsync();
        await page.Locator("#step-s1").GetByText("Fork after this").ClickAsync();
        await window.Field("What s1 gave").FillAsync("""{"text": 5}""");
        await window.Field("Pause before its first step").CheckAsync();
        await window.Button("Fork").ClickAsync();
        await Expect(window.Field("What s1 gave")).ToHaveValueAsync("""{"text": 5}""");
        await Expect(page.Locator(".field.wrong .mistake")).ToContainTextAsync("text");
        await window.Field("What s1 gave").FillAsync("""{"text": "Grace", "number": 5}""");
        await window.Button("Fork").ClickAsync();
        await Expect(page.GetByText("before s2")).ToBeVisibleAsync();
        // What is open stays open while the page renews itself.
        await page.Locator("#step-s1 summary").ClickAsync();
        await page.WaitForResponseAsync(page.Url);
        await page.WaitForResponseAsync(page.Url);
        await Expect(page.Locator("#step-s1").GetByText("Fork after this")).ToBeVisibleAsync();
        await window.Link("Breakpoints").ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "s2" }).CheckAsync();
        await window.Button("Set breakpoints").ClickAsync();
        await Expect(page.GetByText("The breakpoints are set.")).ToBeVisibleAsync();

        // The canvas takes the run over as it stands, with its breakpoints.
        await window.Link("On the canvas").ClickAsync();
        await Expect(Box(page, "Placement s2, Divide, breakpoint, the run is paused before it"))
            .ToBeVisibleAsync();
        await page.GetByLabel("Breakpoint before s2", new() { Exact = true }).ClickAsync();
        await Expect(Box(page, "Placement s2, Divide, the run is paused before it"))
            .ToBeVisibleAsync();
        await window.Button("Continue").ClickAsync();
        await Expect(page.GetByLabel("Output", new() { Exact = true })).ToContainTextAsync("Grace");
        await Expect(page.GetByLabel("Output", new() { Exact = true })).ToContainTextAsync("20");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_lost_connection_is_taken_up_after_the_last_event_and_without_one_the_record_is_read()
    {
        await using var window = await Open();
        var page = window.Page;
        var asked = new List<string?>();
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync(
            Events,
            async route =>
            {
                asked.Add(route.Request.Headers.GetValueOrDefault("last-event-id"));
                if (asked.Count > 1)
                {
                    await route.ContinueAsync();
                    again.TrySetResult();
                }
                else
                    // Told once, then the connection is gone.
                    await route.FulfillAsync(
                        new()
                        {
                            ContentType = "text/event-stream",
                            Body = "id: 1\nevent: run.resumed\ndata: {}\n\n: here\n\n",
                        }
                    );
            }
        );
        await window.Button("Run").ClickAsync();
        await window.Field("Before the first step").CheckAsync();
        await Input(page).FillAsync("""{"text": "Ada", "number": 4}""");
        await window.Button("Start run").ClickAsync();
        await Expect(page.GetByText("The run is paused before s1")).ToBeVisibleAsync();
        await again.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await window.Button("Continue").ClickAsync();
        await Expect(page.GetByText("The run has succeeded")).ToBeVisibleAsync();
        Assert.Equal(2, asked.Count);
        Assert.Equal("1", asked[1]);

        await page.UnrouteAsync(Events);
        await page.RouteAsync(Events, route => route.AbortAsync());
        await window.Button("Start run").ClickAsync();
        await Expect(page.GetByText("The run is paused before s1")).ToBeVisibleAsync();
        await window.Button("Continue").ClickAsync();
        await Expect(page.GetByText("The run has succeeded")).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    private async Task<Window> Open()
    {
        var world = await browser.World;
        var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Page.GotoAsync(
            $"/console/flows/{world.Tenant.Handle}/{ConsoleWorld.Flow}/canvas"
        );
        return window;
    }

    private static ILocator Input(IPage page) =>
        page.GetByRole(AriaRole.Textbox, new() { Name = "Input" });

    private static ILocator Box(IPage page, string label) =>
        page.Locator($".react-flow__node[aria-label^=\"{label}\"]");
}
