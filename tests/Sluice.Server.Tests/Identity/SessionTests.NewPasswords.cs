using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Seal;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Identity;

// What was begun with a password that is set anew meanwhile.
public abstract partial class SessionTests
{
    private const string NewOne = "quite another password";

    [Fact]
    public async Task A_sign_in_that_was_begun_with_the_former_password_opens_nothing_once_there_is_a_new_one()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = new Visitor(house);
        var passwords = house.Services.GetRequiredService<PasswordCheck>();
        var checks = passwords.Checks;
        var late = await WhilePasswordIsSet(
            person,
            () => visitor.SignIn(tenant.Handle, person.Email),
            () => passwords.Checks > checks
        );
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Equal("sign_in_failed", await Code(late));
        Assert.Equal(0, await OpenSessions(person));
    }

    [Fact]
    public async Task A_switch_that_was_begun_before_a_new_password_opens_nothing_after_it()
    {
        var house = await Shared();
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("viewer");
        await person.Join(other, "viewer");
        var visitor = await person.SignIn();
        var late = await WhilePasswordIsSet(
            person,
            () => visitor.Post("/api/v1/auth/switch", To(other.Handle)),
            () => true
        );
        Assert.False(late.IsSuccessStatusCode);
        Assert.Equal(0, await OpenSessions(person));
    }

    [Theory]
    [InlineData("/api/v1/auth/change-password", "current_password")]
    [InlineData("/api/v1/auth/totp", "password")]
    [InlineData("/api/v1/auth/session/prove", "password")]
    public async Task What_was_proven_with_the_former_password_changes_nothing_once_there_is_a_new_one(
        string path,
        string member
    )
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = await person.SignIn();
        var passwords = house.Services.GetRequiredService<PasswordCheck>();
        var checks = passwords.Checks;
        var next = path.EndsWith("change-password", StringComparison.Ordinal)
            ? ",\"new_password\":\"a password of a thief\""
            : "";
        using var late = await WhilePasswordIsSet(
            person,
            () => visitor.Post(path, $$"""{"{{member}}":"{{Person.Password}}"{{next}}}"""),
            () => passwords.Checks > checks
        );
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        Assert.Equal("wrong_password", await Code(late));
        Assert.Equal(0, await OpenSessions(person));
        Assert.Equal(0, await Begun(person));
        using var signedIn = await new Visitor(house).SignIn(tenant.Handle, person.Email, NewOne);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
    }

    [Fact]
    public async Task An_authenticator_that_was_begun_before_a_new_password_never_counts_after_it()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = await person.SignIn();
        var authenticator = await Authenticator.Add(visitor, TimeProvider.System);
        var code = await authenticator.Code();
        using var late = await WhilePasswordIsSet(
            person,
            () => visitor.Post("/api/v1/auth/totp/confirm", $$"""{"code":"{{code}}"}"""),
            () => true
        );
        Assert.False(late.IsSuccessStatusCode);
        using var signedIn = await new Visitor(house).SignIn(tenant.Handle, person.Email, NewOne);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
    }

    /// <summary>
    /// What an act comes to that reads while a new password is being written and cannot be seen yet, and writes once it can.
    /// </summary>
    /// <param name="person">Whose password it is.</param>
    /// <param name="act">Of the person, meanwhile.</param>
    /// <param name="hasRead">Whether it has, on SQLite, where writers wait for each other in the server; PostgreSQL shows who waits.</param>
    private static async Task<HttpResponseMessage> WhilePasswordIsSet(
        Person person,
        Func<Task<HttpResponseMessage>> act,
        Func<bool> hasRead
    )
    {
        var database = person.Tenant.House.Database;
        Task<HttpResponseMessage>? acting = null;
        await database.Write(async session =>
        {
            var stored = Password.Store(NewOne, TestHouse.Rounds);
            await LoginStore.SetPassword(session, person.Email, stored, 0);
            acting = act();
            if (session.Dialect == Dialect.Postgres)
                await UntilSomebodyWaits(session, acting);
            else
                Assert.True(SpinWait.SpinUntil(hasRead, TimeSpan.FromMinutes(1)));
            await SessionStore.EndEverywhere(session, person.Email, null, 1);
            return true;
        });
        return await acting!;
    }

    private static async Task UntilSomebodyWaits(Session session, Task acting)
    {
        while (!acting.IsCompleted)
        {
            var waiting = await session
                .Across("who waits for this transaction")
                .First<long>(
                    "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid() AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
                );
            if (waiting > 0)
                return;
        }
    }

    private static Task<long> OpenSessions(Person person) =>
        person.Tenant.House.Database.Read(session =>
            session
                .Across("a person's sessions in every tenant")
                .First<long>(
                    "SELECT COUNT(*) FROM sessions s JOIN members m ON m.tenant_id = s.tenant_id AND m.id = s.member_id WHERE m.email = @email AND s.ended_at IS NULL",
                    new { email = person.Email }
                )
        );

    /// <summary>Authenticators and steps of the person.</summary>
    private static Task<long> Begun(Person person) =>
        person.Tenant.House.Database.Read(session =>
            session.House.First<long>(
                "SELECT (SELECT COUNT(*) FROM totp WHERE email = @email) + (SELECT COUNT(*) FROM sign_in_steps WHERE email = @email)",
                new { email = person.Email }
            )
        );
}
