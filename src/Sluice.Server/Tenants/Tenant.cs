using System.Text.RegularExpressions;
using Sluice.Server.Store;

namespace Sluice.Server.Tenants;

/// <summary>An organisation.</summary>
internal sealed partial record Tenant
{
    public required string Id { get; init; }

    public required string Handle { get; init; }

    public required string Name { get; init; }

    /// <summary>What it has bought, as a word of the licence's tiers; Community unless set.</summary>
    public required string Tier { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>1 to 39 of <c>a-z 0-9 -</c>, starting with a letter or digit.</summary>
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,38}$", RegexOptions.None, 1000)]
    public static partial Regex HandleShape();
}

/// <summary>SQL on <c>tenants</c>.</summary>
internal static class TenantStore
{
    public static Task<Tenant?> FindByHandle(Session session, string handle) =>
        session.House.First<Tenant>(
            "SELECT id, handle, name, tier, created_at FROM tenants WHERE handle = @handle",
            new { handle }
        );

    public static Task<Tenant?> Find(Session session, string id) =>
        session.House.First<Tenant>(
            "SELECT id, handle, name, tier, created_at FROM tenants WHERE id = @id",
            new { id }
        );

    /// <summary>False when the handle was there already.</summary>
    public static async Task<bool> Insert(Session session, Tenant tenant) =>
        await session.House.Execute(
            "INSERT INTO tenants (id, handle, name, tier, created_at) VALUES (@Id, @Handle, @Name, @Tier, @CreatedAt) ON CONFLICT (handle) DO NOTHING",
            tenant
        ) == 1;

    public static async Task<long> Count(Session session) =>
        await session.House.First<long>("SELECT COUNT(*) FROM tenants");
}
