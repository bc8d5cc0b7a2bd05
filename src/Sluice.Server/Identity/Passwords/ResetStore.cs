using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Passwords;

/// <summary>A link that sets a new password.</summary>
internal sealed record ResetLink
{
    public required string Email { get; init; }

    /// <summary>1: the operator made it, for somebody who has lost every way in.</summary>
    public required long ByOperator { get; init; }
}

/// <summary>SQL on <c>password_resets</c>: links that set a new password, each of which works once.</summary>
internal static class ResetStore
{
    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <param name="byOperator">Whether the operator makes it: then it takes away what else the login asks for.</param>
    /// <returns>The code of the link.</returns>
    public static async Task<string> Insert(
        Session session,
        string email,
        bool byOperator,
        long now
    )
    {
        var code = TokenText.Mint();
        await session.House.Execute(
            "INSERT INTO password_resets (hash, email, by_operator, created_at, expires_at) VALUES (@hash, @email, @by, @now, @expires)",
            new
            {
                hash = TokenText.Hash(code),
                email,
                by = byOperator ? 1L : 0L,
                now,
                expires = now + (long)Lifetime.TotalMilliseconds,
            }
        );
        return code;
    }

    /// <summary>Whose link it is; null when it is none, was used or has ended.</summary>
    public static Task<ResetLink?> Find(Session session, byte[] hash, long now) =>
        session.House.First<ResetLink>(
            "SELECT email, by_operator FROM password_resets WHERE hash = @hash AND used_at IS NULL AND expires_at > @now",
            new { hash, now }
        );

    /// <summary>Uses a link, and with it all others of the same person.</summary>
    /// <returns>Whether it was still good.</returns>
    public static async Task<bool> Use(Session session, byte[] hash, string email, long now)
    {
        var used = await session.House.Execute(
            "UPDATE password_resets SET used_at = @now WHERE hash = @hash AND used_at IS NULL AND expires_at > @now",
            new { hash, now }
        );
        await Forget(session, email);
        return used == 1;
    }

    /// <summary>Ends all links of a person.</summary>
    public static Task Forget(Session session, string email) =>
        session.House.Execute("DELETE FROM password_resets WHERE email = @email", new { email });

    public static Task<int> ForgetBefore(Session session, long before) =>
        session.House.Execute(
            "DELETE FROM password_resets WHERE expires_at < @before",
            new { before }
        );
}
