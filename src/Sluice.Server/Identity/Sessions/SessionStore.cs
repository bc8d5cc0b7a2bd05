using Sluice.Server.Store;

namespace Sluice.Server.Identity.Sessions;

/// <summary>SQL on <c>sessions</c>.</summary>
internal static class SessionStore
{
    private const string Columns =
        "id, member_id, role, created_at, expires_at, used_at, address, agent, ended_at";

    public static Task<int> Insert(Session session, string tenantId, MemberSession made) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO sessions (tenant_id, id, member_id, hash, role, created_at, expires_at, used_at, proven_at, address, agent) VALUES (@tenant, @Id, @MemberId, @Hash, @Role, @CreatedAt, @ExpiresAt, @UsedAt, @ProvenAt, @Address, @Agent)",
                made
            );

    public static Task<FoundSession?> Find(Session session, byte[] hash) =>
        session
            .Across("the hash is what names the tenant")
            .First<FoundSession>(
                """
                SELECT s.tenant_id, t.handle, s.id, s.member_id, s.role AS given_for, s.expires_at, s.used_at, s.proven_at, s.ended_at,
                       m.role, m.email, m.name, m.time_zone, m.deactivated_at, m.removed_at,
                       t.suspended_for AS suspended
                FROM sessions s
                JOIN tenants t ON t.id = s.tenant_id
                JOIN members m ON m.tenant_id = s.tenant_id AND m.id = s.member_id
                WHERE s.hash = @hash
                """,
                new { hash }
            );

    /// <summary>Those of a member that have not ended by hand or by time, newest first.</summary>
    public static Task<IReadOnlyList<MemberSession>> Open(
        Session session,
        string tenantId,
        string memberId,
        long now,
        long usedAfter
    ) =>
        session
            .Of(tenantId)
            .Query<MemberSession>(
                $"SELECT {Columns} FROM sessions WHERE tenant_id = @tenant AND member_id = @memberId AND ended_at IS NULL AND expires_at > @now AND used_at > @usedAfter ORDER BY id DESC LIMIT 200",
                new
                {
                    memberId,
                    now,
                    usedAfter,
                }
            );

    public static Task<int> Touch(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE sessions SET used_at = @now WHERE tenant_id = @tenant AND id = @id",
                new { id, now }
            );

    /// <summary>Whether it has not been ended by hand.</summary>
    public static async Task<bool> IsOpen(Session session, string tenantId, string id) =>
        await session
            .Of(tenantId)
            .First<long>(
                "SELECT COUNT(*) FROM sessions WHERE tenant_id = @tenant AND id = @id AND ended_at IS NULL",
                new { id }
            ) == 1;

    /// <summary>Keeps that the person has shown once more who it is.</summary>
    public static Task<int> Prove(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE sessions SET proven_at = @now WHERE tenant_id = @tenant AND id = @id",
                new { id, now }
            );

    /// <summary>Gives a session another cookie. No row changes when another request has done so already.</summary>
    public static Task<int> Renew(
        Session session,
        string tenantId,
        string id,
        byte[] former,
        byte[] hash,
        string role
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE sessions SET hash = @hash, role = @role WHERE tenant_id = @tenant AND id = @id AND hash = @former AND ended_at IS NULL",
                new
                {
                    id,
                    former,
                    hash,
                    role,
                }
            );

    public static Task<int> End(
        Session session,
        string tenantId,
        string memberId,
        string id,
        long now
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE sessions SET ended_at = @now WHERE tenant_id = @tenant AND id = @id AND member_id = @memberId AND ended_at IS NULL",
                new
                {
                    id,
                    memberId,
                    now,
                }
            );

    /// <param name="but">One to leave; null for none.</param>
    public static Task<int> EndAll(
        Session session,
        string tenantId,
        string memberId,
        string? but,
        long now
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE sessions SET ended_at = @now WHERE tenant_id = @tenant AND member_id = @memberId AND ended_at IS NULL AND (CAST(@but AS TEXT) IS NULL OR id <> @but)",
                new
                {
                    memberId,
                    but,
                    now,
                }
            );

    /// <summary>Ends all sessions of a person in every tenant: the password is one for all of them.</summary>
    /// <param name="but">Id of one to leave; null for none.</param>
    public static Task<int> EndEverywhere(Session session, string email, string? but, long now) =>
        session
            .Across("a person's login is one for all tenants")
            .Execute(
                """
                UPDATE sessions SET ended_at = @now
                WHERE ended_at IS NULL AND (CAST(@but AS TEXT) IS NULL OR id <> @but)
                  AND EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = sessions.tenant_id AND m.id = sessions.member_id AND m.email = @email)
                """,
                new
                {
                    email,
                    but,
                    now,
                }
            );

    /// <summary>Removes sessions that ended before a moment.</summary>
    public static Task<int> Forget(Session session, long before) =>
        session
            .Across("what is over goes, whoever's it was")
            .Execute(
                "DELETE FROM sessions WHERE expires_at < @before OR ended_at < @before",
                new { before }
            );
}
