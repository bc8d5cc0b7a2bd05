using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Identity;

/// <summary>A code beside the password: the authenticator is oathtool, which is not ours.</summary>
public abstract partial class TotpTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private TestHouse _house = null!;

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task Signing_in_asks_for_a_code_once_the_authenticator_is_confirmed_and_not_before()
    {
        var (tenant, person) = await Begin();
        var (visitor, other) = (await person.SignIn(), await person.SignIn());
        using (var wrong = await visitor.Post("/api/v1/auth/totp", """{"password":"wrong"}"""))
            Assert.Equal("wrong_password", await Problem(wrong));
        var authenticator = await Authenticator.Add(visitor, _clock);
        Assert.Equal("pending", await State(visitor));
        await person.SignIn();
        using (var early = await Confirm(visitor, await authenticator.Code(5)))
            Assert.Equal("wrong_code", await Problem(early));

        var former = visitor.Cookie;
        using (var confirmed = await Confirm(visitor, await authenticator.Code()))
            Assert.Equal(
                10,
                Authenticator.Codes(await TestHouse.Json(confirmed)).Distinct().Count()
            );
        Assert.Equal("on", await State(visitor));
        Assert.NotEqual(former, visitor.Cookie);
        Assert.Equal(200, await other.Session());
        using (var again = await visitor.Post("/api/v1/auth/totp", Proof()))
            Assert.Equal("code_needed", await Problem(again));
        visitor.Cookie = former;
        Assert.Equal(401, await visitor.Session());

        // The code that confirmed is used up.
        var entering = new Visitor(_house);
        using (var half = await entering.SignIn(tenant.Handle, person.Email))
        {
            Assert.Equal("code_needed", await Problem(half));
            Assert.Contains("samesite=strict; httponly", entering.Given, StringComparison.Ordinal);
        }
        Assert.Equal(401, await entering.Session());
        using (var replayed = await Second(entering, await authenticator.Code()))
            Assert.Equal("wrong_code", await Problem(replayed));
        _clock.Advance(TimeSpan.FromSeconds(30));
        var code = await authenticator.Code();
        using (var whole = await Second(entering, $" {code[..3]} {code[3..]}"))
            Assert.Equal(
                person.Email,
                (await TestHouse.Json(whole)).GetProperty("email").GetString()
            );
        Assert.Equal(200, await entering.Session());
        using (var over = await Second(entering, await authenticator.Code(1)))
            Assert.Equal("sign_in_step_over", await Problem(over));

        // Everything at once, as a program does; a colleague is asked for nothing.
        using (var replayed = await Whole(tenant, person, code))
            Assert.Equal("wrong_code", await Problem(replayed));
        using (var ahead = await Whole(tenant, person, await authenticator.Code(1)))
            Assert.Equal(200, (int)ahead.StatusCode);
        await (await tenant.NewPerson("viewer")).SignIn();
        var entries = await tenant.Search("""{"action":"session.open"}""");
        Assert.Contains(
            entries,
            entry => entry.GetProperty("details").ToString().Contains("password and code")
        );
        Assert.Single(await tenant.Search("""{"action":"totp.on"}"""));
    }

    [Fact]
    public async Task A_recovery_code_lets_in_once_whoever_races_and_new_ones_end_the_former()
    {
        var (tenant, person) = await Begin();
        var visitor = await person.SignIn();
        var (_, codes) = await Authenticator.TurnOn(visitor, _clock);
        var racers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Whole(tenant, person, codes[0].ToUpperInvariant()))
        );
        Assert.Single(racers, answer => answer.IsSuccessStatusCode);
        foreach (var racer in racers)
            racer.Dispose();
        Assert.Equal(9, await Left(visitor));
        using (var made = await visitor.Post("/api/v1/auth/totp/recovery-codes", Proof(codes[1])))
        {
            var anew = Authenticator.Codes(await TestHouse.Json(made));
            Assert.Equal(10, anew.Except(codes).Count());
            using var former = await Whole(tenant, person, codes[2]);
            Assert.Equal("wrong_code", await Problem(former));
            using var entered = await Whole(tenant, person, anew[0]);
            Assert.Equal(200, (int)entered.StatusCode);
        }
    }

    [Fact]
    public async Task An_authenticator_is_turned_off_with_the_password_and_a_code()
    {
        var (_, person) = await Begin();
        var visitor = await person.SignIn();
        using (var none = await visitor.Post("/api/v1/auth/totp/off", Proof()))
            Assert.Equal("totp_off", await Problem(none));
        var (authenticator, codes) = await Authenticator.TurnOn(visitor, _clock);
        var former = visitor.Cookie;
        foreach (
            var (proof, code) in new[]
            {
                (Proof(), "code_needed"),
                (Proof("000000"), "wrong_code"),
                (Proof(await authenticator.Code()), "wrong_code"),
                ($$"""{"password":"wrong","code":"{{codes[0]}}"}""", "wrong_password"),
            }
        )
        {
            using var refused = await visitor.Post("/api/v1/auth/totp/off", proof);
            Assert.Equal(code, await Problem(refused));
        }
        _clock.Advance(TimeSpan.FromSeconds(30));
        using (
            var off = await visitor.Post("/api/v1/auth/totp/off", Proof(await authenticator.Code()))
        )
            Assert.Equal(204, (int)off.StatusCode);
        Assert.NotEqual(former, visitor.Cookie);
        Assert.Equal("off", await State(visitor));
        Assert.Equal(0, await Left(visitor));
        await person.SignIn();
    }

    [Fact]
    public async Task Wrong_codes_count_with_wrong_passwords_and_a_right_password_alone_gives_no_tries_back()
    {
        var (tenant, person) = await Begin("--Sessions:FailuresPerMinute", "5");
        var (authenticator, _) = await Authenticator.TurnOn(await person.SignIn(), _clock);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var code = await authenticator.Code();
        var thief = new Visitor(_house);
        for (var tries = 0; tries < 5; tries++)
        {
            using var half = await thief.SignIn(tenant.Handle, person.Email);
            Assert.Equal("code_needed", await Problem(half));
            using var guess =
                tries % 2 == 0
                    ? await Second(thief, "123456")
                    : await Whole(tenant, person, "123456");
            Assert.Equal("wrong_code", await Problem(guess));
        }
        using (var sixth = await Second(thief, code))
            Assert.Equal("too_many_tries", await Problem(sixth));
        using (var password = await thief.SignIn(tenant.Handle, person.Email))
            Assert.Equal("too_many_tries", await Problem(password));

        // Of codes an hour has twenty: after those, one more every three minutes.
        for (var tries = 5; tries < 21; tries++)
        {
            _clock.Advance(TimeSpan.FromSeconds(12));
            using var guess = await Whole(tenant, person, "123456");
            Assert.Equal("wrong_code", await Problem(guess));
        }
        _clock.Advance(TimeSpan.FromMinutes(1));
        using (var last = await Whole(tenant, person, await authenticator.Code()))
            Assert.Equal("too_many_tries", await Problem(last));
        _clock.Advance(TimeSpan.FromMinutes(3));
        using (var later = await Whole(tenant, person, await authenticator.Code()))
            Assert.Equal(200, (int)later.StatusCode);
    }

    [Fact]
    public async Task What_was_begun_is_over_after_five_minutes_with_another_password_and_in_another_browser()
    {
        var (tenant, person) = await Begin();
        var visitor = await person.SignIn();
        var (authenticator, codes) = await Authenticator.TurnOn(visitor, _clock);
        var half = new Visitor(_house);
        (await half.SignIn(tenant.Handle, person.Email)).Dispose();
        using (var elsewhere = await Second(new Visitor(_house), codes[0]))
            Assert.Equal("sign_in_step_over", await Problem(elsewhere));
        _clock.Advance(TimeSpan.FromMinutes(5));
        using (var late = await Second(half, codes[0]))
            Assert.Equal("sign_in_step_over", await Problem(late));
        (await half.SignIn(tenant.Handle, person.Email)).Dispose();
        using (
            await visitor.Post(
                "/api/v1/auth/change-password",
                $$"""{"current_password":"{{Person.Password}}","new_password":"another long password","code":"{{codes[1]}}"}"""
            )
        )
        using (var former = await Second(half, await authenticator.Code()))
            Assert.Equal("sign_in_step_over", await Problem(former));
    }

    [Fact]
    public async Task An_invitation_and_the_page_of_devices_ask_for_the_code_too()
    {
        var (tenant, person) = await Begin();
        var (authenticator, codes) = await Authenticator.TurnOn(await person.SignIn(), _clock);
        var another = await _house.NewTenant();
        using var invited = await another.Post(
            "/api/v1/invitations",
            $$"""{"email":"{{person.Email}}","role":"viewer"}"""
        );
        var link = (await TestHouse.Json(invited)).GetProperty("link").GetString()!;
        foreach (
            var (code, expected) in new[]
            {
                (null, "code_needed"),
                ("000000", "wrong_code"),
                (codes[0], null),
            }
        )
        {
            using var answer = await new Visitor(_house).Post(
                "/api/v1/auth/accept-invitation",
                JsonSerializer.Serialize(
                    new Dictionary<string, string?>
                    {
                        ["token"] = SmtpServer.Code(link),
                        ["password"] = Person.Password,
                        ["code"] = code,
                    }
                )
            );
            if (expected is null)
                Assert.Equal(200, (int)answer.StatusCode);
            else
                Assert.Equal(expected, await Problem(answer));
        }
        var visitor = new Visitor(_house);
        using var half = await visitor.PostForm(
            "/device",
            ("act", "sign-in"),
            ("org_id", tenant.Handle),
            ("email", person.Email),
            ("password", Person.Password)
        );
        Assert.Equal(403, (int)half.StatusCode);
        Assert.Contains("name=\"second\"", await half.Content.ReadAsStringAsync());
        _clock.Advance(TimeSpan.FromSeconds(30));
        using var entered = await visitor.PostForm(
            "/device",
            ("act", "second"),
            ("second", await authenticator.Code())
        );
        Assert.Equal(303, (int)entered.StatusCode);
        Assert.Equal(200, await visitor.Session());
    }

    [Fact]
    public async Task The_secret_is_wrapped_by_the_master_key_follows_its_rotation_and_opens_for_nobody_else()
    {
        var (tenant, person) = await Begin();
        var visitor = await person.SignIn();
        var (authenticator, _) = await Authenticator.TurnOn(visitor, _clock);
        using (
            await _house.Send(
                HttpMethod.Post,
                "/api/v1/admin/secrets/keys/rotate-master",
                admin: true
            )
        )
            await _house
                .Services.GetRequiredService<SecretRotator>()
                .Round(TestContext.Current.CancellationToken);
        using (
            var shown = await _house.Send(HttpMethod.Get, "/api/v1/admin/secrets/keys", admin: true)
        )
            Assert.Equal(0, (await TestHouse.Json(shown)).GetProperty("left_to_wrap").GetInt32());
        _clock.Advance(TimeSpan.FromSeconds(30));
        using (var after = await Whole(tenant, person, await authenticator.Code()))
            Assert.Equal(200, (int)after.StatusCode);

        var masters = _house.Services.GetRequiredService<MasterKeys>();
        await _house.Database.Write(async session =>
        {
            await session.House.Execute(
                "INSERT INTO login_keys (email, id, master_key_id, wrapped, created_at) SELECT 'eve@example.com', id, master_key_id, wrapped, created_at FROM login_keys WHERE email = @Email",
                new { person.Email }
            );
            await Assert.ThrowsAsync<SealBrokenException>(() =>
                LoginKeys.Open(session, masters, "eve@example.com")
            );
        });
    }

    private async Task<(TestTenant, Person)> Begin(params string[] args)
    {
        _house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(_clock),
            args: args
        );
        var tenant = await _house.NewTenant();
        return (tenant, await tenant.NewPerson("viewer"));
    }

    private static string Proof(string? code = null) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string?> { ["password"] = Person.Password, ["code"] = code }
        );

    private static Task<HttpResponseMessage> Confirm(Visitor visitor, string code) =>
        visitor.Post("/api/v1/auth/totp/confirm", $$"""{"code":"{{code}}"}""");

    private static Task<HttpResponseMessage> Second(Visitor visitor, string code) =>
        visitor.Post("/api/v1/auth/login/code", $$"""{"code":"{{code}}"}""");

    private Task<HttpResponseMessage> Whole(TestTenant tenant, Person person, string code) =>
        new Visitor(_house).Post(
            "/api/v1/auth/login",
            $$"""{"org_id":"{{tenant.Handle}}","email":"{{person.Email}}","password":"{{Person.Password}}","code":"{{code}}"}"""
        );

    private static async Task<string?> State(Visitor visitor)
    {
        using var shown = await visitor.Get("/api/v1/auth/totp");
        return (await TestHouse.Json(shown)).GetProperty("state").GetString();
    }

    private static async Task<int> Left(Visitor visitor)
    {
        using var shown = await visitor.Get("/api/v1/auth/totp");
        return (await TestHouse.Json(shown)).GetProperty("recovery_codes_left").GetInt32();
    }

    private static async Task<string?> Problem(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_house is not null)
            await _house.DisposeAsync();
    }
}

public sealed class TotpTestsOnSqlite : TotpTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class TotpTestsOnPostgres : TotpTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
