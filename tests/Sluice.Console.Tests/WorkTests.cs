using System.Net;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>A run that is led from its own page, and a package version that goes out of sight while its graph is called.</summary>
public sealed class WorkTests(Browser browser)
{
    [Fact]
    public async Task A_run_is_stepped_paused_cancelled_and_replayed_from_a_node_and_a_deleted_version_runs_on()
    {
        var tenant = await browser.House.NewTenant();
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Greet"] = "return Note(text='Hello ' + input.text, number=input.number)",
                ["Linger"] = "import time\ntime.sleep(input.number)\nreturn input",
            }
        );
        var graph = await Workshop.Chain(tenant, "slow", "Greet", "Linger");
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        await Lead(window, await Paused(tenant, graph));
        await ReplayFromNode(window);
        await DeleteVersion(window, tenant);
        var answer = await Workshop.Invoke(tenant, graph, """{"text":"Ada"}""");
        Assert.Equal("Hello Ada", answer.GetProperty("output").GetProperty("text").GetString());
        Assert.Empty(window.Complaints);
    }

    /// <summary>A run of which nothing has run yet; its second node would take an hour.</summary>
    private static async Task<string> Paused(TestTenant tenant, string graph)
    {
        var answer = await Workshop.Invoke(
            tenant,
            graph,
            """{"text":"Ada","number":3600}""",
            ",\"wait\":false,\"debug\":{\"pause_at_start\":true}"
        );
        return answer.GetProperty("execution_id").GetString()!;
    }

    /// <summary>What can be done follows the run's state without a reload.</summary>
    private static async Task Lead(Window window, string run)
    {
        await window.Page.GotoAsync($"/console/runs/{run}");
        await Expect(window.Page.GetByText("before s1")).ToBeVisibleAsync();
        await Expect(window.Button("Pause")).ToHaveCountAsync(0);
        await window.Button("One step").ClickAsync();
        await Expect(window.Page.GetByText("before s2")).ToBeVisibleAsync();
        await Expect(window.Page.Locator("#step-s1")).ToContainTextAsync("succeeded");
        await window.Button("Continue").ClickAsync();
        await window.Button("Pause").ClickAsync();
        await Expect(window.Page.GetByText("pauses before its next step")).ToBeVisibleAsync();
        await window.Page.WaitForLoadStateAsync();
        await Expect(window.Button("Pause")).ToHaveCountAsync(0);
        await window.Link("Cancel run").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("It counts as failed");
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Link("Cancel run")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel run" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("told to stop");
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("cancelled");
        // Nothing is left to stop; times are still those of the reader's zone.
        await Expect(window.Link("Cancel run")).ToHaveCountAsync(0);
        await Expect(window.Link("Breakpoints")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator(".facts")).Not.ToContainTextAsync("UTC");
    }

    private static async Task ReplayFromNode(Window window)
    {
        await window.Page.Locator("#step-s2 summary").ClickAsync();
        await window.Page.Locator("#step-s2").GetByText("Replay from here").ClickAsync();
        var input = window.Field("Input of s2");
        await Expect(input).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("3600"));
        await input.FillAsync("{\"text\": \"Grace\",\n \"number\": }");
        await window.Button("Replay").ClickAsync();
        await Expect(window.Page.Locator(".mistake")).ToContainTextAsync("line 2");
        await Expect(input).ToHaveValueAsync("{\"text\": \"Grace\",\n \"number\": }");
        await input.FillAsync("""{"text": "Grace", "number": 0}""");
        await window.Button("Replay").ClickAsync();
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("succeeded");
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("Replay of");
        // What came before the node was taken over.
        await Expect(window.Page.Locator("#step-s1")).ToContainTextAsync("from the run before");
        await Expect(window.Page.GetByLabel("Output of the run")).ToContainTextAsync("Grace");
        await Expect(window.Button("Pause")).ToHaveCountAsync(0);
    }

    private static async Task DeleteVersion(Window window, TestTenant tenant)
    {
        var version = $"{tenant.Handle}/works 0.1.0";
        await window.Link("Packages").ClickAsync();
        await window.Link(version).ClickAsync();
        await window.Arrive(version);
        await window.Link("Delete this version").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Graphs that do already go on");
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();
        await Expect(window.Link("Delete this version")).ToBeFocusedAsync();
        await window.Link("Delete this version").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete version" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("out of sight");
        await Expect(window.Heading("No packages yet")).ToBeVisibleAsync();
        // Compiled anew it is missed, and the flow's page says so; it is not asked for twice either.
        await window.Page.GotoAsync($"/console/flows/{tenant.Handle}/slow");
        await window.Button("Compile").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("works");
        var gone = await window.Page.GotoAsync(
            $"/console/packages/{tenant.Handle}/works/0.1.0/delete"
        );
        Assert.Equal((int)HttpStatusCode.NotFound, gone!.Status);
    }
}
