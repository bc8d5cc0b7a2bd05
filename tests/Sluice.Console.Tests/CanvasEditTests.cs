using System.Text.Json;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>What the canvas edits in its panel, with the server's mistakes at the field that they are about.</summary>
public sealed class CanvasEditTests(Browser browser)
{
    [Fact]
    public async Task All_that_a_document_says_is_edited_with_the_mistakes_at_the_field()
    {
        var world = await browser.World;
        var tenant = world.Tenant;
        await Save(tenant, "edited");
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        var page = window.Page;
        await page.GotoAsync($"/console/flows/{tenant.Handle}/edited/canvas");

        // The flow as such, which is there when nothing is selected.
        await window.Field("Version").FillAsync("one");
        await window.Field("Secrets that it reads").FillAsync("API_TOKEN\n\nno name");
        await page.GetByLabel("Works on streams").CheckAsync();
        await Expect(page.Locator(".panel .field.wrong")).ToHaveCountAsync(2);
        await Expect(page.Locator(".panel > .mistake")).ToContainTextAsync("pipeline");
        await CanvasTests.Look(page, "flow");
        await page.GetByLabel("Works on streams").UncheckAsync();
        await window.Field("Version").FillAsync("1.2.0");
        await window.Field("Secrets that it reads").FillAsync("API_TOKEN");
        await window.Field("Description").FillAsync("Two greetings, put together.");
        await window.Field("Start").SelectOptionAsync("second");
        await window.Button("Save").ClickAsync();
        await Expect(page.GetByText("Revision 2 is saved.")).ToBeVisibleAsync();
        Assert.Contains("start: second", await Document(tenant, "edited"));

        await Choose(page, "Placement last");
        await page.GetByLabel("From", new() { Exact = true }).SelectOptionAsync("plan");
        await NoMistakes(page);
        var number = page.GetByRole(AriaRole.Group, new() { Name = "Field 2" });
        await number.GetByLabel("Path").FillAsync("text");
        await Expect(number.Locator(".mistake")).ToContainTextAsync("number");
        await number.GetByLabel("Comes from").SelectOptionAsync("an expression");
        await number.GetByLabel("Expression").FillAsync("inputs.second.number + 1");
        await NoMistakes(page);
        await page.GetByText("Retries", new() { Exact = true }).ClickAsync();
        await window.Field("Attempts").FillAsync("3");
        await window.Field("Jitter").FillAsync("2");
        await Expect(page.Locator(".field.wrong", new() { HasText = "Jitter" })).ToBeVisibleAsync();
        await CanvasTests.Look(page, "plan");
        await window.Field("Jitter").FillAsync("0.5");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "NODE_ERROR" }).UncheckAsync();
        await NoMistakes(page);

        await Edge(page, "Flow input", "first");
        await page.GetByLabel("A call for each item of a list").CheckAsync();
        await window.Field("The list").FillAsync("text");
        await window.Field("Calls at once").FillAsync("4");
        await Expect(page.Locator(".field.wrong", new() { HasText = "The list" }))
            .ToBeVisibleAsync();
        await page.GetByLabel("A call for each item of a list").UncheckAsync();
        await NoMistakes(page);

        await window.Button("← The flow").ClickAsync();
        await Expect(window.Field("Version")).ToHaveValueAsync("1.2.0");
        await window.Field("Start").SelectOptionAsync("");
        await Choose(page, "Flow input");
        await page.GetByLabel("A message of the flow’s own").CheckAsync();
        await window.Field("Name of the message").FillAsync("Question");
        await window.Field("An example").FillAsync("""{"text": 5}""");
        await Expect(page.Locator(".field.wrong", new() { HasText = "An example" }))
            .ToBeVisibleAsync();
        await CanvasTests.Look(page, "facade");
        await window.Field("An example").FillAsync("""{"text": "Ada", "number": 3}""");
        await page.GetByLabel("About it").First.FillAsync("Whom to greet.");
        await NoMistakes(page);

        await window.Button("Add node").ClickAsync();
        await window.Button($"Add the flow {tenant.Handle}/{ConsoleWorld.Flow}").ClickAsync();
        await Choose(page, $"Placement {ConsoleWorld.Flow}");
        await window.Field("Has to take").FillAsync("Nothing");
        await window.Field("Connect to").SelectOptionAsync("@flow_output");
        await Edge(page, "last", "Flow output");
        await page.Keyboard.PressAsync("Delete");
        await Choose(page, "Placement last");
        await window.Field("Connect to").SelectOptionAsync(ConsoleWorld.Flow);
        await Choose(page, $"Placement {ConsoleWorld.Flow}");
        await Expect(page.Locator(".field.wrong", new() { HasText = "Has to take" }))
            .ToBeVisibleAsync();
        await window.Field("Has to take").FillAsync("");
        await NoMistakes(page);
        await window.Button("Save and compile").ClickAsync();
        await Expect(page.GetByText("It is compiled")).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);

        var saved = await Document(tenant, "edited");
        foreach (
            var said in (string[])
                [
                    "version: 1.2.0",
                    "description: Two greetings, put together.",
                    "- API_TOKEN",
                    "Whom to greet.",
                ]
        )
            Assert.Contains(said, saved);
        Assert.DoesNotContain("pipeline_mode", saved);
        Assert.Contains("cel: inputs.second.number + 1", saved);
        Assert.Contains("jitter: 0.5", saved);
        Assert.Contains("message_name: Question", saved);
        Assert.Matches($"subflow: \"?{world.Graph}", saved);
        Assert.DoesNotContain("fan_out", saved);
        Assert.DoesNotContain("- NODE_ERROR", saved);
    }

    /// <summary>Two placements that set the same fields of a third: wrong without a plan.</summary>
    private static async Task Save(TestTenant tenant, string name)
    {
        var works = $"{tenant.Handle}/works@0.1.0";
        var document = $$"""
            name: {{tenant.Handle}}/{{name}}
            nodes:
              - {alias: first, package: {{works}}, node: Greet}
              - {alias: second, package: {{works}}, node: Greet}
              - {alias: last, package: {{works}}, node: Divide}
            edges:
              - {from: "@flow_input", to: first}
              - {from: "@flow_input", to: second}
              - {from: first, to: last}
              - {from: second, to: last}
              - {from: last, to: "@flow_output"}
            """;
        using var saved = await tenant.Put(
            $"/api/v1/flows/{tenant.Handle}/{name}",
            JsonSerializer.Serialize(new Dictionary<string, string> { ["document"] = document })
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
    }

    private static async Task<string> Document(TestTenant tenant, string flow)
    {
        using var answer = await tenant.Get($"/api/v1/flows/{tenant.Handle}/{flow}");
        return (await TestHouse.Json(answer)).GetProperty("document").GetString()!;
    }

    private static Task NoMistakes(IPage page) =>
        Expect(page.GetByText("No mistakes", new() { Exact = true })).ToBeVisibleAsync();

    private static Task Choose(IPage page, string label) =>
        Focus(page, $".react-flow__node[aria-label^=\"{label}\"]");

    private static Task Edge(IPage page, string from, string to) =>
        Focus(page, $".react-flow__edge[aria-label^=\"Edge from {from} to {to}\"]");

    private static async Task Focus(IPage page, string locator)
    {
        await page.Locator(locator).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
    }
}
