using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// The key with which the installation signs its ledgers: derived from a data key that the master key wraps, so that all servers of a
/// store have the same one, and a copy of the database alone cannot sign.
/// </summary>
internal static partial class SigningKeys
{
    /// <summary>Stands where a tenant's id stands in the associated data of a tenant's key.</summary>
    private const string House = "house";

    /// <summary>
    /// The oldest key that this server can unwrap, or a new one. A key that a lost master key wrapped signs no more; what it has signed is
    /// checked with its public half for ever.
    /// </summary>
    public static async Task<SigningKey> Open(
        Session session,
        MasterKeys masters,
        TimeProvider clock,
        ILogger log
    )
    {
        foreach (var kept in await All(session))
        {
            try
            {
                using var material = masters.Unwrap(kept.Wrapped, House);
                return SigningKey.From(material);
            }
            catch (SealBrokenException broken)
            {
                LogLost(log, kept.Id, broken.Reason);
            }
        }
        using var made = DataKey.Generate();
        var key = SigningKey.From(made);
        var master = masters.Ring.Current;
        await session.House.Execute(
            "INSERT INTO signing_keys (id, public_key, master_key_id, wrapped, created_at) VALUES (@Id, @info, @master, @wrapped, @now)",
            new
            {
                key.Public.Id,
                info = key.Public.Info.ToArray(),
                master = master.Id.ToString(),
                wrapped = master.Wrap(made, WrappedKey.AssociatedData(House)),
                now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            }
        );
        LogMade(log, key.Public.Id);
        return key;
    }

    /// <summary>Wraps what a former master key wraps with the present one; returns how many.</summary>
    public static async Task<int> WrapAnew(Session session, MasterKeys masters)
    {
        var master = masters.Ring.Current;
        var done = 0;
        foreach (var kept in await All(session))
        {
            if (kept.MasterKeyId == master.Id.ToString() || !masters.Ring.Knows(kept.Wrapped))
                continue;
            using var material = masters.Unwrap(kept.Wrapped, House);
            done += await session.House.Execute(
                "UPDATE signing_keys SET master_key_id = @master, wrapped = @wrapped WHERE id = @Id AND master_key_id = @former",
                new
                {
                    kept.Id,
                    former = kept.MasterKeyId,
                    master = master.Id.ToString(),
                    wrapped = master.Wrap(material, WrappedKey.AssociatedData(House)),
                }
            );
        }
        return done;
    }

    private static Task<IReadOnlyList<Kept>> All(Session session) =>
        session.House.Query<Kept>(
            "SELECT id, master_key_id, wrapped FROM signing_keys ORDER BY created_at, id"
        );

    private sealed record Kept
    {
        public required string Id { get; init; }

        public required string MasterKeyId { get; init; }

        public required byte[] Wrapped { get; init; }
    }

    [LoggerMessage(1696, LogLevel.Information, "The ledgers are signed by a new key, {KeyId}")]
    private static partial void LogMade(ILogger log, string keyId);

    [LoggerMessage(
        1697,
        LogLevel.Warning,
        "The signing key {KeyId} does not open with the master keys at hand ({Reason}); another one signs"
    )]
    private static partial void LogLost(ILogger log, string keyId, SealBreak reason);
}
