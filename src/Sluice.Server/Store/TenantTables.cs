namespace Sluice.Server.Store;

/// <summary>All tables that hold rows of tenants, as the schema knows them.</summary>
internal static class TenantTables
{
    private const string Sqlite = """
        SELECT m.name AS name, f."table" AS refers
        FROM sqlite_master m
        JOIN pragma_table_info(m.name) c ON c.name = 'tenant_id'
        LEFT JOIN pragma_foreign_key_list(m.name) f ON f."table" <> m.name
        WHERE m.type = 'table'
        ORDER BY m.name
        """;

    private const string Postgres = """
        SELECT CAST(t.relname AS TEXT) AS name, CAST(o.relname AS TEXT) AS refers
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' AND k.confrelid <> t.oid
        LEFT JOIN pg_class o ON o.oid = k.confrelid
        WHERE t.relkind = 'r' AND t.relnamespace = CAST(current_schema() AS regnamespace)
        ORDER BY t.relname
        """;

    private sealed record Reference
    {
        public required string Name { get; init; }

        public string? Refers { get; init; }
    }

    /// <summary>Each table before those that it refers to: the order in which rows can be removed.</summary>
    public static async Task<IReadOnlyList<string>> InOrder(Session session)
    {
        var references = await session
            .Across("the schema belongs to no tenant")
            .Query<Reference>(session.Dialect == Dialect.Sqlite ? Sqlite : Postgres);
        var left = references.Select(each => each.Name).Distinct().ToList();
        var order = new List<string>(left.Count);
        while (left.Count > 0)
        {
            var free = left.Where(table =>
                    !references.Any(each => each.Refers == table && left.Contains(each.Name))
                )
                .ToList();
            if (free.Count == 0)
                throw new InvalidOperationException(
                    $"These tables refer to each other: {string.Join(", ", left)}."
                );
            order.AddRange(free);
            left.RemoveAll(free.Contains);
        }
        return order;
    }

    /// <summary>
    /// Those of these tenants that are there, held so that none is removed before the end of the transaction. Whoever writes behind requests
    /// asks it first: what comes late for a tenant that was removed must not come back.
    /// </summary>
    public static async Task<HashSet<string>> Hold(Session session, string[] ids) =>
        [
            .. await session.House.Query<string>(
                session.Dialect == Dialect.Postgres
                    ? "SELECT id FROM tenants WHERE id = ANY (@ids) ORDER BY id FOR KEY SHARE"
                    : "SELECT id FROM tenants WHERE id IN @ids",
                new { ids }
            ),
        ];

    /// <summary>The same of one tenant.</summary>
    public static async Task<bool> Hold(Session session, string id) =>
        (await Hold(session, [id])).Count == 1;

    /// <summary>The same, for what cannot be left out.</summary>
    /// <exception cref="TenantGoneException">It was removed.</exception>
    public static async Task MustHold(Session session, string id)
    {
        if (!await Hold(session, id))
            throw new TenantGoneException(id);
    }

    /// <summary>Removes all rows of a tenant from one of these tables; of a row that somebody is changing it waits for the end.</summary>
    public static Task<int> Remove(Session session, string table, string tenantId) =>
        session.Of(tenantId).Execute($"DELETE FROM {table} WHERE tenant_id = @tenant");

    /// <summary>Removes at most so many rows of a tenant from one of these tables; returns how many.</summary>
    public static Task<int> Remove(Session session, string table, string tenantId, long limit)
    {
        var row = session.Dialect == Dialect.Sqlite ? "rowid" : "ctid";
        return session
            .Of(tenantId)
            .Execute(
                $"DELETE FROM {table} WHERE tenant_id = @tenant AND {row} IN (SELECT {row} FROM {table} WHERE tenant_id = @tenant LIMIT @limit)",
                new { limit }
            );
    }
}

/// <summary>The tenant was removed: what comes late for it is to be dropped.</summary>
internal sealed class TenantGoneException(string id)
    : StoreUnavailableException(new InvalidOperationException($"There is no tenant {id}."));
