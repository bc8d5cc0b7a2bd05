using System.Diagnostics;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Ledger;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Console.Tests;

/// <summary>Passkeys, with an authenticator that is Chromium's and not ours.</summary>
public sealed class PasskeyTests(Browser browser, NamedServer named) : IClassFixture<NamedServer>
{
    /// <summary>Signs in as the page does, with what a test puts into the options; answers with the code of the refusal, or who it is.</summary>
    private const string SignIn = """
        async ([adjust, twice]) => {
          const send = async (path, body) => (await fetch(path, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) })).json();
          const { options } = await send('/api/v1/auth/login/passkey/begin');
          const credential = await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON({ ...options, ...adjust }) });
          if (twice) await send('/api/v1/auth/login/passkey', { credential: credential.toJSON() });
          const said = await send('/api/v1/auth/login/passkey', { credential: credential.toJSON() });
          return said.code ?? said.email;
        }
        """;

    [Fact]
    public async Task A_passkey_is_added_renamed_signs_in_alone_and_opens_nothing_once_it_is_removed()
    {
        var (house, address) = (named.House, named.Address);
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("developer");
        await using var window = await browser.Open(address: address);
        await VirtualAuthenticator.Add(window.Page);
        await window.SignIn(person);
        await Add(window, "laptop", "wrong");
        await Expect(window.Page.Locator("#passkey-said")).ToContainTextAsync("not the password");
        await Add(window, "laptop");
        await Expect(window.Heading("Sign-in and security")).ToBeVisibleAsync();
        await window.Link("Rename laptop").ClickAsync();
        await window
            .Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" })
            .FillAsync("old laptop");
        await window.Button("Save").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("new name");

        await SignOut(window);
        await window.Page.GotoAsync("/console/api-keys");
        await window.Button("Sign in with a passkey").ClickAsync();
        await Expect(window.Heading("API Keys")).ToBeVisibleAsync();
        await window.Page.GotoAsync("/console/security");
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "old laptop" });
        await Expect(row).Not.ToContainTextAsync("Never");
        await window.Link("Remove old laptop").ClickAsync();
        await window.Button("Remove passkey").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("removed");
        await SignOut(window);
        await window.Button("Sign in with a passkey").ClickAsync();
        await Expect(window.Page.Locator("#passkey-said")).ToContainTextAsync("not accepted");
        Assert.Empty(window.Complaints);

        foreach (var action in (string[])["passkey.add", "passkey.rename", "passkey.remove"])
            Assert.Single(await tenant.Search($$"""{"action":"{{action}}"}"""));
        Assert.Contains(
            await tenant.Search("""{"action":"session.open"}"""),
            entry => entry.GetProperty("details").ToString().Contains("passkey")
        );
    }

    [Fact]
    public async Task An_answer_opens_once_for_its_challenge_and_with_a_person_whom_the_authenticator_knows()
    {
        var (house, address) = (named.House, named.Address);
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("viewer");
        await using var window = await browser.Open(address: address);
        var authenticator = await VirtualAuthenticator.Add(window.Page);
        await window.SignIn(person);
        await Add(window, "phone");
        await Expect(window.Heading("Sign-in and security")).ToBeVisibleAsync();
        Assert.Equal(person.Email, await Try(window, new { }));
        Assert.Equal("sign_in_step_over", await Try(window, new { }, twice: true));
        Assert.Equal("passkey_not_accepted", await Try(window, new { challenge = "AAAA" }));
        await authenticator.Recognise(false);
        Assert.Equal(
            "passkey_not_accepted",
            await Try(window, new { userVerification = "discouraged" })
        );
        await authenticator.Recognise(true);
        Assert.Equal(person.Email, await Try(window, new { }));

        // A person of two organisations says which.
        await person.Join(other, "viewer");
        // Those sign-ins gave the browser other cookies than this page was served for.
        await window.Page.ReloadAsync();
        await SignOut(window);
        await window.Button("Sign in with a passkey").ClickAsync();
        await Expect(window.Page.Locator("#passkey-said")).ToContainTextAsync(other.Handle);
        await window.Field("Organisation").FillAsync(other.Handle);
        await window.Button("Sign in with a passkey").ClickAsync();
        await Expect(window.Page.Locator(".tenant")).ToHaveTextAsync(other.Handle);
    }

    [Fact]
    public async Task A_passkey_is_bound_to_the_servers_public_address()
    {
        // The same name at another port is another origin.
        await using var house = await NamedServer.Open(elsewhere: true);
        var tenant = await house.NewTenant();
        await using var window = await browser.Open(
            address: $"http://localhost:{house.Client.BaseAddress!.Port}"
        );
        await VirtualAuthenticator.Add(window.Page);
        await window.SignIn(await tenant.NewPerson("viewer"));
        await Add(window, "laptop");
        await Expect(window.Page.Locator("#passkey-said")).ToContainTextAsync("not accepted");

        // An address of numbers is no name: nothing is offered.
        await using var plain = await browser.Open();
        await plain.Page.GotoAsync("/console/sign-in");
        await Expect(plain.Button("Sign in")).ToBeVisibleAsync();
        await Expect(plain.Button("Sign in with a passkey")).ToHaveCountAsync(0);
        var numbers = await browser.House.NewTenant();
        var visitor = await (await numbers.NewPerson("viewer")).SignIn();
        foreach (
            var path in (string[])
                ["/api/v1/auth/login/passkey/begin", "/api/v1/auth/passkeys/begin"]
        )
        {
            using var refused = await visitor.Post(
                path,
                $$"""{"password":"{{Person.Password}}"}"""
            );
            Assert.Contains("passkeys_unavailable", await refused.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Without_script_an_authenticator_is_added_asked_for_and_turned_off()
    {
        var tenant = await browser.House.NewTenant();
        var person = await tenant.NewPerson("viewer");
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(person);
        await window.Page.GotoAsync("/console/security");
        await window.Link("Add an authenticator").ClickAsync();
        await window.Field("Your password").FillAsync(Person.Password);
        await window.Button("Continue").ClickAsync();
        var secret = await window.Page.Locator("#totp-secret").InputValueAsync();
        Assert.Equal(
            await window
                .Link("Open it in an authenticator on this device")
                .GetAttributeAsync("href"),
            await Read(await window.Page.Locator("svg.qr").ScreenshotAsync())
        );
        var authenticator = new Authenticator(secret, TimeProvider.System);
        await Code(window).FillAsync("000000");
        await window.Button("Confirm").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not right");
        Assert.DoesNotContain(secret, await window.Page.ContentAsync());
        await Code(window).FillAsync(await authenticator.Code());
        await window.Button("Confirm").ClickAsync();
        var codes = (await window.Page.Locator("#recovery-codes").TextContentAsync())!.Split('\n');
        Assert.Equal(10, codes.Length);
        // The session has another cookie, and the forms of this very page know it.
        await SignOut(window);

        await window.Page.GotoAsync("/console/security");
        await Enter(window, person);
        await Code(window).FillAsync("123456");
        await window.Button("Sign in").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not right");
        await Code(window).FillAsync(await authenticator.Code(1));
        await window.Button("Sign in").ClickAsync();
        await Expect(window.Heading("Sign-in and security")).ToBeVisibleAsync();
        await window.Link("New recovery codes").ClickAsync();
        await window.Field("Your password").FillAsync(Person.Password);
        await Code(window).FillAsync(codes[9]);
        await window.Button("Make new codes").ClickAsync();
        var anew = (await window.Page.Locator("#recovery-codes").TextContentAsync())!.Split('\n');
        Assert.Empty(anew.Intersect(codes));
        // Loaded again, the form is sent again, and does nothing.
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("sent already");
        await Expect(window.Page.GetByText("10 recovery codes are left")).ToBeVisibleAsync();
        await window.Link("Turn it off").ClickAsync();
        await window.Field("Your password").FillAsync(Person.Password);
        await Code(window).FillAsync(anew[3]);
        await window.Button("Turn it off").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("is off");
        await SignOut(window);
        await window.SignIn(person);
    }

    private static async Task Add(Window window, string name, string password = Person.Password)
    {
        await window.Page.GotoAsync("/console/security");
        await window.Link("Add a passkey").ClickAsync();
        await window.Field("Name").FillAsync(name);
        await window.Field("Your password").FillAsync(password);
        await window.Button("Continue").ClickAsync();
    }

    private static async Task Enter(Window window, Person person)
    {
        await window.Field("Organisation").FillAsync(person.Tenant.Handle);
        await window.Field("E-mail address").FillAsync(person.Email);
        await window.Field("Password").FillAsync(Person.Password);
        await window.Button("Sign in").ClickAsync();
    }

    private static ILocator Code(Window window) =>
        window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Code" });

    private static async Task SignOut(Window window)
    {
        await window.Page.Locator(".who").ClickAsync();
        await window.Button("Sign out").ClickAsync();
        await Expect(window.Heading("Sign in")).ToBeVisibleAsync();
    }

    /// <summary>What Debian's zbar reads in a picture.</summary>
    private static async Task<string> Read(byte[] picture)
    {
        using var process = Process.Start(
            new ProcessStartInfo("zbarimg", ["--nodbus", "--quiet", "--raw", "-"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        await process.StandardInput.BaseStream.WriteAsync(picture);
        process.StandardInput.Close();
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }

    private static Task<string> Try(Window window, object adjust, bool twice = false) =>
        window.Page.EvaluateAsync<string>(SignIn, new object[] { adjust, twice });
}
