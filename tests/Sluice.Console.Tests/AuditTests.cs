using Microsoft.Playwright;
using Sluice.Seal;
using Sluice.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>The audit log as an auditor uses it: found, taken away in both forms, and verified.</summary>
public sealed class AuditTests(Browser browser)
{
    [Fact]
    public async Task Entries_are_searched_for_and_exported_and_the_copy_verifies()
    {
        var tenant = await browser.House.NewTenant();
        await using var window = await browser.Open();
        await window.SignIn(await tenant.NewPerson("owner"));
        for (var i = 0; i < 55; i++)
            await tenant.MintKey();
        await window.Link("Audit log").ClickAsync();
        await Expect(window.Page.GetByText("The chain holds: ")).ToContainTextAsync("looked at");
        await Expect(window.Page.GetByText("Nothing of it is signed yet")).ToBeVisibleAsync();
        var rows = window.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(50);
        await window.Link("Next page").ClickAsync();
        await Expect(window.Link("First page")).ToBeVisibleAsync();
        await window.Field("Action").FillAsync("session.*");
        await window.Field("Result").SelectOptionAsync("done");
        await window.Button("Search").ClickAsync();
        await Expect(window.Page.GetByText("1 entry", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("session.open");
        await Expect(window.Field("Action")).ToHaveValueAsync("session.*");
        await window.Field("Who").FillAsync("nobody@example.org");
        await window.Button("Search").ClickAsync();
        await Expect(window.Heading("Nothing on record is like that")).ToBeVisibleAsync();
        await Expect(window.Field("Who")).ToHaveValueAsync("nobody@example.org");
        await window.Link("All of it").ClickAsync();
        await Expect(rows).ToHaveCountAsync(50);

        var lines = await Take(window, "Export to verify", ".jsonl");
        var verifier = new LedgerVerifier();
        foreach (var line in lines)
            verifier.Read(System.Text.Encoding.UTF8.GetBytes(line));
        var verdict = verifier.End();
        Assert.Null(verdict.Problem);
        Assert.Equal(tenant.Id, verdict.Chain);
        Assert.True(verdict.Last > 55);
        var table = await Take(window, "Export as CSV", ".csv");
        Assert.Contains("action", table[0]);
        Assert.True(table.Count > 56);
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByText("Signed up to entry")).ToBeVisibleAsync();

        // A hand in the database.
        await browser.House.Database.Write(session =>
            session
                .Of(tenant.Id)
                .Execute(
                    "UPDATE ledger SET actor_name = 'nobody' WHERE tenant_id = @tenant AND seq = 7"
                )
        );
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert))
            .ToContainTextAsync("The chain is broken: entry 7");
        Assert.Empty(window.Complaints);
    }

    private static async Task<IReadOnlyList<string>> Take(Window window, string link, string ending)
    {
        var download = await window.Page.RunAndWaitForDownloadAsync(() =>
            window.Link(link).ClickAsync()
        );
        Assert.EndsWith(ending, download.SuggestedFilename);
        var path = await download.PathAsync();
        return (await File.ReadAllTextAsync(path)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
    }
}
