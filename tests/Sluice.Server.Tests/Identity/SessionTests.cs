using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Passwords;

namespace Sluice.Server.Tests.Identity;

/// <summary>Seed 001's portal sessions, and what a thief, a guesser and a page elsewhere get.</summary>
public abstract partial class SessionTests
{
    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task Signing_in_gives_a_cookie_which_signing_out_ends()
    {
        var tenant = await (await Shared()).NewTenant();
        var owner = await Owner(tenant);
        var visitor = new Visitor(tenant.House);
        Assert.Equal(401, await visitor.Session());
        using var login = await visitor.SignIn(tenant.Handle);
        var json = await TestHouse.Json(login);
        Assert.Equal(200, (int)login.StatusCode);
        Assert.Equal("no-store", login.Headers.CacheControl!.ToString());
        Assert.Equal(tenant.Handle, json.GetProperty("org_id").GetString());
        Assert.Equal(owner.Email, json.GetProperty("email").GetString());
        Assert.Equal("Owner", json.GetProperty("name").GetString());
        Assert.True(json.GetProperty("expires_at").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        var token = visitor.Cookie.Split('=')[1];
        Assert.DoesNotContain(token, json.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(token, json.GetProperty("session_id").GetString());

        using var session = await visitor.Get("/api/v1/auth/session");
        Assert.Equal(json.ToString(), (await TestHouse.Json(session)).ToString());
        using var who = await visitor.Get("/api/v1/whoami");
        Assert.Equal(owner.Email, (await TestHouse.Json(who)).GetProperty("email").GetString());

        var kept = visitor.Cookie;
        using var logout = await visitor.Post("/api/v1/auth/logout");
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        Assert.Contains("expires=Thu, 01 Jan 1970", visitor.Given, StringComparison.Ordinal);
        visitor.Cookie = kept;
        Assert.Equal(401, await visitor.Session());
    }

    [Fact]
    public async Task A_cookie_from_before_signing_in_opens_nothing_and_is_not_taken_over()
    {
        var tenant = await (await Shared()).NewTenant();
        var person = await tenant.NewPerson("viewer");
        var planted = TokenText.Mint();
        var visitor = new Visitor(tenant.House) { Cookie = $"sluice_session={planted}" };
        using (await visitor.SignIn(tenant.Handle, person.Email))
            Assert.DoesNotContain(planted, visitor.Cookie, StringComparison.Ordinal);
        var first = visitor.Cookie;
        using (await visitor.SignIn(tenant.Handle, person.Email))
            Assert.NotEqual(first, visitor.Cookie);
        Assert.Equal(200, await visitor.Session());
        // Signing in again ends the session that was there.
        visitor.Cookie = first;
        Assert.Equal(401, await visitor.Session());
    }

    [Fact]
    public async Task With_other_rights_a_session_gets_another_cookie_and_the_former_opens_nothing()
    {
        var tenant = await (await Shared()).NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = await person.SignIn();
        var former = visitor.Cookie;
        using (var refused = await visitor.Get("/api/v1/secrets"))
            Assert.Equal("missing_scope", await Code(refused));
        using (
            await tenant.House.Send(
                HttpMethod.Patch,
                $"/api/v1/members/{person.Id}",
                """{"role":"developer"}""",
                tenant.Key
            )
        )
        using (var allowed = await visitor.Get("/api/v1/secrets"))
            Assert.Equal(200, (int)allowed.StatusCode);
        Assert.NotEqual(former, visitor.Cookie);
        Assert.Equal(200, await visitor.Session());
        visitor.Cookie = former;
        Assert.Equal(401, await visitor.Session());
    }

    [Fact]
    public async Task A_removed_or_deactivated_members_sessions_and_keys_die_at_once_on_all_servers()
    {
        var store = await Store();
        await using var house = await TestHouse.Open(store: store);
        await using var other = store is null ? null : await TestHouse.Open(store: store);
        var tenant = await house.NewTenant();
        foreach (
            var (method, body) in ((string, string?)[])
                [("DELETE", null), ("PATCH", """{"active":false}""")]
        )
        {
            var person = await tenant.NewPerson("developer");
            var key = await tenant.KeyOf(person.Id);
            var visitor = await person.SignIn(other ?? house);
            Assert.Equal(200, await visitor.Session());
            using var gone = await house.Send(
                new HttpMethod(method),
                $"/api/v1/members/{person.Id}",
                body,
                tenant.Key
            );
            Assert.True(gone.IsSuccessStatusCode, await gone.Content.ReadAsStringAsync());
            Assert.Equal(401, await visitor.Session());
            using var withKey = await (other ?? house).Send(
                HttpMethod.Get,
                "/api/v1/whoami",
                key: key
            );
            Assert.Equal(401, (int)withKey.StatusCode);
            using var again = await visitor.SignIn(tenant.Handle, person.Email);
            Assert.Equal("sign_in_failed", await Code(again));
        }
    }

    [Fact]
    public async Task Nobody_learns_by_trying_who_is_known_here()
    {
        await using var house = await TestHouse.Open(store: await Store());
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var removed = await tenant.NewPerson("viewer");
        var unset = await tenant.NewMember("viewer");
        using (await tenant.Delete($"/api/v1/members/{removed.Id}")) { }
        var passwords = house.Services.GetRequiredService<PasswordCheck>();
        var answers = new HashSet<string>();
        foreach (
            var (organization, email, password) in new[]
            {
                (tenant.Handle, person.Email, "a wrong password"),
                (tenant.Handle, "nobody@nowhere.example", Person.Password),
                (tenant.Handle, "no address at all", Person.Password),
                (tenant.Handle, removed.Email, Person.Password),
                (tenant.Handle, await EmailOf(tenant, unset), Person.Password),
                (tenant.Handle, null, Person.Password),
                ("nobody", null, Person.Password),
                ("nobody", person.Email, Person.Password),
                ("No/Handle", person.Email, Person.Password),
            }
        )
        {
            var before = passwords.Checks;
            using var answer = await new Visitor(house).SignIn(organization, email, password);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal(1, passwords.Checks - before);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            var id = JsonDocument.Parse(text).RootElement.GetProperty("request_id").GetString()!;
            answers.Add($"{(int)answer.StatusCode} {text.Replace(id, "")}");
        }
        Assert.StartsWith("401", Assert.Single(answers));
    }

    [Fact]
    public async Task Five_tries_fail_in_a_minute_then_none_is_looked_at_however_many_come_at_once()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args: ["--Sessions:FailuresPerMinute", "5"]
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var passwords = house.Services.GetRequiredService<PasswordCheck>();
        var visitor = await person.SignIn();
        for (var i = 0; i < 20; i++)
            await person.SignIn();
        var before = passwords.Checks;
        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    using var answer = await visitor.SignIn(tenant.Handle, person.Email, "wrong");
                    return (int)answer.StatusCode;
                })
        );
        Assert.Equal(5, statuses.Count(status => status == 401));
        Assert.Equal(15, statuses.Count(status => status == 429));
        Assert.Equal(5, passwords.Checks - before);
        // The right password is not looked at either, for this account and for one that is not there.
        foreach (var email in (string[])[person.Email, "nobody@nowhere.example"])
        {
            using var answer = await visitor.SignIn(tenant.Handle, email);
            Assert.Equal("too_many_tries", await Code(answer));
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 12);
        }
        clock.Advance(TimeSpan.FromSeconds(12));
        using var later = await visitor.SignIn(tenant.Handle, person.Email);
        Assert.Equal(200, (int)later.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_at_its_end_whatever_happens()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var (idle, busy) = (await person.SignIn(), await person.SignIn());
        for (var hours = 0.0; hours < 23.5; hours += 1.5)
        {
            Assert.Equal(200, await busy.Session());
            clock.Advance(TimeSpan.FromHours(1.5));
            Assert.Equal(
                hours == 0 ? 200 : 401,
                hours == 0 ? await busy.Session() : await idle.Session()
            );
        }
        Assert.Equal(401, await busy.Session());
    }

    [Fact]
    public async Task A_person_lists_and_ends_sessions_of_their_own_alone()
    {
        var tenant = await (await Shared()).NewTenant();
        var person = await tenant.NewPerson("viewer");
        var colleague = await (await tenant.NewPerson("owner")).SignIn();
        var (here, there, third) = (
            await person.SignIn(),
            await person.SignIn(),
            await person.SignIn()
        );
        using var listed = await here.Get("/api/v1/auth/sessions");
        var sessions = (await TestHouse.Json(listed)).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(3, sessions.Count);
        Assert.Equal("127.0.0.1", sessions[0].GetProperty("address").GetString());
        Assert.True(sessions[2].GetProperty("current").GetBoolean());
        var id = sessions[1].GetProperty("id").GetString();
        using var foreign = await colleague.Delete($"/api/v1/auth/sessions/{id}");
        Assert.Equal("session_not_found", await Code(foreign));
        Assert.Equal(200, await there.Session());
        using var ended = await here.Delete($"/api/v1/auth/sessions/{id}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(401, await there.Session());
        using var others = await here.Delete("/api/v1/auth/sessions");
        Assert.Equal(200, await here.Session());
        Assert.Equal(401, await third.Session());
        Assert.Equal(200, await colleague.Session());
    }

    [Fact]
    public async Task A_password_that_was_stored_in_a_weaker_way_is_stored_anew_when_it_is_used()
    {
        var tenant = await (await Shared()).NewTenant();
        var person = await tenant.NewPerson("viewer");
        var weak = Password.Store(Person.Password, TestHouse.Rounds);
        await tenant.House.Database.Write(session =>
            LoginStore.SetPassword(session, person.Email, weak, 0)
        );
        using var strong = new PasswordCheck(2 * TestHouse.Rounds);
        var (right, today) = await strong.Verify(Person.Password, weak, default);
        Assert.True(right);
        await tenant.House.Database.Write(async session =>
            await LoginStore.Upgrade(
                session,
                (await LoginStore.Find(session, person.Email))!,
                today!
            )
        );
        var kept = await tenant.House.Database.Read(session =>
            LoginStore.Find(session, person.Email)
        );
        Assert.StartsWith("$pbkdf2-sha512$v=1,i=2000$", kept!.Password);
        await person.SignIn();
    }

    private static async Task<Person> Owner(TestTenant tenant)
    {
        var owner = await tenant.House.Database.Read(session =>
            OwnerStore.FirstOwner(session, tenant.Id)
        );
        return await tenant.WithPassword(owner!.Id);
    }

    private static async Task<string> EmailOf(TestTenant tenant, string member) =>
        (
            await tenant.House.Database.Read(session =>
                OwnerStore.FindMember(session, tenant.Id, member)
            )
        )!.Email;

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class SessionTestsOnSqlite(Houses houses) : SessionTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class SessionTestsOnPostgres(Houses houses) : SessionTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}

/// <summary>The cookie, as browsers on other addresses are given it.</summary>
public sealed class SessionCookieTests
{
    [Theory]
    [InlineData(
        "https://sluice.example.com",
        null,
        "__Host-sluice_session=",
        "; max-age=86400; path=/; secure; samesite=lax; httponly"
    )]
    [InlineData(
        "https://sluice.example.com",
        "axonflow_session",
        "axonflow_session=",
        "; max-age=86400; path=/; secure; samesite=lax; httponly"
    )]
    [InlineData(null, null, "sluice_session=", "; max-age=86400; path=/; samesite=lax; httponly")]
    public async Task A_session_lies_in_a_cookie_that_is_bound_to_its_host(
        string? address,
        string? name,
        string start,
        string end
    )
    {
        string[] args =
        [
            .. address is null ? Array.Empty<string>() : ["--public-url", address],
            .. name is null ? Array.Empty<string>() : ["--Sessions:Cookie", name],
        ];
        await using var house = await TestHouse.Open(
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(new ManualClock()),
            args: args
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = new Visitor(house);
        if (address is not null)
            visitor.Origin = address;
        using var answer = await visitor.SignIn(tenant.Handle, person.Email);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.StartsWith(start, visitor.Given);
        Assert.EndsWith(end, visitor.Given);
        Assert.DoesNotContain("domain", visitor.Given, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, await visitor.Session());
    }
}
