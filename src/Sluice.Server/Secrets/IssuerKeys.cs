using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// The key that this house issues licenses with: derived from a data key that the master key wraps, so that all servers of a store have the
/// same one, and a copy of the database alone can issue nothing.
/// </summary>
internal static partial class IssuerKeys
{
    /// <summary>Stands where a tenant's id stands in the associated data of a tenant's key.</summary>
    private const string Place = "license-issuer";

    private sealed record Kept
    {
        public required string Id { get; init; }

        public required string MasterKeyId { get; init; }

        public required byte[] Wrapped { get; init; }
    }

    /// <summary>The oldest that this server can unwrap, or a new one.</summary>
    public static async Task<IssuerKey> Open(
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
                using var material = masters.Unwrap(kept.Wrapped, Place);
                return IssuerKey.From(material);
            }
            catch (SealBrokenException broken)
            {
                // It has issued nothing: else the server would not have started without its master key.
                LogLost(log, kept.Id, broken.Reason);
            }
        }
        using var made = DataKey.Generate();
        var key = IssuerKey.From(made);
        var master = masters.Ring.Current;
        await session.House.Execute(
            "INSERT INTO license_issuers (id, public_key, master_key_id, wrapped, created_at) VALUES (@Id, @info, @master, @wrapped, @now)",
            new
            {
                key.Public.Id,
                info = key.Public.Info.ToArray(),
                master = master.Id.ToString(),
                wrapped = master.Wrap(made, WrappedKey.AssociatedData(Place)),
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
            using var material = masters.Unwrap(kept.Wrapped, Place);
            done += await session.House.Execute(
                "UPDATE license_issuers SET master_key_id = @master, wrapped = @wrapped WHERE id = @Id AND master_key_id = @former",
                new
                {
                    kept.Id,
                    former = kept.MasterKeyId,
                    master = master.Id.ToString(),
                    wrapped = master.Wrap(material, WrappedKey.AssociatedData(Place)),
                }
            );
        }
        return done;
    }

    private static Task<IReadOnlyList<Kept>> All(Session session) =>
        session.House.Query<Kept>(
            "SELECT id, master_key_id, wrapped FROM license_issuers ORDER BY created_at, id"
        );

    [LoggerMessage(1698, LogLevel.Information, "Licenses are issued with a new key, {KeyId}")]
    private static partial void LogMade(ILogger log, string keyId);

    [LoggerMessage(
        1699,
        LogLevel.Warning,
        "The license issuer's key {KeyId} does not open with the master keys at hand ({Reason}); it has issued nothing, and another one will issue"
    )]
    private static partial void LogLost(ILogger log, string keyId, SealBreak reason);
}
