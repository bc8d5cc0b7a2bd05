using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// A signing key of the house itself: derived from a data key that the master key wraps, so that all servers of a store have the same
/// one, and a copy of the database alone can sign nothing.
/// </summary>
internal sealed partial class HouseKeys
{
    /// <summary>What the ledgers are signed with.</summary>
    public static readonly HouseKeys OfLedgers = new("signing_keys", "house");

    /// <summary>What licenses are issued with.</summary>
    public static readonly HouseKeys OfLicenses = new("license_issuers", "license-issuer");

    private readonly string _table;
    private readonly string _place;

    /// <param name="table">Of the wrapped keys and their public halves.</param>
    /// <param name="place">Stands where a tenant's id stands in the associated data of a tenant's key.</param>
    private HouseKeys(string table, string place) => (_table, _place) = (table, place);

    /// <summary>
    /// The oldest key that this server can unwrap, or a new one. A key that a lost master key wrapped signs no more; what it has signed is
    /// checked with its public half for ever.
    /// </summary>
    /// <param name="session">A write.</param>
    /// <param name="masters">Opened.</param>
    /// <param name="from">Derives the key.</param>
    /// <param name="half">The public half of a key.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="log">Hears of a new key, and of one that does not open.</param>
    public async Task<TKey> Open<TKey>(
        Session session,
        MasterKeys masters,
        Func<DataKey, TKey> from,
        Func<TKey, VerifyingKey> half,
        long now,
        ILogger log
    )
    {
        foreach (var kept in await All(session))
        {
            try
            {
                using var material = masters.Unwrap(kept.Wrapped, _place);
                return from(material);
            }
            catch (SealBrokenException broken)
            {
                LogLost(log, kept.Id, _table, broken.Reason);
            }
        }
        using var made = DataKey.Generate();
        var key = from(made);
        var (master, known) = (masters.Ring.Current, half(key));
        await session.House.Execute(
            $"INSERT INTO {_table} (id, public_key, master_key_id, wrapped, created_at) VALUES (@Id, @info, @master, @wrapped, @now)",
            new
            {
                known.Id,
                info = known.Info.ToArray(),
                master = master.Id.ToString(),
                wrapped = master.Wrap(made, WrappedKey.AssociatedData(_place)),
                now,
            }
        );
        LogMade(log, known.Id, _table);
        return key;
    }

    /// <summary>Wraps what a former master key wraps with the present one; returns how many.</summary>
    public async Task<int> WrapAnew(Session session, MasterKeys masters)
    {
        var master = masters.Ring.Current;
        var done = 0;
        foreach (var kept in await All(session))
        {
            if (kept.MasterKeyId == master.Id.ToString() || !masters.Ring.Knows(kept.Wrapped))
                continue;
            using var material = masters.Unwrap(kept.Wrapped, _place);
            done += await session.House.Execute(
                $"UPDATE {_table} SET master_key_id = @master, wrapped = @wrapped WHERE id = @Id AND master_key_id = @former",
                new
                {
                    kept.Id,
                    former = kept.MasterKeyId,
                    master = master.Id.ToString(),
                    wrapped = master.Wrap(material, WrappedKey.AssociatedData(_place)),
                }
            );
        }
        return done;
    }

    private Task<IReadOnlyList<Kept>> All(Session session) =>
        session.House.Query<Kept>(
            $"SELECT id, master_key_id, wrapped FROM {_table} ORDER BY created_at, id"
        );

    private sealed record Kept
    {
        public required string Id { get; init; }

        public required string MasterKeyId { get; init; }

        public required byte[] Wrapped { get; init; }
    }

    [LoggerMessage(1696, LogLevel.Information, "New signing key {KeyId} (table {Table})")]
    private static partial void LogMade(ILogger log, string keyId, string table);

    [LoggerMessage(
        1697,
        LogLevel.Warning,
        "Signing key {KeyId} (table {Table}) does not open with the master keys at hand ({Reason}); another one signs"
    )]
    private static partial void LogLost(ILogger log, string keyId, string table, SealBreak reason);
}
