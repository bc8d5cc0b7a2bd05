using System.Net;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>What people come to the console for, as they do it; with script and without.</summary>
public sealed class JourneyTests(Browser browser)
{
    [Fact]
    public async Task A_key_is_created_shown_once_used_and_revoked_and_the_next_call_fails()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Link("API Keys").ClickAsync();
        await window.Link("Create key").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Create API key");
        await Expect(dialog.GetByLabel("Name")).ToBeFocusedAsync();
        await dialog.GetByLabel("Name").FillAsync("production-cli");
        await dialog.GetByLabel("Name").PressAsync("Enter");
        var key = await TakeKey(window);
        Assert.StartsWith("slc_live_", key);
        await window.Button("Copy").ClickAsync();
        await Expect(window.Button("Copied")).ToBeVisibleAsync();
        Assert.Equal(
            key,
            await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()")
        );
        await window.Link("Done").ClickAsync();
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "production-cli" });
        await Expect(row).ToContainTextAsync($"{key[..8]}…{key[^4..]}");
        await Expect(row).ToContainTextAsync("Never");
        Assert.DoesNotContain(key, await window.Page.ContentAsync());
        Assert.Equal(HttpStatusCode.OK, await Whoami(key));
        await window.Link("Revoke production-cli").ClickAsync();
        await Expect(dialog).ToContainTextAsync("cannot be undone");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke key" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("revoked");
        Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(key));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Without_script_a_key_of_64_hex_characters_is_made_rotated_and_both_work()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/api-keys");
        await window.Link("Create key").ClickAsync();
        await window.Page.GetByText("Scopes and shape").ClickAsync();
        await window.Field("Shape").SelectOptionAsync("hex");
        await window.Page.GetByLabel("runs:write").CheckAsync();
        await window.Field("Name").FillAsync("ci");
        await window.Button("Create key").ClickAsync();
        var former = await TakeKey(window);
        Assert.Matches("^[0-9a-f]{64}$", former);
        // A reload sends the form once more, and makes no second key.
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("sent already");
        await Expect(window.Link("ci")).ToHaveCountAsync(1);
        await window.Link("Rotate ci").ClickAsync();
        await window.Button("Rotate key").ClickAsync();
        var later = await TakeKey(window);
        Assert.NotEqual(former, later);
        Assert.Equal(HttpStatusCode.OK, await Whoami(former));
        Assert.Equal(HttpStatusCode.OK, await Whoami(later));
    }

    [Fact]
    public async Task A_form_that_is_refused_says_why_and_keeps_what_was_typed()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open(scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/secrets/add");
        await window.Field("Name").FillAsync("not a name");
        await window.Field("Value").FillAsync("what must not come back");
        await window.Button("Save secret").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("one field");
        await Expect(window.Field("Name")).ToHaveValueAsync("not a name");
        await Expect(window.Field("Name")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(window.Field("Value")).ToHaveValueAsync("");
        Assert.DoesNotContain("must not come back", await window.Page.ContentAsync());
    }

    [Fact]
    public async Task A_secret_is_added_replaced_and_overridden_and_the_answer_of_a_run_changes()
    {
        var world = await browser.World;
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Link("Secrets").ClickAsync();
        await window.Link("Add secret").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("GREETER_SIGNATURE");
        await Expect(dialog.GetByText("saving replaces it")).ToBeVisibleAsync();
        await dialog.GetByLabel("Value").FillAsync("Grüße & \"more\" = 100 %+\\");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(dialog.GetByLabel("Value")).ToHaveAttributeAsync("type", "text");
        await dialog.GetByLabel("I understand, replace it").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save secret" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is saved");
        Assert.Equal("Hello Ada, from Grüße & \"more\" = 100 %+\\", await Answer(world, ""));
        await window.Link("Flow Configs").ClickAsync();
        await window.Link("night").ClickAsync();
        await window
            .Page.GetByLabel("Secret", new() { Exact = true })
            .FillAsync("GREETER_SIGNATURE");
        await window.Page.GetByLabel("Override value").FillAsync("the day watch");
        await window.Page.GetByLabel("I understand, replace it").CheckAsync();
        await window.Button("Save override").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("overridden");
        var config = window.Page.Url.Split('/')[^1];
        Assert.Equal(
            "Hello Ada, from the day watch",
            await Answer(world, $$""","config_id":"{{config}}" """)
        );
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Replacing_a_secret_is_not_done_until_it_is_meant()
    {
        var tenant = await browser.House.NewTenant();
        await ConsoleWorld.Save(tenant, "TAKEN", "one");
        await using var window = await browser.Open(scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/secrets/add");
        await window.Field("Name").FillAsync("TAKEN");
        await window.Field("Value").FillAsync("two");
        await window.Button("Save secret").ClickAsync();
        await Expect(window.Page.GetByText("saving replaces it")).ToBeVisibleAsync();
        await Expect(window.Field("Value")).ToHaveValueAsync("");
        await window.Field("Value").FillAsync("two");
        await window.Page.GetByLabel("I understand, replace it").CheckAsync();
        await window.Button("Save secret").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("TAKEN is saved");
    }

    [Fact]
    public async Task A_failing_run_is_found_understood_and_replayed_with_another_input()
    {
        var world = await browser.World;
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Link("Runs").ClickAsync();
        // Others fail runs of other flows at the same time.
        await window
            .Page.GetByLabel("Flow", new() { Exact = true })
            .FillAsync($"{world.Tenant.Handle}/{ConsoleWorld.Flow}");
        await window.Field("State").SelectOptionAsync("failed");
        await window.Button("Show").ClickAsync();
        await window.Page.WaitForURLAsync("**status=failed*");
        await window.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("s2");
        await window.Link("Replay").ClickAsync();
        await window.Field("Input").FillAsync("""{"text": "Ada", "number": 4}""");
        await window.Button("Replay").ClickAsync();
        // The page of a run under way renews itself.
        await Expect(window.Page.GetByText("succeeded").First).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("Replay of")).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_tenants_in_two_browsers_never_see_each_other()
    {
        var (one, other) = (await browser.World, await browser.House.NewTenant());
        await using var first = await browser.Open();
        await using var second = await browser.Open();
        await first.SignIn(one.Owner);
        await second.SignIn(await other.NewPerson("owner"));
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
                    "/service-accounts",
                    "/members",
                    "/memory",
                    "/license",
                ]
        )
        {
            await first.Page.GotoAsync("/console" + section);
            Assert.DoesNotContain(other.Handle, await first.Page.ContentAsync());
            await second.Page.GotoAsync("/console" + section);
            Assert.DoesNotContain(one.Tenant.Handle, await second.Page.ContentAsync());
        }
        foreach (
            var thing in (string[])
                [
                    $"/runs/{one.Run}",
                    $"/runs/{one.Run}/replay",
                    $"/packages/{one.Tenant.Handle}/works/0.1.0",
                    $"/flows/{one.Tenant.Handle}/{ConsoleWorld.Flow}",
                    $"/flows/{one.Tenant.Handle}/{ConsoleWorld.Flow}/picture",
                    $"/memory/flows/{one.Tenant.Handle}/{ConsoleWorld.Flow}",
                    $"/members/invitations/{one.Invitation}/revoke",
                ]
        )
        {
            var answer = await second.Page.GotoAsync("/console" + thing);
            Assert.Equal(404, answer!.Status);
        }
    }

    [Fact]
    public async Task The_test_environment_is_loud_and_has_things_of_its_own()
    {
        var tenant = await browser.House.NewTenant();
        await ConsoleWorld.Save(tenant, "OF_LIVE", "x");
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Link("Secrets").ClickAsync();
        await Expect(window.Page.GetByText("OF_LIVE").First).ToBeVisibleAsync();
        await window.Button("Test").ClickAsync();
        await Expect(window.Page.GetByText("You are looking at the test environment"))
            .ToBeVisibleAsync();
        await Expect(window.Heading("Secrets")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("OF_LIVE")).ToHaveCountAsync(0);
        Assert.Contains("(test)", await window.Page.TitleAsync());
        await window.Link("API Keys").ClickAsync();
        await window.Link("Create key").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync("trial");
        await window.Page.Keyboard.PressAsync("Enter");
        Assert.StartsWith("slc_test_", await TakeKey(window));
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_leaves_a_dialog_and_reads_the_chart()
    {
        var world = await browser.World;
        await using var window = await browser.Open();
        await window.SignIn(world.Owner);
        await window.Page.GotoAsync("/console/api-keys");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Link("To the content")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Link("Create key")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(window.Link("Create key")).ToBeFocusedAsync();
        await window.Link("Usage").ClickAsync();
        var today = window.Page.Locator(".bar").Last;
        await today.FocusAsync();
        await Expect(today.Locator(".tip")).ToBeVisibleAsync();
        await Expect(today)
            .ToHaveAttributeAsync(
                "aria-label",
                new System.Text.RegularExpressions.Regex(
                    "^[0-9]+ [A-Z][a-z]+ [0-9]{4}: [0-9]+ in all, [0-9]+ succeeded, [0-9]+ failed$",
                    System.Text.RegularExpressions.RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
            );
    }

    [Fact]
    public async Task From_a_document_to_a_call_a_flow_is_written_mended_compiled_and_used()
    {
        var world = await browser.World;
        var name = $"{world.Tenant.Handle}/second";
        await using var window = await browser.Open(scripts: false);
        await window.SignIn(world.Owner);
        await window.Page.GotoAsync("/console/flows/new");
        var document = $"""
            name: {name}
            nodes:
              - alias: only
                package: {world.Tenant.Handle}/works@0.1.0
                node: Greets
            edges:
              - from: "@flow_input"
                to: only
              - from: only
                to: "@flow_output"
            """;
        await window.Field("Document").FillAsync(document);
        await window.Button("Save flow").ClickAsync();
        await window.Button("Compile").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Greets");
        await window.Link("Edit").ClickAsync();
        await window
            .Field("Document")
            .FillAsync(document.Replace("Greets", "Greet", StringComparison.Ordinal));
        await window.Button("Save flow").ClickAsync();
        await window.Button("Compile").ClickAsync();
        await Expect(window.Heading("Use via API")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("curl").First).ToBeVisibleAsync();
        Assert.True(
            await window.Page.EvaluateAsync<bool>(
                "document.querySelector('.graph img').naturalWidth > 0"
            )
        );
        var answer = await Workshop.Invoke(world.Tenant, await Graph(world.Tenant, name));
        Assert.Equal("succeeded", answer.GetProperty("status").GetString());
    }

    private static async Task<string> Graph(TestTenant tenant, string name)
    {
        using var flow = await tenant.Get($"/api/v1/flows/{name}");
        return (await TestHouse.Json(flow)).GetProperty("latest_graph_id").GetString()!;
    }

    private static async Task<string> TakeKey(Window window)
    {
        await window.Heading("Save your API key").WaitForAsync();
        return await window.Page.GetByLabel("The key").InputValueAsync();
    }

    private static async Task<string> Answer(ConsoleWorld world, string more)
    {
        var answer = await Workshop.Invoke(
            world.Tenant,
            world.Graph,
            """{"text":"Ada","number":1}""",
            more
        );
        return answer.GetProperty("output").GetProperty("text").GetString()!;
    }

    private async Task<HttpStatusCode> Whoami(string key)
    {
        using var answer = await browser.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        return answer.StatusCode;
    }
}
