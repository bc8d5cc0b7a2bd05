using Sluice.Server.Store;

namespace Sluice.Server.Identity.Factors;

/// <summary>An authenticator of a login; what makes its codes is kept by the room of secrets.</summary>
internal sealed record Totp
{
    public required string Email { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Since when it counts; null: not until its first code.</summary>
    public long? ConfirmedAt { get; init; }

    /// <summary>The last step (<see cref="Seal.OneTimeCode.StepAt"/>) of which a code was accepted; -1 before the first.</summary>
    public required long LastStep { get; init; }
}

/// <summary>SQL on <c>totp</c> and <c>recovery_codes</c>.</summary>
internal static class TotpStore
{
    public static Task<Totp?> Find(Session session, string email) =>
        session.House.First<Totp>(
            "SELECT email, created_at, confirmed_at, last_step FROM totp WHERE email = @email",
            new { email }
        );

    /// <summary>Keeps an authenticator that does not count yet, in the place of another such one.</summary>
    /// <returns>Whether it is kept: not where one counts already.</returns>
    public static async Task<bool> Begin(Session session, string email, long now) =>
        await session.House.Execute(
            """
            INSERT INTO totp (email, created_at, last_step) VALUES (@email, @now, -1)
            ON CONFLICT (email) DO UPDATE SET created_at = excluded.created_at, last_step = -1 WHERE totp.confirmed_at IS NULL
            """,
            new { email, now }
        ) == 1;

    /// <returns>Whether it counts since now: not where it did already.</returns>
    public static async Task<bool> Confirm(Session session, string email, long now) =>
        await session.House.Execute(
            "UPDATE totp SET confirmed_at = @now WHERE email = @email AND confirmed_at IS NULL",
            new { email, now }
        ) == 1;

    /// <summary>Uses up a step; false when it, or a later one, was used already.</summary>
    public static async Task<bool> Use(Session session, string email, long step) =>
        await session.House.Execute(
            "UPDATE totp SET last_step = @step WHERE email = @email AND last_step < @step",
            new { email, step }
        ) == 1;

    /// <summary>Forgets the authenticator and the recovery codes.</summary>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> Forget(Session session, string email)
    {
        await session.House.Execute(
            "DELETE FROM recovery_codes WHERE email = @email",
            new { email }
        );
        return await session.House.Execute("DELETE FROM totp WHERE email = @email", new { email })
            == 1;
    }

    /// <summary>Keeps new recovery codes; the former ones open nothing any more.</summary>
    public static async Task SetRecoveryCodes(
        Session session,
        string email,
        IEnumerable<byte[]> hashes
    )
    {
        await session.House.Execute(
            "DELETE FROM recovery_codes WHERE email = @email",
            new { email }
        );
        foreach (var hash in hashes)
            await session.House.Execute(
                "INSERT INTO recovery_codes (email, hash) VALUES (@email, @hash)",
                new { email, hash }
            );
    }

    /// <summary>Uses up a recovery code; false when it is none, or was used.</summary>
    public static async Task<bool> UseRecoveryCode(
        Session session,
        string email,
        byte[] hash,
        long now
    ) =>
        await session.House.Execute(
            "UPDATE recovery_codes SET used_at = @now WHERE email = @email AND hash = @hash AND used_at IS NULL",
            new
            {
                email,
                hash,
                now,
            }
        ) == 1;

    public static Task<long> RecoveryCodesLeft(Session session, string email) =>
        session.House.First<long>(
            "SELECT COUNT(*) FROM recovery_codes WHERE email = @email AND used_at IS NULL",
            new { email }
        );
}
