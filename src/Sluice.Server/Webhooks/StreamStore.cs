using Sluice.Server.Store;

namespace Sluice.Server.Webhooks;

/// <summary>SQL on <c>audit_streams</c>.</summary>
internal static class StreamStore
{
    /// <summary>Most entries of one message.</summary>
    private const int MostEntries = 200;

    private const string Columns =
        "tenant_id, id, url, actions, enabled, disabled_reason, created_at, cursor_seq, batch_last, attempts, next_at, failing_since, last_at, last_status, delivered_seq, delivered_at";

    public static Task<int> Insert(Session session, AuditStream stream) =>
        session
            .Of(stream.TenantId)
            .Execute(
                """
                INSERT INTO audit_streams (tenant_id, id, url, actions, enabled, disabled_reason, created_at, cursor_seq, attempts, next_at, lease_until)
                VALUES (@tenant, @Id, @Url, @Actions, @Enabled, @DisabledReason, @CreatedAt, @CursorSeq, 0, 0, 0)
                """,
                stream
            );

    public static Task<AuditStream?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<AuditStream>(
                $"SELECT {Columns} FROM audit_streams WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>All of a tenant, oldest first; there are few.</summary>
    public static Task<IReadOnlyList<AuditStream>> All(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .Query<AuditStream>(
                $"SELECT {Columns} FROM audit_streams WHERE tenant_id = @tenant ORDER BY id"
            );

    /// <summary>All of all tenants, for a secret of which nobody says whose it is.</summary>
    public static Task<IReadOnlyList<AuditStream>> Everyones(Session session) =>
        session
            .Across("a report names texts, not tenants")
            .Query<AuditStream>($"SELECT {Columns} FROM audit_streams ORDER BY tenant_id, id");

    /// <summary>What a person may change. What is under way is begun anew, and one that is on again is tried at once.</summary>
    public static Task<int> Update(Session session, AuditStream stream) =>
        session
            .Of(stream.TenantId)
            .Execute(
                """
                UPDATE audit_streams SET url = @Url, actions = @Actions, enabled = @Enabled, disabled_reason = @DisabledReason,
                batch_last = NULL, attempts = 0, next_at = 0, failing_since = NULL WHERE tenant_id = @tenant AND id = @Id
                """,
                stream
            );

    public static Task<int> Delete(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .Execute(
                "DELETE FROM audit_streams WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Whether any tenant has one that is on.</summary>
    public static async Task<bool> AreSomeOn(Session session) =>
        await session
            .Across("the ledgers of all tenants are delivered by the house")
            .First<long>(
                "SELECT COUNT(*) FROM (SELECT 1 FROM audit_streams WHERE enabled = 1 LIMIT 1) AS kept"
            ) > 0;

    /// <summary>Webhooks with something to deliver, of which no other server has the lease.</summary>
    public static Task<IReadOnlyList<StreamName>> Due(
        Session session,
        string server,
        long now,
        int limit
    ) =>
        session
            .Across("the ledgers of all tenants are delivered by the house")
            .Query<StreamName>(
                """
                SELECT s.tenant_id, s.id FROM audit_streams s JOIN ledger_heads h ON h.tenant_id = s.tenant_id
                WHERE s.enabled = 1 AND s.next_at <= @now AND (s.lease_until <= @now OR s.lease_owner = @server) AND h.seq > s.cursor_seq
                ORDER BY s.next_at, s.tenant_id, s.id LIMIT @limit
                """,
                new
                {
                    server,
                    now,
                    limit,
                }
            );

    /// <summary>Takes the lease and says how far the next message goes, unless it was begun before; null when there is nothing to do here.</summary>
    public static Task<AuditStream?> Take(
        Session session,
        StreamName name,
        string server,
        long now,
        long until
    ) =>
        session
            .Of(name.TenantId)
            .First<AuditStream>(
                $"""
                UPDATE audit_streams SET lease_owner = @server, lease_until = @until, batch_last = COALESCE(batch_last,
                  (SELECT CASE WHEN h.seq < cursor_seq + {MostEntries} THEN h.seq ELSE cursor_seq + {MostEntries} END
                   FROM ledger_heads h WHERE h.tenant_id = @tenant))
                WHERE tenant_id = @tenant AND id = @Id AND enabled = 1 AND next_at <= @now AND (lease_until <= @now OR lease_owner = @server)
                  AND cursor_seq < (SELECT h.seq FROM ledger_heads h WHERE h.tenant_id = @tenant)
                RETURNING {Columns}
                """,
                new
                {
                    name.Id,
                    server,
                    now,
                    until,
                }
            );

    /// <summary>The message is done with; 0 when somebody else has it by now, or it was changed meanwhile.</summary>
    /// <param name="before">As it was taken.</param>
    /// <param name="after">As it is now.</param>
    public static Task<int> Settle(
        Session session,
        AuditStream before,
        AuditStream after,
        string server
    ) =>
        session
            .Of(before.TenantId)
            .Execute(
                """
                UPDATE audit_streams SET cursor_seq = @CursorSeq, batch_last = @BatchLast, attempts = @Attempts, next_at = @NextAt,
                failing_since = @FailingSince, last_at = @LastAt, last_status = @LastStatus, delivered_seq = @DeliveredSeq,
                delivered_at = @DeliveredAt, enabled = @Enabled, disabled_reason = @DisabledReason, lease_until = 0
                WHERE tenant_id = @tenant AND id = @Id AND lease_owner = @server AND enabled = 1 AND cursor_seq = @taken AND batch_last = @last
                """,
                new
                {
                    after.Id,
                    after.CursorSeq,
                    after.BatchLast,
                    after.Attempts,
                    after.NextAt,
                    after.FailingSince,
                    after.LastAt,
                    after.LastStatus,
                    after.DeliveredSeq,
                    after.DeliveredAt,
                    after.Enabled,
                    after.DisabledReason,
                    server,
                    taken = before.CursorSeq,
                    last = before.BatchLast,
                }
            );

    /// <summary>Gives a lease back that nothing came of.</summary>
    public static Task<int> Release(Session session, StreamName name, string server) =>
        session
            .Of(name.TenantId)
            .Execute(
                "UPDATE audit_streams SET lease_until = 0 WHERE tenant_id = @tenant AND id = @Id AND lease_owner = @server",
                new { name.Id, server }
            );
}

/// <summary>Whose webhook, and which.</summary>
internal sealed record StreamName
{
    public required string TenantId { get; init; }

    public required string Id { get; init; }
}
