using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>The canvas as people use it: with the mouse, and with the keyboard alone.</summary>
public sealed class CanvasTests(Browser browser)
{
    [Fact]
    public async Task A_flow_is_drawn_wired_wrongly_mended_compiled_and_seen_to_run()
    {
        var world = await browser.World;
        var name = $"{world.Tenant.Handle}/drawn";
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Link("Flows").ClickAsync();
        await window.Link("New on the canvas").ClickAsync();
        var page = window.Page;
        await window.Field("Search nodes").FillAsync("gre");
        await window.Button($"Add Greet of {world.Tenant.Handle}/works@0.1.0").ClickAsync();
        await window.Field("Search nodes").FillAsync("");
        await Look(page, "palette");
        // Dropped below on the left, where the layout will not leave it.
        await page.Locator(".palette li")
            .Filter(new() { HasText = "Divide" })
            .DragToAsync(
                page.Locator(".board"),
                new()
                {
                    TargetPosition = new() { X = 200, Y = 420 },
                }
            );
        await Connect(page, "Flow input", "Placement greet");
        await Connect(page, "Placement greet", "Placement divide");
        // Without a mouse.
        await Box(page, "Placement divide").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await window.Field("Connect to").SelectOptionAsync("@flow_output");
        await Expect(page.GetByText("No mistakes", new() { Exact = true })).ToBeVisibleAsync();

        await window.Button("Lay out").ClickAsync();
        await page.EvaluateAsync(LaidOut);
        // A name is asked for when it is needed.
        await window.Button("Save").ClickAsync();
        await Expect(window.Field("Name")).ToBeFocusedAsync();
        await Expect(page.GetByText("Give the flow a name")).ToBeVisibleAsync();
        await window.Field("Name").FillAsync("drawn");
        await Wire(page, "greet", "divide").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await window.Field("What").SelectOptionAsync("fields");
        await page.GetByLabel("Field", new() { Exact = true }).FillAsync("number");
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("text");
        await Expect(page.GetByText("1 mistake", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator(".panel .mistakes")).ToContainTextAsync("string");
        await Expect(Wire(page, "greet", "divide", "1 field, 1 mistake")).ToBeVisibleAsync();
        await window.Button("Save and compile").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("mistakes");
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("number");
        await Expect(page.GetByText("No mistakes", new() { Exact = true })).ToBeVisibleAsync();
        await Look(page, "edge");

        await window.Button("Run").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Input" })
            .FillAsync("""{"number": 0}""");
        await window.Button("Save, compile and run").ClickAsync();
        await Expect(Box(page, "Placement divide, Divide, failed")).ToBeVisibleAsync();
        await Look(page, "failed");
        await window.Button("Show divide").ClickAsync();
        await Expect(window.Heading("Placement divide")).ToBeVisibleAsync();
        await Look(page, "placement");
        await window.Button("Run").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Input" })
            .FillAsync("""{"text": "Ada", "number": 4}""");
        await window.Button("Start run").ClickAsync();
        await Expect(Box(page, "Placement greet, Greet, succeeded")).ToBeVisibleAsync();
        await Expect(Box(page, "Placement divide, Divide, succeeded")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Output", new() { Exact = true })).ToContainTextAsync("25");
        await Look(page, "run");
        await window.Button("Use via API").ClickAsync();
        await Expect(page.GetByLabel("Call it with curl")).ToContainTextAsync("$SLUICE_API_KEY");
        Assert.EndsWith($"/console/flows/{name}/canvas", page.Url);
        Assert.Empty(window.Complaints);
        using var audit = await world.Tenant.Post("/api/v1/audit/search", "{}");
        var entries = (await TestHouse.Json(audit))
            .GetProperty("entries")
            .EnumerateArray()
            .Where(entry => entry.ToString().Contains(name, StringComparison.Ordinal))
            .Select(entry => entry.GetProperty("action").GetString());
        Assert.Contains("flow.create", entries);
        Assert.Contains("flow.compile", entries);
    }

    [Fact]
    public async Task What_would_be_lost_is_asked_for_before_it_is_saved()
    {
        var tenant = (await browser.World).Tenant;
        var document = $$"""
            # Who wrote this, and why.
            name: {{tenant.Handle}}/commented
            nodes:
              - {alias: only, package: {{tenant.Handle}}/works@0.1.0, node: Greet}
            edges:
              - {from: "@flow_input", to: only, condition: {field: number, op: NEQ, value: 9007199254740993} }
              - {from: only, to: "@flow_output"}
            """;
        await Workshop.Compile(tenant, "commented", document);
        await using var window = await browser.Open();
        await window.SignIn((await browser.World).Owner);
        var page = window.Page;
        await page.GotoAsync($"/console/flows/{tenant.Handle}/commented/canvas");
        await Expect(page.GetByText("has comments")).ToBeVisibleAsync();
        await Box(page, "Placement only").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("ArrowDown");
        await window.Field("Timeout in ms").FillAsync("5000");
        await window.Field("Alias").FillAsync("sole");
        await window.Field("Alias").PressAsync("Enter");
        await Box(page, "Placement sole").FocusAsync();
        await page.Keyboard.PressAsync("Delete");
        await Expect(Box(page, "Placement")).ToHaveCountAsync(0);
        await Expect(page.Locator(".react-flow__edge")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+z");
        await Expect(page.Locator(".react-flow__edge")).ToHaveCountAsync(2);
        await window.Button("Save").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Let the comments go?");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Contains("# Who wrote this", await Document(tenant, "commented"));

        // Somebody else saves meanwhile.
        await Workshop.Compile(tenant, "commented", document + "# And again.\n");
        await window.Button("Save").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Replace what was saved meanwhile?");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replace it" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Let them go" }).ClickAsync();
        await Expect(page.GetByText("Revision 3 is saved.")).ToBeVisibleAsync();
        var saved = await Document(tenant, "commented");
        Assert.DoesNotContain("#", saved.Replace("@", "", StringComparison.Ordinal));
        Assert.Contains("timeout_ms: 5000", saved);
        Assert.Contains("9007199254740993", saved);
        Assert.Contains("row: 1", saved);
        Assert.DoesNotContain("only", saved);
        await page.Locator(".board")
            .ClickAsync(
                new()
                {
                    Position = new() { X = 5, Y = 5 },
                }
            );
        await window.Button("Undo").ClickAsync();
        await window.Button("Undo").ClickAsync();
        // Who is signed out meanwhile signs in elsewhere and goes on.
        await page.Context.ClearCookiesAsync();
        await window.Button("Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You are signed out");
        await new Window(page.Context, await page.Context.NewPageAsync()).SignIn(
            (await browser.World).Owner
        );
        await window.Button("Save").ClickAsync();
        await Expect(page.GetByText("Revision 4 is saved.")).ToBeVisibleAsync();
        Assert.DoesNotContain("timeout_ms", await Document(tenant, "commented"));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Without_script_the_canvas_leads_to_the_text_and_who_may_only_look_changes_nothing()
    {
        var world = await browser.World;
        var path = $"/console/flows/{world.Tenant.Handle}/{ConsoleWorld.Flow}";
        await using (var plain = await browser.Open(scripts: false))
        {
            await plain.SignIn(world.Owner);
            await plain.Page.GotoAsync(path + "/canvas");
            await plain.Link("The text editor").ClickAsync();
            await Expect(plain.Field("Document")).ToBeVisibleAsync();
        }
        await using var window = await browser.Open(390);
        await window.SignIn(await world.Tenant.NewPerson("viewer"));
        await window.Page.GotoAsync(path + "/canvas");
        await Box(window.Page, "Placement s1").FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Heading("Placement s1")).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("Delete");
        await Expect(Box(window.Page, "Placement s1")).ToBeVisibleAsync();
        await Expect(window.Button("Save")).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_flow_of_200_nodes_is_drawn_while_one_waits()
    {
        var tenant = (await browser.World).Tenant;
        using var saved = await tenant.Put(
            $"/api/v1/flows/{tenant.Handle}/wide",
            JsonSerializer.Serialize(
                new Dictionary<string, string> { ["document"] = Wide(tenant.Handle) }
            )
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await using var window = await browser.Open();
        await window.SignIn((await browser.World).Owner);
        var path = $"/console/flows/{tenant.Handle}/wide/canvas";
        var fastest = double.MaxValue;
        // The machine may be busy with something else for a moment.
        for (var i = 0; i < 3; i++)
        {
            await window.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
            fastest = Math.Min(fastest, await window.Page.EvaluateAsync<double>(Drawn));
        }
        var frame = double.MaxValue;
        foreach (var alias in (string[])["n5_5", "n3_5", "n7_5"])
            frame = Math.Min(frame, await Drag(window.Page, alias));
        TestContext.Current.SendDiagnosticMessage(
            $"200 nodes are drawn after {fastest:0} ms; a frame takes {frame:0} ms while one is dragged"
        );
        // About half a second where it was measured (docs/performance.md); here other tests, and other programs, are at work.
        Assert.InRange(fastest, 0, 10_000);
        Assert.InRange(frame, 0, 400);
        Assert.Empty(window.Complaints);
    }

    /// <summary>Waits until one placement stands on the right of the other.</summary>
    private const string LaidOut = """
        () => new Promise(done => {
          const left = alias => document.querySelector(`.react-flow__node[data-id="${alias}"]`).getBoundingClientRect().left;
          const look = () => left('divide') > left('greet') + 50 ? done() : requestAnimationFrame(look);
          look();
        })
        """;

    /// <summary>Drags a placement over three others; answers the mean time of a frame, in milliseconds.</summary>
    private static async Task<double> Drag(IPage page, string alias)
    {
        await page.EvaluateAsync(
            "() => { const frames = window.frames_ = []; const tick = now => { if (window.frames_ !== frames) return; frames.push(now); requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"
        );
        var box = (await Box(page, $"Placement {alias},").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 4, box.Y + 4);
        await page.Mouse.DownAsync();
        for (var i = 1; i <= 40; i++)
            await page.Mouse.MoveAsync(box.X + 4 + 2 * i, box.Y + 4 + i);
        await page.Mouse.UpAsync();
        await Expect(page.GetByText("Not saved")).ToBeVisibleAsync();
        return await page.EvaluateAsync<double>(
            "() => (window.frames_.at(-1) - window.frames_[0]) / (window.frames_.length - 1)"
        );
    }

    /// <summary>Milliseconds from the click to the frame in which all of it is there.</summary>
    private const string Drawn = """
        () => new Promise(done => {
          const count = name => document.querySelectorAll(name).length;
          const look = () => count('.react-flow__node') === 202 && count('.react-flow__edge-path') === 228
            ? requestAnimationFrame(() => done(performance.now()))
            : requestAnimationFrame(look);
          look();
        })
        """;

    /// <summary>Ten rows of twenty placements, with an edge or two from row to row.</summary>
    private static string Wide(string handle)
    {
        var (nodes, edges) = (new StringBuilder(), new StringBuilder());
        for (var row = 0; row < 10; row++)
        {
            for (var i = 0; i < 20; i++)
            {
                nodes.AppendLine(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"  - {{alias: n{row}_{i}, package: {handle}/works@0.1.0, node: Greet}}"
                );
                edges.AppendLine(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"  - {{from: \"{(i == 0 ? "@flow_input" : $"n{row}_{i - 1}")}\", to: n{row}_{i}}}"
                );
                if (row > 0 && i % 9 == 8)
                    edges.AppendLine(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"  - {{from: n{row - 1}_{i - 1}, to: n{row}_{i}}}"
                    );
            }
            edges.AppendLine(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  - {{from: n{row}_19, to: \"@flow_output\"}}"
            );
        }
        return $"name: {handle}/wide\nnodes:\n{nodes}edges:\n{edges}";
    }

    /// <summary>axe-core and a picture, wide and light, then narrow and dark.</summary>
    internal static async Task Look(IPage page, string name)
    {
        await Axe.Open(page);
        foreach (
            var (width, scheme) in new[] { (1280, ColorScheme.Light), (390, ColorScheme.Dark) }
        )
        {
            await page.SetViewportSizeAsync(width, 800);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Empty(await Axe.Findings(page, scheme == ColorScheme.Dark));
            Assert.Equal(
                0,
                await page.EvaluateAsync<int>(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
            );
            await Screenshots.Take(page, $"canvas-{name}", width, scheme);
        }
        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    private static async Task<string> Document(TestTenant tenant, string flow)
    {
        using var answer = await tenant.Get($"/api/v1/flows/{tenant.Handle}/{flow}");
        return (await TestHouse.Json(answer)).GetProperty("document").GetString()!;
    }

    /// <summary>A box of the graph, by the beginning of what a screen reader says of it.</summary>
    private static ILocator Box(IPage page, string label) =>
        page.Locator($".react-flow__node[aria-label^=\"{label}\"]");

    private static ILocator Wire(IPage page, string from, string to, string about = "") =>
        page.Locator(
            $".react-flow__edge[aria-label^=\"Edge from {from} to {to}{(about.Length > 0 ? ", " + about : "")}\"]"
        );

    /// <summary>Draws an edge with the mouse, from one box's right side to another's left.</summary>
    private static Task Connect(IPage page, string from, string to) =>
        Box(page, from)
            .Locator(".react-flow__handle.source")
            .DragToAsync(Box(page, to).Locator(".react-flow__handle.target"));
}
