using Sluice.Server.Identity.Factors;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Passwords;

/// <summary>What lets a person in: one for an address, whatever the number of tenants (design decision 17).</summary>
internal sealed record Login
{
    public required string Email { get; init; }

    /// <summary>As <see cref="Seal.Password"/> stores it; null: none was set.</summary>
    public string? Password { get; init; }

    public required long ChangedAt { get; init; }
}

/// <summary>SQL on <c>logins</c>.</summary>
internal static class LoginStore
{
    public static Task<Login?> Find(Session session, string email) =>
        session.House.First<Login>(
            "SELECT email, password, changed_at FROM logins WHERE email = @email",
            new { email }
        );

    /// <summary>
    /// Reads it to open a session by it, before anything else is written: a new password waits until that session is there
    /// to be ended, or is seen here.
    /// </summary>
    public static Task<Login?> Hold(Session session, string email) =>
        session.House.First<Login>(
            "SELECT email, password, changed_at FROM logins WHERE email = @email"
                + (session.Dialect == Dialect.Postgres ? " FOR NO KEY UPDATE" : ""),
            new { email }
        );

    /// <summary>Sets a password; what was begun with the former one is over.</summary>
    public static async Task SetPassword(Session session, string email, string password, long now)
    {
        // Each change has a moment of its own, also where the clock stands or was set back.
        await session.House.Execute(
            """
            INSERT INTO logins (email, password, changed_at) VALUES (@email, @password, @now)
            ON CONFLICT (email) DO UPDATE SET password = excluded.password,
                changed_at = CASE WHEN excluded.changed_at > logins.changed_at THEN excluded.changed_at ELSE logins.changed_at + 1 END
            """,
            new
            {
                email,
                password,
                now,
            }
        );
        await SignInStepStore.Forget(session, email);
    }

    /// <summary>Stores the same password in today's way, unless it was changed meanwhile.</summary>
    public static Task Upgrade(Session session, Login login, string today) =>
        session.House.Execute(
            "UPDATE logins SET password = @today WHERE email = @Email AND password = @Password",
            new
            {
                login.Email,
                login.Password,
                today,
            }
        );
}
