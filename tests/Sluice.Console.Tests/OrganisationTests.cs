using System.Net;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>What an admin sets up for the organisation, with no script at all: service accounts with their keys, limits, how long things are kept.</summary>
public sealed class OrganisationTests(Browser browser)
{
    [Fact]
    public async Task A_service_accounts_key_has_some_of_its_scopes_and_follows_them_at_once()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/service-accounts");
        await window.Link("Create service account").ClickAsync();
        await window.Field("Name").FillAsync("deploy");
        await window.Button("Create service account").ClickAsync();
        // It needs scopes; what was typed stays.
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(window.Field("Name")).ToHaveValueAsync("deploy");
        foreach (var scope in (string[])["flows:read", "flows:write", "runs:read"])
            await Box(window, scope).CheckAsync();
        await window.Button("Create service account").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("deploy is made");

        await window.Page.GotoAsync("/console/api-keys/create");
        await window.Field("Name").FillAsync("nightly");
        await window.Field("For").SelectOptionAsync("deploy");
        await window.Field("Expires").SelectOptionAsync("90");
        await window.Button("Create key").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("names its scopes");
        await Expect(window.Field("Name")).ToHaveValueAsync("nightly");
        await Expect(window.Field("Expires")).ToHaveValueAsync("90");
        await Box(window, "keys:write").CheckAsync();
        await window.Button("Create key").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(Box(window, "keys:write")).ToBeCheckedAsync();
        await Box(window, "keys:write").UncheckAsync();
        await Box(window, "flows:read").CheckAsync();
        await Box(window, "runs:read").CheckAsync();
        await window.Button("Create key").ClickAsync();
        var key = await window.Page.GetByLabel("The key").InputValueAsync();
        Assert.Equal(HttpStatusCode.OK, await Status(key, "/api/v1/flows"));
        Assert.Equal(HttpStatusCode.OK, await Status(key, "/api/v1/runs"));
        using (
            var written = await browser.House.Send(
                HttpMethod.Put,
                $"/api/v1/flows/{tenant.Handle}/any",
                """{"document":"nodes: []"}""",
                key
            )
        )
            Assert.Equal(HttpStatusCode.Forbidden, written.StatusCode);
        await window.Link("Done").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "nightly" }))
            .ToContainTextAsync("service account");
        await window.Link("nightly").ClickAsync();
        await Expect(window.Link("deploy, a service account")).ToBeVisibleAsync();
        await window.Link("Limits").ClickAsync();
        await window.Field("Calls a day").FillAsync("700");
        await window.Button("Save limits").ClickAsync();
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("700");

        await window.Page.GotoAsync("/console/service-accounts");
        await window.Link("deploy").ClickAsync();
        await Expect(Box(window, "flows:write")).ToBeCheckedAsync();
        await Box(window, "flows:read").UncheckAsync();
        await window.Button("Save").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("follow at once");
        Assert.Equal(HttpStatusCode.Forbidden, await Status(key, "/api/v1/flows"));
        Assert.Equal(HttpStatusCode.OK, await Status(key, "/api/v1/runs"));
        await window.Link("Remove deploy").ClickAsync();
        await window.Button("Remove service account").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is removed");
        await Expect(window.Heading("No service accounts yet")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(key, "/api/v1/runs"));
    }

    [Fact]
    public async Task Limits_and_times_are_saved_and_a_form_that_is_refused_keeps_what_was_typed()
    {
        var tenant = await browser.House.NewTenant();
        var flow = $"{tenant.Handle}/nightly";
        await using var window = await browser.Open(scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/settings");
        var limits = window.Page.GetByRole(
            AriaRole.Region,
            new() { Name = "Limits of the organisation" }
        );
        await limits.GetByLabel("Runs at once").First.FillAsync("4");
        await limits.GetByLabel("The next one").First.SelectOptionAsync("drop");
        await window.Button("Save limits").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The limits hold");
        await Expect(window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "is refused" }))
            .ToContainTextAsync("4 runs");
        await Expect(limits.GetByLabel("Runs at once").First).ToHaveValueAsync("4");

        var days = window.Field("Days for which runs are kept");
        await days.FillAsync("12");
        await window.Field("Days for which flows remember").FillAsync("40");
        await window.Page.GetByLabel("Flow 1", new() { Exact = true }).FillAsync(flow);
        await window.Button("Save settings").ClickAsync();
        // A flow without days is not dropped: it is asked for.
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("one field");
        await Expect(window.Page.Locator(".mistake")).ToContainTextAsync(flow);
        await Expect(days).ToHaveValueAsync("12");
        await window.Page.GetByLabel("Days for flow 1").FillAsync("90");
        await window.Page.GetByLabel("Flow 2", new() { Exact = true }).FillAsync("No Flow");
        await window.Page.GetByLabel("Days for flow 2").FillAsync("5");
        await window.Button("Save settings").ClickAsync();
        await Expect(window.Page.Locator(".mistake")).ToContainTextAsync("For No Flow");
        await Expect(window.Page.GetByLabel("Days for flow 1")).ToHaveValueAsync("90");
        await window.Page.GetByLabel("Flow 2", new() { Exact = true }).FillAsync("");
        await window.Button("Save settings").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("are saved");
        using var answer = await tenant.Get("/api/v1/settings");
        var kept = await TestHouse.Json(answer);
        Assert.Equal(12, kept.GetProperty("retention_days").GetInt32());
        Assert.Equal(40, kept.GetProperty("memory_days").GetInt32());
        Assert.Equal(90, kept.GetProperty("dead_letter_days").GetProperty(flow).GetInt32());
    }

    [Fact]
    public async Task A_flow_config_is_made_its_parameters_are_edited_and_it_is_deleted()
    {
        var tenant = await browser.House.NewTenant();
        var flow = $"{tenant.Handle}/any";
        using var saved = await tenant.Put(
            $"/api/v1/flows/{flow}",
            $$"""{"document":"name: {{flow}}\nnodes: []\nedges: []\n"}"""
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(await tenant.NewPerson("owner"));
        await window.Page.GotoAsync("/console/flow-configs");
        await window.Link("Create config").ClickAsync();
        await window.Page.GetByLabel("Flow", new() { Exact = true }).SelectOptionAsync(flow);
        await window.Page.Locator("#f-name").FillAsync("night");
        await window.Field("Node timeout in seconds").FillAsync("45");
        await window.Field("Name of parameter 1").FillAsync("REGION");
        await window.Field("Value of parameter 1").FillAsync("eu-west");
        await window.Field("Value of parameter 2").FillAsync("quiet");
        await window.Button("Save config").ClickAsync();
        await Expect(window.Page.Locator(".mistake")).ToContainTextAsync("no name beside it");
        await Expect(window.Page.GetByLabel("Flow", new() { Exact = true })).ToHaveValueAsync(flow);
        await Expect(window.Page.Locator("#f-name")).ToHaveValueAsync("night");
        await Expect(window.Field("Value of parameter 1")).ToHaveValueAsync("eu-west");
        await Expect(window.Field("Value of parameter 2")).ToHaveValueAsync("quiet");
        await window.Field("Name of parameter 2").FillAsync("TONE");
        await window.Button("Save config").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is saved");
        var id = window.Page.Url.Split('/')[^1];
        Assert.Equal("eu-west quiet 45", await Kept());
        await window.Field("Name of parameter 1").FillAsync("");
        await window.Field("Value of parameter 1").FillAsync("");
        await window.Field("Value of parameter 2").FillAsync("loud");
        await window.Field("Node timeout in seconds").FillAsync("");
        await window.Button("Save config").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is saved");
        Assert.Equal("loud", await Kept());
        await window.Link("Delete").ClickAsync();
        await Expect(window.Heading($"Delete night of {flow}?")).ToBeVisibleAsync();
        await window.Button("Delete config").ClickAsync();
        await Expect(window.Heading("No configs in live yet")).ToBeVisibleAsync();

        async Task<string> Kept()
        {
            using var answer = await tenant.Get($"/api/v1/configs/{id}");
            var config = await TestHouse.Json(answer);
            var said = config
                .GetProperty("params")
                .EnumerateObject()
                .OrderBy(each => each.Name, StringComparer.Ordinal)
                .Select(each => each.Value.GetString())
                .Append(
                    config.TryGetProperty("node_timeout_seconds", out var seconds)
                        ? seconds.ToString()
                        : ""
                );
            return string.Join(' ', said).TrimEnd();
        }
    }

    private static ILocator Box(Window window, string scope) =>
        window.Page.GetByRole(AriaRole.Checkbox, new() { Name = scope, Exact = true });

    private async Task<HttpStatusCode> Status(string key, string path)
    {
        using var answer = await browser.House.Send(HttpMethod.Get, path, key: key);
        return answer.StatusCode;
    }
}
