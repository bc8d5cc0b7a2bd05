using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;

namespace Sluice.Server.Tests.Identity;

/// <summary>Device login (RFC 8628): a person, a page and a program; and those who would like to be one of them.</summary>
public abstract partial class DeviceTests
{
    private const string Cli = "sluice-cli";

    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_person_types_the_code_sees_who_asks_and_the_program_gets_a_key_named_cli()
    {
        var tenant = await (await Shared()).NewTenant();
        var person = await tenant.NewPerson("developer");
        var asked = await Start(tenant.House, "runs:read secrets:read", "curl/<b>8</b>");
        var visitor = new Visitor(tenant.House);
        using var door = await visitor.Get("/device");
        Assert.Contains(
            "name=\"password\"",
            await door.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        using var entered = await visitor.PostForm(
            "/device",
            ("act", "sign-in"),
            ("org_id", tenant.Handle),
            ("email", person.Email),
            ("password", Person.Password),
            ("return_to", "https://elsewhere.example/")
        );
        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        Assert.Equal("/device", entered.Headers.Location!.OriginalString);
        Assert.Equal("authorization_pending", await Poll(tenant.House, asked.Device));

        // Typed in another way than shown.
        var typed = asked.User.ToLowerInvariant().Replace('-', ' ');
        var page = await Send(visitor, "code", typed);
        foreach (
            var shown in (string[])
                [
                    Cli,
                    "127.0.0.1",
                    "runs:read",
                    "secrets:read",
                    "live",
                    person.Email,
                    "curl/&lt;b&gt;",
                ]
        )
            Assert.Contains(shown, page, StringComparison.Ordinal);
        Assert.Matches("<dd>(a second|[0-9]+ seconds|[0-9]+ minutes?) ago</dd>", page);
        Assert.DoesNotContain("runs:write", page, StringComparison.Ordinal);
        Assert.DoesNotContain("curl/<b>", page, StringComparison.Ordinal);
        Assert.Contains(
            "Connected",
            await Send(visitor, "approve", typed),
            StringComparison.Ordinal
        );
        using var given = await Redeem(tenant.House, asked.Device, waited: true);
        var json = await TestHouse.Json(given);
        Assert.Equal("runs:read secrets:read", json.GetProperty("scope").GetString());
        var key = json.GetProperty("access_token").GetString()!;
        using var who = await tenant.House.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        var whoami = await TestHouse.Json(who);
        Assert.Equal(person.Email, whoami.GetProperty("email").GetString());
        using var listed = await visitor.Get("/api/v1/keys");
        Assert.Equal(
            "cli",
            (await TestHouse.Json(listed)).GetProperty("data")[0].GetProperty("name").GetString()
        );
    }

    [Fact]
    public async Task A_code_is_redeemed_once_whoever_races_and_by_the_program_that_asked_alone()
    {
        await using var house = await TestHouse.Open(
            store: await Store(),
            args: ["--Device:Clients:0", "another"]
        );
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        var asked = await Start(house);
        await Send(visitor, "approve", asked.User);
        using var other = await Redeem(house, asked.Device, "another");
        Assert.Equal("invalid_grant", await Error(other));
        using var unknown = await Redeem(house, asked.Device, "nobody");
        Assert.Equal("invalid_client", await Error(unknown));
        var racers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Redeem(house, asked.Device))
        );
        Assert.Single(racers, answer => answer.IsSuccessStatusCode);
        using var late = await Redeem(house, asked.Device);
        Assert.Equal("invalid_grant", await Error(late));
        // It cannot be decided twice either, and a code that was denied gives nothing.
        Assert.Contains(
            "No device waits",
            await Send(visitor, "approve", asked.User),
            StringComparison.Ordinal
        );
        var second = await Start(house);
        await Send(visitor, "deny", second.User);
        Assert.Equal("access_denied", await Poll(house, second.Device));
        Assert.Equal("invalid_grant", await Poll(house, TokenText.Mint()));
        Assert.Equal("invalid_grant", await Poll(house, "none"));
    }

    [Fact]
    public async Task A_program_that_asks_too_soon_waits_longer_and_is_then_answered_again()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("developer");
        var visitor = await person.SignIn();
        var asked = await Start(house);
        foreach (
            var (seconds, answer) in new[]
            {
                (0, "authorization_pending"),
                (5, "authorization_pending"),
                (2, "slow_down"),
                (5, "slow_down"),
                (15, "authorization_pending"),
            }
        )
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(answer, await Poll(house, asked.Device));
        }
        await Send(visitor, "approve", asked.User);
        clock.Advance(TimeSpan.FromSeconds(15));
        using var given = await Redeem(house, asked.Device);
        Assert.Equal(200, (int)given.StatusCode);
        // Who is gone between the yes and the key gives none; and a code ends after ten minutes.
        var third = await Start(house);
        await Send(visitor, "approve", third.User);
        using (await tenant.Delete($"/api/v1/members/{person.Id}"))
            Assert.Equal("access_denied", await Poll(house, third.Device));
        var fourth = await Start(house);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("expired_token", await Poll(house, fourth.Device));
    }

    [Fact]
    public async Task Whoever_guesses_codes_is_locked_out_also_with_the_right_one()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        var asked = await Start(house);
        for (var i = 0; i < 5; i++)
            Assert.Contains(
                "No device waits",
                await Send(visitor, "code", $"BCDF-GHJ{"KLMNP"[i]}"),
                StringComparison.Ordinal
            );
        Assert.Contains(
            "Too many tries",
            await Send(visitor, "code", asked.User),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Too many tries",
            await Send(visitor, "approve", asked.User),
            StringComparison.Ordinal
        );
        Assert.Equal("authorization_pending", await Poll(house, asked.Device));
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Contains(
            "127.0.0.1",
            await Send(visitor, "code", asked.User),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_is_approved_without_a_session_its_forms_token_and_a_page_of_this_server()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        var asked = await Start(house);
        var token = await Token(visitor);
        using (
            var nobody = await new Visitor(house).PostForm(
                "/device",
                ("act", "approve"),
                ("code", asked.User),
                ("form_token", token)
            )
        )
            Assert.Contains(
                "Sign in",
                await nobody.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        foreach (
            var other in (string[])
                ["", "0", await Token(await (await tenant.NewPerson("viewer")).SignIn())]
        )
        {
            using var forged = await visitor.PostForm(
                "/device",
                ("act", "approve"),
                ("code", asked.User),
                ("form_token", other)
            );
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        }
        var own = visitor.Origin;
        foreach (var origin in (string[])["https://elsewhere.example", "null", ""])
        {
            visitor.Origin = origin;
            using var foreign = await visitor.PostForm(
                "/device",
                ("act", "approve"),
                ("code", asked.User),
                ("form_token", token)
            );
            Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        }
        visitor.Origin = own;
        Assert.Equal("authorization_pending", await Poll(house, asked.Device));
        foreach (var path in (string[])["/device", "/invitation", "/reset-password"])
        {
            using var page = await visitor.Get(path);
            var policy = page.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
            Assert.DoesNotMatch("<script>|style=|onclick", await page.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_program_gives_back_its_own_key_and_no_other()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        var asked = await Start(house);
        await Send(visitor, "approve", asked.User);
        using var given = await Redeem(house, asked.Device);
        var key = (await TestHouse.Json(given)).GetProperty("access_token").GetString()!;
        using var others = await Revoke(house, tenant.Key);
        Assert.Equal("unauthorized_client", await Error(others));
        using var still = await tenant.Get("/api/v1/whoami");
        Assert.Equal(200, (int)still.StatusCode);
        foreach (var text in (string[])[key, key, "none", new string('x', 5000)])
        {
            using var revoked = await Revoke(house, text);
            Assert.Equal(200, (int)revoked.StatusCode);
        }
        using var dead = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        Assert.Equal(401, (int)dead.StatusCode);
    }

    [Fact]
    public async Task Bad_forms_are_told_in_the_words_of_the_standard()
    {
        var house = await Shared();
        foreach (
            var (path, form, error) in new[]
            {
                ("device", "", "invalid_request"),
                ("device", "client_id=sluice-cli&client_id=sluice-cli", "invalid_request"),
                ("device", "client_id=nobody", "invalid_client"),
                ("device", "client_id=sluice-cli&scope=everything", "invalid_scope"),
                ("device", "client_id=sluice-cli&environment=production", "invalid_request"),
                ("device/token", "client_id=sluice-cli&device_code=x", "invalid_request"),
                (
                    "device/token",
                    "grant_type=password&client_id=sluice-cli",
                    "unsupported_grant_type"
                ),
                ("revoke", "token=x", "invalid_request"),
            }
        )
        {
            using var answer = await new Visitor(house).PostForm("/api/v1/auth/" + path, form);
            Assert.Equal(400, (int)answer.StatusCode);
            Assert.Equal(error, await Error(answer));
        }
        using var json = await new Visitor(house).Post("/api/v1/auth/device", "{}");
        Assert.Equal("invalid_request", await Error(json));
    }

    [Fact]
    public async Task Clients_from_npm_log_in_by_device_given_only_the_address()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        using var node = Process.Start(
            new ProcessStartInfo(
                "node",
                ["device.mjs", house.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)]
            )
            {
                UseShellExecute = false,
                WorkingDirectory = await NpmClients.Install(),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = node.StandardError.ReadToEndAsync();
        string? last = null;
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
            if (line == "done")
                break;
            await Send(visitor, "approve", line);
            await node.StandardInput.WriteLineAsync("decided");
        }
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        Assert.True(last == "done", await errors);
    }

    private sealed record Asked(string Device, string User);

    [GeneratedRegex(
        "name=\"form_token\" value=\"(?<token>[0-9a-f]{64})\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex FormToken();
}

public sealed class DeviceTestsOnSqlite(Houses houses) : DeviceTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class DeviceTestsOnPostgres(Houses houses) : DeviceTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
