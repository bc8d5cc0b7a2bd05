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

    public required long CreatedAt { get; init; }

    public long? RemovedAt { get; init; }
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
    public static Task<int> Insert(Session session, string tenantId, Member member) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO members (tenant_id, id, email, name, role, created_at) VALUES (@tenant, @Id, @Email, @Name, @Role, @CreatedAt)",
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
                "SELECT id, email, name, role, created_at, removed_at FROM members WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>The tenant's first owner: whom a key is for when nobody is named.</summary>
    public static Task<Member?> FirstOwner(Session session, string tenantId) =>
        session
            .Of(tenantId)
            .First<Member>(
                "SELECT id, email, name, role, created_at, removed_at FROM members WHERE tenant_id = @tenant AND role = 'owner' AND removed_at IS NULL ORDER BY id LIMIT 1"
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

    /// <summary>What this owner may do now; nothing when it is gone.</summary>
    public static Scopes RightsOf(Member? member) =>
        member is { RemovedAt: null } ? ScopeNames.OfRole(member.Role) : Scopes.None;
}
