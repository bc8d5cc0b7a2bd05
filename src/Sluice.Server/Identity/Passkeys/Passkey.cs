using Sluice.Server.Store;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>A passkey of a login: what its answers are checked with. Nothing of it is secret.</summary>
internal sealed record Passkey
{
    /// <summary>Names it in lists; opens nothing.</summary>
    public required string Id { get; init; }

    public required string Email { get; init; }

    /// <summary>The random name by which the authenticator knows the person; one for a login.</summary>
    public required string Handle { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The credential's id, chosen by the authenticator.</summary>
    public required byte[] Credential { get; init; }

    /// <summary>In the form of COSE (RFC 9052).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>How often it has signed, as it says itself; 0 where it does not count.</summary>
    public required long SignCount { get; init; }

    /// <summary>How it is reached (<c>internal</c>, <c>usb</c>, …), separated by commas.</summary>
    public required string Transports { get; init; }

    /// <summary>1: it can be copied to other devices of the person.</summary>
    public required long BackupEligible { get; init; }

    /// <summary>1: it has been.</summary>
    public required long BackedUp { get; init; }

    public required long CreatedAt { get; init; }

    public long? UsedAt { get; init; }
}

/// <summary>SQL on <c>passkeys</c>.</summary>
internal static class PasskeyStore
{
    private const string Columns =
        "id, email, handle, name, credential, public_key, sign_count, transports, backup_eligible, backed_up, created_at, used_at";

    /// <summary>Those of a login, oldest first.</summary>
    public static Task<IReadOnlyList<Passkey>> Of(Session session, string email) =>
        session.House.Query<Passkey>(
            $"SELECT {Columns} FROM passkeys WHERE email = @email ORDER BY id",
            new { email }
        );

    public static Task<Passkey?> FindByCredential(Session session, byte[] credential) =>
        session.House.First<Passkey>(
            $"SELECT {Columns} FROM passkeys WHERE credential = @credential",
            new { credential }
        );

    /// <summary>Whose handle it is; null when nobody's.</summary>
    public static Task<string?> FindByHandle(Session session, string handle) =>
        session.House.First<string>(
            "SELECT email FROM passkeys WHERE handle = @handle LIMIT 1",
            new { handle }
        );

    /// <returns>Whether it is kept: not where the credential is known already.</returns>
    public static async Task<bool> Insert(Session session, Passkey made) =>
        await session.House.Execute(
            """
            INSERT INTO passkeys (id, email, handle, name, credential, public_key, sign_count, transports, backup_eligible, backed_up, created_at)
            VALUES (@Id, @Email, @Handle, @Name, @Credential, @PublicKey, @SignCount, @Transports, @BackupEligible, @BackedUp, @CreatedAt)
            ON CONFLICT DO NOTHING
            """,
            made
        ) == 1;

    /// <summary>Notes a use; false when the passkey was removed or used by another request meanwhile.</summary>
    /// <param name="former">The count that the answer was checked with.</param>
    public static async Task<bool> Used(
        Session session,
        byte[] credential,
        long former,
        long count,
        bool backedUp,
        long now
    ) =>
        await session.House.Execute(
            "UPDATE passkeys SET sign_count = @count, backed_up = @backed, used_at = @now WHERE credential = @credential AND sign_count = @former",
            new
            {
                credential,
                former,
                count,
                backed = backedUp ? 1L : 0L,
                now,
            }
        ) == 1;

    public static async Task<bool> Rename(Session session, string email, string id, string name) =>
        await session.House.Execute(
            "UPDATE passkeys SET name = @name WHERE email = @email AND id = @id",
            new
            {
                email,
                id,
                name,
            }
        ) == 1;

    public static Task RemoveAll(Session session, string email) =>
        session.House.Execute("DELETE FROM passkeys WHERE email = @email", new { email });

    public static async Task<bool> Remove(Session session, string email, string id) =>
        await session.House.Execute(
            "DELETE FROM passkeys WHERE email = @email AND id = @id",
            new { email, id }
        ) == 1;
}
