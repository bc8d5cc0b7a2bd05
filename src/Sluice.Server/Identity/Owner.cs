using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>A person's membership of a tenant.</summary>
internal sealed record Member
{
    public required string Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary>owner, admin, policy_admin, developer or viewer.</summary>
    public required string Role { get; init; }

    /// <summary>In which the person reads times: a name of the IANA database; null: none was chosen.</summary>
    public string? TimeZone { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>
    /// When the person accepted an invitation to this tenant; null: not yet, and nobody signs in as this member. A login is one for all
    /// tenants, and whoever holds the one of an address must not thereby be whom another tenant names by it.
    /// </summary>
    public long? JoinedAt { get; init; }

    /// <summary>Since when the person may do nothing, and is a member all the same.</summary>
    public long? DeactivatedAt { get; init; }

    public long? RemovedAt { get; init; }

    /// <summary>Whether the person can come in, and what is the person's works.</summary>
    public bool IsActive => RemovedAt is null && DeactivatedAt is null;

    /// <summary>Whether the person can sign in.</summary>
    public bool CanSignIn => IsActive && JoinedAt is not null;
}

/// <summary>One of the tenants that a person is a member of.</summary>
internal sealed record Membership
{
    public required string TenantId { get; init; }

    public required string Handle { get; init; }

    /// <summary>The tenant's.</summary>
    public required string Name { get; init; }

    /// <summary>Why the operator has suspended the tenant; null: it is not suspended.</summary>
    public string? SuspendedFor { get; init; }

    public required string MemberId { get; init; }

    /// <summary>What the person is there.</summary>
    public required string Role { get; init; }
}

/// <summary>A caller that belongs to no person.</summary>
internal sealed record ServiceAccount
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary><see cref="Scopes"/> as a number.</summary>
    public required long Scopes { get; init; }

    public required long CreatedAt { get; init; }

    public long? RemovedAt { get; init; }
}

/// <summary>SQL on <c>members</c> and <c>service_accounts</c>.</summary>
internal static class OwnerStore
{
    private const string MemberColumns =
        "id, email, name, role, time_zone, created_at, joined_at, deactivated_at, removed_at";

    public static Task<int> Insert(Session session, string tenantId, Member member) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO members (tenant_id, id, email, name, role, created_at, joined_at) VALUES (@tenant, @Id, @Email, @Name, @Role, @CreatedAt, @JoinedAt)",
                member
            );

    public static Task<int> Insert(Session session, string tenantId, ServiceAccount account) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO service_accounts (tenant_id, id, name, scopes, created_at) VALUES (@tenant, @Id, @Name, @Scopes, @CreatedAt)",
                account
            );

    public static Task<Member?> FindMember(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Member>(
                $"SELECT {MemberColumns} FROM members WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <param name="email">As <see cref="Email"/> reads it.</param>
    public static Task<Member?> FindMemberByEmail(Session session, string tenantId, string email) =>
        session
            .Of(tenantId)
            .First<Member>(
                $"SELECT {MemberColumns} FROM members WHERE tenant_id = @tenant AND email = @email AND removed_at IS NULL",
                new { email }
            );

    /// <summary>The tenant's first owner: whom a key is for when nobody is named.</summary>
    public static Task<Member?> FirstOwner(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .First<Member>(
                $"SELECT {MemberColumns} FROM members WHERE tenant_id = @tenant AND role = 'owner' AND removed_at IS NULL AND deactivated_at IS NULL ORDER BY id LIMIT 1"
            );

    /// <summary>Who manages people of the tenant: its active owners and admins, oldest first; 100 at most.</summary>
    public static Task<IReadOnlyList<Member>> Administrators(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .Query<Member>(
                $"SELECT {MemberColumns} FROM members WHERE tenant_id = @tenant AND role IN ('owner', 'admin') AND removed_at IS NULL AND deactivated_at IS NULL ORDER BY id LIMIT 100"
            );

    /// <summary>Where a person can sign in, oldest first; 100 at most.</summary>
    public static Task<IReadOnlyList<Membership>> Memberships(Session session, string email) =>
        session
            .Across("a person's login is one for all tenants")
            .Query<Membership>(
                """
                SELECT m.tenant_id, t.handle, t.name, t.suspended_for, m.id AS member_id, m.role FROM members m JOIN tenants t ON t.id = m.tenant_id
                WHERE m.email = @email AND m.joined_at IS NOT NULL AND m.deactivated_at IS NULL AND m.removed_at IS NULL
                ORDER BY m.id LIMIT 100
                """,
                new { email }
            );

    public static Task<ServiceAccount?> FindAccount(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<ServiceAccount>(
                "SELECT id, name, scopes, created_at, removed_at FROM service_accounts WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    public static Task<ServiceAccount?> FindAccountByName(
        Session session,
        string tenantId,
        string name
    ) =>
        session
            .Of(tenantId)
            .First<ServiceAccount>(
                "SELECT id, name, scopes, created_at, removed_at FROM service_accounts WHERE tenant_id = @tenant AND name = @name AND removed_at IS NULL",
                new { name }
            );

    public static Task<IReadOnlyList<Member>> Members(
        Session session,
        string tenantId,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Member>(
                $"SELECT {MemberColumns} FROM members WHERE tenant_id = @tenant AND removed_at IS NULL AND (CAST(@cursor AS TEXT) IS NULL OR id > @cursor) ORDER BY id LIMIT @limit",
                new { cursor = page.Cursor, limit = page.Limit + 1 }
            );

    public static Task<IReadOnlyList<ServiceAccount>> Accounts(
        Session session,
        string tenantId,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<ServiceAccount>(
                "SELECT id, name, scopes, created_at, removed_at FROM service_accounts WHERE tenant_id = @tenant AND removed_at IS NULL AND (CAST(@cursor AS TEXT) IS NULL OR id > @cursor) ORDER BY id LIMIT @limit",
                new { cursor = page.Cursor, limit = page.Limit + 1 }
            );

    public static Task<int> Update(Session session, string tenantId, ServiceAccount account) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE service_accounts SET name = @Name, scopes = @Scopes WHERE tenant_id = @tenant AND id = @Id AND removed_at IS NULL",
                account
            );

    public static Task<int> RemoveAccount(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE service_accounts SET removed_at = @now WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, now }
            );

    public static Task<int> SetRole(Session session, string tenantId, string id, string role) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE members SET role = @role WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, role }
            );

    /// <param name="zone">A name of the IANA database; null: none.</param>
    public static Task<int> SetTimeZone(
        Session session,
        string tenantId,
        string id,
        string? zone
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE members SET time_zone = CAST(@zone AS TEXT) WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, zone }
            );

    public static Task<int> RemoveMember(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE members SET removed_at = @now WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, now }
            );

    /// <summary>The person accepted an invitation.</summary>
    public static Task<int> SetJoined(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE members SET joined_at = @now WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, now }
            );

    /// <param name="at">Since when the member is deactivated; null: no longer.</param>
    public static Task<int> SetDeactivated(Session session, string tenantId, string id, long? at) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE members SET deactivated_at = CAST(@at AS BIGINT) WHERE tenant_id = @tenant AND id = @id AND removed_at IS NULL",
                new { id, at }
            );

    /// <summary>Owners who can come in.</summary>
    public static Task<long> Owners(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .First<long>(
                "SELECT COUNT(*) FROM members WHERE tenant_id = @tenant AND role = 'owner' AND removed_at IS NULL AND deactivated_at IS NULL"
            );

    /// <summary>From here to the end of the write nobody else changes people of this tenant, so that two owners cannot remove each other.</summary>
    public static Task Lock(Session session, string tenantId) =>
        session.House.Execute(
            "UPDATE tenants SET handle = handle WHERE id = @tenantId",
            new { tenantId }
        );

    /// <summary>What this owner may do now; nothing when it is gone.</summary>
    public static Scopes RightsOf(Member? member) =>
        member is { IsActive: true } ? ScopeNames.OfRole(member.Role) : Scopes.None;
}
