using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// The keys from which the codes of people's authenticators are derived: one for a login, wrapped by the master key with the address
/// authenticated beside it, so that a copy of the database alone makes no code and a row opens for nobody else.
/// </summary>
internal static class LoginKeys
{
    /// <summary>A new key in the place of the former one.</summary>
    public static async Task<DataKey> Make(
        Session session,
        MasterKeys masters,
        string email,
        long now
    )
    {
        var made = DataKey.Generate();
        var master = masters.Ring.Current;
        await session.House.Execute(
            """
            INSERT INTO login_keys (email, id, master_key_id, wrapped, created_at) VALUES (@email, @id, @master, @wrapped, @now)
            ON CONFLICT (email) DO UPDATE SET id = excluded.id, master_key_id = excluded.master_key_id, wrapped = excluded.wrapped, created_at = excluded.created_at
            """,
            new
            {
                email,
                id = made.Id.ToString(),
                master = master.Id.ToString(),
                wrapped = master.Wrap(made, AssociatedData(email)),
                now,
            }
        );
        return made;
    }

    /// <summary>The key of a login; null when there is none.</summary>
    /// <exception cref="SealBrokenException">The row was tampered with, or its master key is gone.</exception>
    public static async Task<DataKey?> Open(Session session, MasterKeys masters, string email) =>
        await session.House.First<Kept>(
            "SELECT email, id, master_key_id, wrapped FROM login_keys WHERE email = @email",
            new { email }
        )
            is { } kept
            ? masters.Unwrap(kept.Wrapped, AssociatedData(email))
            : null;

    public static Task Forget(Session session, string email) =>
        session.House.Execute("DELETE FROM login_keys WHERE email = @email", new { email });

    /// <summary>Wraps up to so many that a former master key wraps with the present one; returns how many it could.</summary>
    public static async Task<int> WrapAnew(Session session, MasterKeys masters, int limit)
    {
        var master = masters.Ring.Current;
        var left = await session.House.Query<Kept>(
            "SELECT email, id, master_key_id, wrapped FROM login_keys WHERE master_key_id <> @master LIMIT @limit",
            new { master = master.Id.ToString(), limit }
        );
        var done = 0;
        foreach (var kept in left.Where(kept => masters.Ring.Knows(kept.Wrapped)))
        {
            using var key = masters.Unwrap(kept.Wrapped, AssociatedData(kept.Email));
            done += await session.House.Execute(
                "UPDATE login_keys SET master_key_id = @master, wrapped = @wrapped WHERE email = @Email AND id = @Id AND master_key_id = @former",
                new
                {
                    kept.Email,
                    kept.Id,
                    former = kept.MasterKeyId,
                    master = master.Id.ToString(),
                    wrapped = master.Wrap(key, AssociatedData(kept.Email)),
                }
            );
        }
        return done;
    }

    private static byte[] AssociatedData(string email) =>
        Seal.AssociatedData.Encode(0, "login-key", email);

    private sealed record Kept
    {
        public required string Email { get; init; }

        public required string Id { get; init; }

        public required string MasterKeyId { get; init; }

        public required byte[] Wrapped { get; init; }
    }
}
