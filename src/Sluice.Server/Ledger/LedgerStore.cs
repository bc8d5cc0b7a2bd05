using Npgsql;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>SQL on <c>ledger</c> and its heads.</summary>
internal static class LedgerStore
{
    private const string Columns =
        "tenant_id, seq, at, action, result, code, door, actor_kind, actor, actor_name, key_id, environment, address, request_id, target_kind, target, details, prev, hash";

    private static readonly HotStatement InsertEntry = new(
        """
        INSERT INTO ledger (tenant_id, seq, at, action, result, code, door, actor_kind, actor, actor_name, key_id, environment, address, request_id,
                            target_kind, target, details, prev, hash)
        SELECT @tenant, @seq, @at, @action, @result, @code, @door, @kind, @actor, @name, @key, @env, @address, @request, @what, @target, @details,
               @prev, @hash /*each*/
        """,
        "seq:number",
        "at:number",
        "action",
        "result",
        "code",
        "door",
        "kind",
        "actor",
        "name",
        "key",
        "env",
        "address",
        "request",
        "what",
        "target",
        "details",
        "prev:bytes",
        "hash:bytes"
    );

    private static readonly HotStatement SetHead = new(
        "UPDATE ledger_heads SET seq = @seq, hash = @hash WHERE tenant_id = @tenant",
        "seq:number",
        "hash:bytes"
    );

    /// <summary>Where the chain ends. Until the end of the transaction nobody else adds to it, on any server.</summary>
    /// <exception cref="TenantGoneException">It is of a tenant that was removed.</exception>
    public static async Task<(long Seq, byte[] Hash)> TakeHead(Session session, string chain)
    {
        var sql = "SELECT seq, hash FROM ledger_heads WHERE tenant_id = @tenant";
        if (session.Dialect == Dialect.Postgres)
            sql += " FOR UPDATE";
        if (await session.Of(chain).First<Head>(sql) is { } head)
            return (head.Seq, head.Hash);
        // What is written late must not begin the ledger of a tenant anew that is no more.
        if (chain != Audit.House)
            await TenantTables.MustHold(session, chain);
        await session
            .Of(chain)
            .Execute(
                "INSERT INTO ledger_heads (tenant_id, seq, hash) VALUES (@tenant, 0, @hash) ON CONFLICT (tenant_id) DO NOTHING",
                new { hash = Convert.FromHexString(LedgerVerifier.Beginning) }
            );
        head = (await session.Of(chain).First<Head>(sql))!;
        return (head.Seq, head.Hash);
    }

    /// <summary>Where the chain ends, for reading; null when it has no entry yet.</summary>
    public static Task<Head?> ReadHead(Session session, string chain) =>
        session
            .Of(chain)
            .First<Head>(
                "SELECT seq, hash FROM ledger_heads WHERE tenant_id = @tenant AND seq > 0"
            );

    /// <summary>Whether a chain has an entry of this action on this thing.</summary>
    public static async Task<bool> Holds(
        Session session,
        string chain,
        string action,
        string target
    ) =>
        await session
            .Of(chain)
            .First<long>(
                "SELECT COUNT(*) FROM (SELECT 1 FROM ledger WHERE tenant_id = @tenant AND target = @target AND action = @action LIMIT 1) AS kept",
                new { action, target }
            ) > 0;

    /// <summary>Writes entries of one chain that are in their places, and where it ends then.</summary>
    public static async Task Insert(Session session, IReadOnlyList<LedgerEntry> entries)
    {
        var rows = entries.Select(Values).ToList();
        object?[] head = [entries[0].TenantId, entries[^1].Seq, entries[^1].Hash];
        if (session.Dialect == Dialect.Sqlite)
        {
            foreach (var row in rows)
                InsertEntry.ExecuteNow(session, row);
            SetHead.ExecuteNow(session, head);
            return;
        }
        await using var batch = new NpgsqlBatch(
            (NpgsqlConnection)session.Connection,
            (NpgsqlTransaction?)session.Transaction
        );
        batch.BatchCommands.Add(
            rows.Count == 1 ? InsertEntry.One(rows[0]) : InsertEntry.Many(rows)
        );
        batch.BatchCommands.Add(SetHead.One(head));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Some entries after a number and up to another, in their order.</summary>
    public static Task<IReadOnlyList<LedgerEntry>> Range(
        Session session,
        string chain,
        long after,
        long last,
        int limit
    ) =>
        session
            .Of(chain)
            .Query<LedgerEntry>(
                $"SELECT {Columns} FROM ledger WHERE tenant_id = @tenant AND seq > @after AND seq <= @last ORDER BY seq LIMIT @limit",
                new
                {
                    after,
                    last,
                    limit,
                }
            );

    /// <summary>Entries that a filter lets through, newest first.</summary>
    public static Task<IReadOnlyList<LedgerEntry>> Search(
        Session session,
        string chain,
        LedgerFilter filter,
        int skip,
        int limit
    ) =>
        session
            .Of(chain)
            .Query<LedgerEntry>(
                $"SELECT {Columns} FROM ledger WHERE tenant_id = @tenant{filter.Sql} ORDER BY seq DESC LIMIT @limit OFFSET @skip",
                filter.With(new { limit, skip })
            );

    /// <summary>How many entries a filter lets through, counted up to a limit.</summary>
    public static async Task<long> Count(
        Session session,
        string chain,
        LedgerFilter filter,
        int most
    ) =>
        await session
            .Of(chain)
            .First<long>(
                $"SELECT COUNT(*) FROM (SELECT 1 FROM ledger WHERE tenant_id = @tenant{filter.Sql} LIMIT @most) AS found",
                filter.With(new { most })
            );

    private static object?[] Values(LedgerEntry entry) =>
        [
            entry.TenantId,
            entry.Seq,
            entry.At,
            entry.Action,
            entry.Result,
            entry.Code,
            entry.Door,
            entry.ActorKind,
            entry.Actor,
            entry.ActorName,
            entry.KeyId,
            entry.Environment,
            entry.Address,
            entry.RequestId,
            entry.TargetKind,
            entry.Target,
            entry.Details,
            entry.Prev,
            entry.Hash,
        ];
}

/// <summary>The end of a chain.</summary>
internal sealed record Head
{
    public required long Seq { get; init; }

    public required byte[] Hash { get; init; }
}
