using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;

namespace Sluice.Server.Tests.Identity;

/// <summary>Passwords that are changed, lost and set anew.</summary>
public abstract class LostPasswordTests
{
    private const string New = "another long password";

    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task Without_mail_everybody_is_told_so_whoever_they_ask_for()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        foreach (var handle in (string[])[tenant.Handle, "nobody"])
        {
            using var answer = await Ask(house, handle, null);
            Assert.Equal(501, (int)answer.StatusCode);
            Assert.Equal("mail_not_configured", await Code(answer));
        }
    }

    [Fact]
    public async Task A_link_by_mail_sets_a_new_password_once_and_ends_all_sessions()
    {
        await using var smtp = await SmtpServer.Start();
        // The letter may take its time: no request is given back meanwhile.
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(new ManualClock()),
            args: smtp.Settings
        );
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("viewer");
        var visitor = await person.SignIn();
        var said = new HashSet<string>();
        foreach (
            var (handle, email) in new[]
            {
                ("nobody", person.Email),
                (tenant.Handle, "nobody@nowhere.example"),
                (tenant.Handle, "no address"),
                (other.Handle, person.Email),
                (tenant.Handle, person.Email.ToUpperInvariant()),
            }
        )
        {
            using var answer = await Ask(house, handle, email);
            said.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        Assert.StartsWith("200", Assert.Single(said));
        // They are taken in turn, so that one to anybody else would have come before.
        var (to, text) = await smtp.Next();
        Assert.Equal(person.Email, to);
        Assert.Contains(
            $"{house.Client.BaseAddress}reset-password#",
            text,
            StringComparison.Ordinal
        );
        Assert.Equal(0, smtp.Left);
        using var sixth = await Ask(house, tenant.Handle, person.Email);
        Assert.Equal("too_many_tries", await Code(sixth));

        var code = SmtpServer.Code(text);
        using var weak = await Reset(house, code, "short");
        Assert.Equal("invalid_input", await Code(weak));
        Assert.Equal(200, await visitor.Session());
        var racers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Reset(house, code, New))
        );
        Assert.Single(racers, answer => answer.IsSuccessStatusCode);
        foreach (var loser in racers.Where(answer => !answer.IsSuccessStatusCode))
            Assert.Equal("link_not_valid", await Code(loser));
        Assert.Equal(401, await visitor.Session());
        using var former = await visitor.SignIn(tenant.Handle, person.Email);
        Assert.Equal("sign_in_failed", await Code(former));
        using var now = await visitor.SignIn(tenant.Handle, person.Email, New);
        Assert.Equal(200, (int)now.StatusCode);
    }

    [Fact]
    public async Task A_link_ends_after_an_hour_and_a_text_that_is_no_code_is_not_looked_up()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var (first, second) = (await Link(tenant, person.Email), await Link(tenant, person.Email));
        clock.Advance(TimeSpan.FromMinutes(59));
        using var early = await Reset(house, first, New);
        Assert.Equal(204, (int)early.StatusCode);
        // With one link all others of the person are over.
        using var spent = await Reset(house, second, New);
        Assert.Equal("link_not_valid", await Code(spent));
        var third = await Link(tenant, person.Email);
        clock.Advance(TimeSpan.FromHours(1));
        foreach (var text in (string[])[third, "", "none", TokenText.Mint(), third + "x"])
        {
            using var answer = await Reset(house, text, New);
            Assert.Equal("link_not_valid", await Code(answer));
        }
    }

    [Fact]
    public async Task Changing_the_password_ends_all_other_sessions_in_every_organisation()
    {
        var house = await Shared();
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("viewer");
        var elsewhere = await Elsewhere(other, person.Email);
        var (here, there) = (await person.SignIn(), await person.SignIn());
        var abroad = await elsewhere.SignIn();
        using var wrong = await Change(here, "not it at all", New);
        Assert.Equal("wrong_password", await Code(wrong));
        foreach (
            var bad in (string[])
                ["short", "aaaaaaaaaaaaaaa", person.Email, new string('x', 2000), ""]
        )
        {
            using var answer = await Change(here, Person.Password, bad);
            Assert.Equal("invalid_input", await Code(answer));
        }
        Assert.Equal(200, await there.Session());
        var former = here.Cookie;
        using var changed = await Change(here, Person.Password, New);
        Assert.Equal(204, (int)changed.StatusCode);
        Assert.NotEqual(former, here.Cookie);
        Assert.Equal(200, await here.Session());
        Assert.Equal(401, await there.Session());
        Assert.Equal(401, await abroad.Session());
        here.Cookie = former;
        Assert.Equal(401, await here.Session());
        using var again = await abroad.SignIn(other.Handle, person.Email, New);
        Assert.Equal(200, (int)again.StatusCode);
    }

    /// <summary>The same person as a member of another tenant.</summary>
    private static async Task<Person> Elsewhere(TestTenant tenant, string email)
    {
        var id = await tenant.NewMember("viewer", email);
        await tenant.House.Database.Write(session =>
            Sluice.Server.Identity.OwnerStore.SetJoined(session, tenant.Id, id, 0)
        );
        return new Person(tenant, id, email);
    }

    private static async Task<string> Link(TestTenant tenant, string email)
    {
        using var made = await tenant.House.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{tenant.Handle}/password",
            $$"""{"email":"{{email}}"}""",
            admin: true
        );
        var link = (await TestHouse.Json(made)).GetProperty("link").GetString()!;
        Assert.Contains("/reset-password#", link, StringComparison.Ordinal);
        return SmtpServer.Code(link);
    }

    private static Task<HttpResponseMessage> Ask(TestHouse house, string handle, string? email) =>
        new Visitor(house).Post(
            "/api/v1/auth/forgot-password",
            JsonSerializer.Serialize(
                new Dictionary<string, string?> { ["org_id"] = handle, ["email"] = email }
            )
        );

    private static Task<HttpResponseMessage> Reset(TestHouse house, string code, string password) =>
        new Visitor(house).Post(
            "/api/v1/auth/reset-password",
            JsonSerializer.Serialize(
                new Dictionary<string, string> { ["token"] = code, ["password"] = password }
            )
        );

    private static Task<HttpResponseMessage> Change(Visitor visitor, string from, string to) =>
        visitor.Post(
            "/api/v1/auth/change-password",
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["current_password"] = from,
                    ["new_password"] = to,
                }
            )
        );

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class LostPasswordTestsOnSqlite(Houses houses) : LostPasswordTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class LostPasswordTestsOnPostgres(Houses houses) : LostPasswordTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
