using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>The real CLI, waiting in a terminal, while a person approves it in the browser.</summary>
public sealed partial class DeviceLoginTests(Browser browser)
{
    [Fact]
    public async Task The_CLI_logs_in_with_a_code_that_a_person_types_and_gets_no_more_than_it_asked_for()
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("developer");
        await using var window = await browser.Open(390);
        var credentials = Path.Combine(
            Directory.CreateTempSubdirectory("sluice-device-").FullName,
            "credentials"
        );
        using var login = Start(credentials, "login", "--device", "--scope", "runs:read");
        var page = await Said(login, PageLine());
        var code = await Said(login, CodeLine());

        await window.Page.GotoAsync(page);
        await Look(window, "sign-in");
        await window.Field("Organisation").FillAsync(tenant.Handle);
        await window.Field("E-mail address").FillAsync(person.Email);
        await window.Field("Password").FillAsync(Person.Password);
        await window.Button("Sign in").ClickAsync();
        await window.Field("The code that the program shows").FillAsync("AAAA-AAAA");
        await window.Button("Continue").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Look(window, "wrong-code");
        await window
            .Field("The code that the program shows")
            .FillAsync(code.ToLowerInvariant().Replace('-', ' '));
        await window.Button("Continue").ClickAsync();

        var asked = window.Page.Locator("dl");
        await Expect(asked).ToContainTextAsync("cli");
        await Expect(asked).ToContainTextAsync("127.0.0.1");
        await Expect(asked).ToContainTextAsync("ago");
        await Expect(asked.Locator(".rights")).ToHaveTextAsync("runs:read");
        await Look(window, "asked");
        await window.Button("Approve").ClickAsync();
        await Expect(window.Heading("Connected")).ToBeVisibleAsync();
        await Look(window, "connected");

        await login.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(
            $"as {person.Email}, tenant {tenant.Handle}",
            await login.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(0, login.ExitCode);
        Assert.Equal(0, await Run(credentials, "runs", "list"));
        Assert.NotEqual(0, await Run(credentials, "keys", "list"));

        // It is among the person's keys, and ends there.
        await window.Page.GotoAsync("/console/api-keys");
        await window.Link("Revoke cli").ClickAsync();
        await window.Button("Revoke key").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("revoked");
        Assert.NotEqual(0, await Run(credentials, "runs", "list"));
        Assert.Empty(window.Complaints);
        Directory.Delete(Path.GetDirectoryName(credentials)!, recursive: true);
    }

    private static async Task Look(Window window, string step)
    {
        await Axe.Open(window.Page);
        foreach (
            var (width, scheme) in new[]
            {
                (1280, ColorScheme.Dark),
                (390, ColorScheme.Dark),
                (390, ColorScheme.Light),
            }
        )
        {
            await window.Page.SetViewportSizeAsync(width, 800);
            await window.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Screenshots.Take(window.Page, "/device/" + step, width, scheme);
            Assert.Equal(
                0,
                await window.Page.EvaluateAsync<int>(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
            );
            Assert.Empty(await Axe.Findings(window.Page, coloursOnly: scheme == ColorScheme.Dark));
        }
    }

    private Process Start(string credentials, params string[] arguments)
    {
        // tests/Sluice.Console.Tests/bin/Release/net10.0 → src/Sluice.Cli/bin/Release/net10.0
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var program = Path.Combine(root, "src/Sluice.Cli/bin", here.Parent.Name, here.Name);
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(program, "sluice.dll"), .. arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["SLUICE_URL"] = browser.House.Client.BaseAddress!.GetLeftPart(
                    UriPartial.Authority
                ),
                ["SLUICE_CREDENTIALS"] = credentials,
            },
        };
        start.Environment.Remove("SLUICE_API_KEY");
        start.Environment.Remove("SLUICE_PROFILE");
        var process = Process.Start(start)!;
        // Nobody is there to be asked.
        process.StandardInput.Close();
        return process;
    }

    private async Task<int> Run(string credentials, params string[] arguments)
    {
        using var process = Start(credentials, arguments);
        await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>What a line of the program's errors, where it tells a person what to do, names.</summary>
    private static async Task<string> Said(Process process, Regex line)
    {
        var before = "";
        while (
            await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
                is { } text
        )
        {
            if (line.Match(text) is { Success: true } match)
                return match.Groups["said"].Value;
            before += text + "\n";
        }
        throw new InvalidOperationException("it ended: " + before);
    }

    [GeneratedRegex("^Open (?<said>http.*/device)$", RegexOptions.None, 1000)]
    private static partial Regex PageLine();

    [GeneratedRegex("^and type the code (?<said>[A-Z-]+)$", RegexOptions.None, 1000)]
    private static partial Regex CodeLine();
}
