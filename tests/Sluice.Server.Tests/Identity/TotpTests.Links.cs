namespace Sluice.Server.Tests.Identity;

/// <summary>What links do to all that a login has, and what others see of it: nothing.</summary>
public abstract partial class TotpTests
{
    [Fact]
    public async Task A_link_of_the_operators_takes_authenticator_and_passkeys_away_and_one_by_mail_does_not()
    {
        await using var smtp = await SmtpServer.Start();
        var (tenant, person) = await Begin(smtp.Settings);
        var (_, codes) = await Authenticator.TurnOn(await person.SignIn(), _clock);
        await Passkeys.Plant(_house, person.Email);
        var visitor = new Visitor(_house);
        (
            await visitor.Post(
                "/api/v1/auth/forgot-password",
                $$"""{"org_id":"{{tenant.Handle}}","email":"{{person.Email}}"}"""
            )
        ).Dispose();
        await Reset(SmtpServer.Code((await smtp.Next()).Text));
        using (var half = await visitor.SignIn(tenant.Handle, person.Email))
            Assert.Equal("code_needed", await Problem(half));
        using (var whole = await Second(visitor, codes[0]))
            Assert.Equal(1, await CountPasskeys(visitor));

        using var made = await _house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{tenant.Handle}/password",
            $$"""{"email":"{{person.Email}}"}""",
            admin: true
        );
        await Reset(SmtpServer.Code((await TestHouse.Json(made)).GetProperty("link").GetString()!));
        Assert.Equal(401, await visitor.Session());
        visitor = await person.SignIn();
        Assert.Equal("off", await State(visitor));
        Assert.Equal(0, await CountPasskeys(visitor));
    }

    [Fact]
    public async Task A_passkey_of_somebody_else_is_not_found()
    {
        var (tenant, person) = await Begin();
        var id = await Passkeys.Plant(_house, person.Email);
        var owner = await (await tenant.NewPerson("owner")).SignIn();
        using var renamed = await owner.Send(
            HttpMethod.Patch,
            $"/api/v1/auth/passkeys/{id}",
            """{"name":"mine"}"""
        );
        Assert.Equal("passkey_not_found", await Problem(renamed));
        using var removed = await owner.Delete($"/api/v1/auth/passkeys/{id}");
        Assert.Equal("passkey_not_found", await Problem(removed));
        Assert.Equal(0, await CountPasskeys(owner));
        Assert.Equal(1, await CountPasskeys(await person.SignIn()));
    }

    [Fact]
    public async Task Changing_the_password_asks_for_the_code_as_well_where_the_login_has_an_authenticator()
    {
        var (tenant, person) = await Begin();
        var visitor = await person.SignIn();
        var (authenticator, codes) = await Authenticator.TurnOn(visitor, _clock);
        Assert.Equal("code_needed", await Change(null));
        Assert.Equal("wrong_code", await Change(await authenticator.Code(5)));
        var asking = new Visitor(_house);
        using (var still = await asking.SignIn(tenant.Handle, person.Email))
            Assert.Equal("code_needed", await Problem(still));
        Assert.Null(await Change(codes[0]));
        using (var former = await asking.SignIn(tenant.Handle, person.Email))
            Assert.Equal("sign_in_failed", await Problem(former));

        async Task<string?> Change(string? code)
        {
            var body = new Dictionary<string, string>
            {
                ["current_password"] = Person.Password,
                ["new_password"] = "another long password",
            };
            if (code is not null)
                body["code"] = code;
            using var answer = await visitor.Post(
                "/api/v1/auth/change-password",
                System.Text.Json.JsonSerializer.Serialize(body)
            );
            return answer.IsSuccessStatusCode ? null : await Problem(answer);
        }
    }

    [Fact]
    public async Task A_passkey_is_taken_away_by_who_has_shown_within_ten_minutes_who_it_is()
    {
        var (_, person) = await Begin();
        var (visitor, other) = (await person.SignIn(), await person.SignIn());
        var (_, codes) = await Authenticator.TurnOn(visitor, _clock);
        var id = await Passkeys.Plant(_house, person.Email);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("proof_needed", await Remove(visitor));
        Assert.Equal("wrong_password", await Prove("""{"password":"wrong"}"""));
        Assert.Equal("code_needed", await Prove(Proof()));
        Assert.Equal("proof_needed", await Remove(visitor));
        Assert.Null(await Prove(Proof(codes[0])));
        // It counts for the session that showed it, and for ten minutes.
        Assert.Equal("proof_needed", await Remove(other));
        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("proof_needed", await Remove(visitor));
        Assert.Null(await Prove(Proof(codes[1])));
        Assert.Null(await Remove(visitor));
        Assert.Equal(0, await CountPasskeys(visitor));

        async Task<string?> Prove(string proof)
        {
            using var answer = await visitor.Post("/api/v1/auth/session/prove", proof);
            return answer.IsSuccessStatusCode ? null : await Problem(answer);
        }

        async Task<string?> Remove(Visitor by)
        {
            using var answer = await by.Delete($"/api/v1/auth/passkeys/{id}");
            return answer.IsSuccessStatusCode ? null : await Problem(answer);
        }
    }

    private async Task Reset(string code)
    {
        using var set = await new Visitor(_house).Post(
            "/api/v1/auth/reset-password",
            $$"""{"token":"{{code}}","password":"{{Person.Password}}"}"""
        );
        Assert.Equal(204, (int)set.StatusCode);
    }

    private static async Task<int> CountPasskeys(Visitor visitor)
    {
        using var listed = await visitor.Get("/api/v1/auth/passkeys");
        return (await TestHouse.Json(listed)).GetProperty("data").GetArrayLength();
    }
}
