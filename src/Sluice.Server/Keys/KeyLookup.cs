using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// From a hash to the key, its tenant and its owner's rights, asked of the database on every request: there is no
/// cache here on purpose (seed 002: "checked against the database on every request with no cache").
/// On SQLite a query prepared for each connection, on PostgreSQL look-ups that share one.
/// </summary>
internal sealed class KeyLookup(Database database)
{
    // Across tenants by nature: the hash is what names the tenant. The store's guard is not asked, as on every hot path.
    // An owner of the other kind is sought as NULL, which is not sought at all; a condition on the kind would be looked
    // at only when the row had been sought.
    internal const string Sql = """
        SELECT k.hash, k.owner_kind, m.role, COALESCE(m.removed_at, m.deactivated_at), s.scopes, s.removed_at,
               k.tenant_id, t.handle, k.id, k.environment, k.owner_id, k.scopes, k.revoked_at, k.last_used_at,
               k.created_at, k.expires_at, k.allowed_cidrs, k.rate_limit, k.daily_quota, k.metadata,
               t.suspended_for, COALESCE(m.email, s.name)
        FROM keys k
        JOIN tenants t ON t.id = k.tenant_id
        LEFT JOIN members m ON m.tenant_id = k.tenant_id
          AND m.id = CASE WHEN k.owner_kind = 'member' THEN k.owner_id END
        LEFT JOIN service_accounts s ON s.tenant_id = k.tenant_id
          AND s.id = CASE WHEN k.owner_kind = 'service_account' THEN k.owner_id END
        WHERE k.hash
        """;

    internal const int HashColumn = 0;

    private static readonly ConditionalWeakTable<SqliteConnection, SqliteLookup> Prepared = [];

    private readonly SqliteDatabase? _embedded = database as SqliteDatabase;
    private readonly SharedKeyLookup? _shared = database is PostgresDatabase postgres
        ? new SharedKeyLookup(postgres)
        : null;

    /// <summary>Whether look-ups share queries, so that one which is known early costs next to nothing.</summary>
    public bool IsShared => _shared is not null;

    /// <param name="hash">SHA-256 of the presented text, 32 bytes.</param>
    /// <param name="ahead">Another that will be asked for; looked up together with this one, where look-ups are shared.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be asked; nobody is let in.</exception>
    public ValueTask<FoundKey?> Find(byte[] hash, KeyAhead? ahead = null)
    {
        if (_shared is null)
            return new ValueTask<FoundKey?>(_embedded!.ReadNow(FindSqlite, hash));
        if (ahead is not null)
            ahead.Found = _shared.Find(ahead.Hash);
        return new ValueTask<FoundKey?>(_shared.Find(hash));
    }

    private static FoundKey? FindSqlite(SqliteConnection connection, byte[] hash)
    {
        if (!Prepared.TryGetValue(connection, out var query))
        {
            query = new SqliteLookup(connection, Sql + " = ?");
            Prepared.Add(connection, query);
        }
        return query.Find(hash, static row => Map(row));
    }

    /// <summary>Reads the columns in their order: PostgreSQL's driver walks a row from its start to go back.</summary>
    internal static FoundKey Map<TRow>(TRow row)
        where TRow : struct, IRow
    {
        var ownerKind = row.GetString(1);
        var owner =
            ownerKind == OwnerKinds.Member
                ? RightsUnlessGone(MemberRights(row), Number(row, 3))
                : RightsUnlessGone((Scopes?)Number(row, 4), Number(row, 5));
        return new FoundKey
        {
            OwnerKind = ownerKind,
            TenantId = row.GetString(6),
            Handle = row.GetString(7),
            Id = row.GetString(8),
            Environment = row.GetString(9),
            OwnerId = row.GetString(10),
            Rights = row.IsDBNull(11)
                ? owner ?? Scopes.None
                : (Scopes)row.GetInt64(11) & (owner ?? Scopes.None),
            // With its owner every key of it is gone, at once (seed 003).
            Revoked = !row.IsDBNull(12) || owner is null,
            LastUsedAt = Number(row, 13),
            CreatedAt = row.GetInt64(14),
            ExpiresAt = Number(row, 15),
            AllowedCidrs = Text(row, 16),
            RateLimit = Number(row, 17),
            DailyQuota = Number(row, 18),
            Metadata = Text(row, 19),
            Suspended = Text(row, 20),
            OwnerName = Text(row, 21),
        };
    }

    /// <summary>Null where the owner is no more, or may not act.</summary>
    private static Scopes? RightsUnlessGone(Scopes? rights, long? goneAt) =>
        goneAt is null ? rights : null;

    private static Scopes? MemberRights<TRow>(TRow row)
        where TRow : struct, IRow => row.IsDBNull(2) ? null : ScopeNames.OfRole(row.GetString(2));

    private static string? Text<TRow>(TRow row, int column)
        where TRow : struct, IRow => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number<TRow>(TRow row, int column)
        where TRow : struct, IRow => row.IsDBNull(column) ? null : row.GetInt64(column);
}
