using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>SQL on <c>keys</c>.</summary>
internal static class KeyStore
{
    private const string Columns =
        "id, environment, name, shape, masked, scopes, owner_kind, owner_id, created_at, last_used_at, revoked_at";

    public static Task<int> Insert(Session session, string tenantId, Key key) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO keys (tenant_id, id, environment, name, shape, hash, masked, scopes, owner_kind, owner_id, created_at)
                VALUES (@tenant, @Id, @Environment, @Name, @Shape, @Hash, @Masked, @Scopes, @OwnerKind, @OwnerId, @CreatedAt)
                """,
                key
            );

    public static Task<Key?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Key>(
                $"SELECT {Columns} FROM keys WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<Key>> List(
        Session session,
        string tenantId,
        string environment,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Key>(
                $"SELECT {Columns} FROM keys WHERE tenant_id = @tenant AND environment = @environment AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor) ORDER BY id DESC LIMIT @limit",
                new
                {
                    environment,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Sets the time once; a key that is revoked already keeps its first time.</summary>
    public static Task<int> Revoke(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE keys SET revoked_at = @now WHERE tenant_id = @tenant AND id = @id AND revoked_at IS NULL",
                new { id, now }
            );

    public static Task<int> Used(Session session, string tenantId, string id, long at) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE keys SET last_used_at = @at WHERE tenant_id = @tenant AND id = @id AND (last_used_at IS NULL OR last_used_at < @at)",
                new { id, at }
            );
}
