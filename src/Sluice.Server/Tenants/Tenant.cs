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

    /// <summary>What its people are told while the operator has suspended it; null: it is not suspended.</summary>
    public string? SuspendedFor { get; init; }

    public long? SuspendedAt { get; init; }

    /// <summary>When everything of it is removed, unless it is resumed before; null: it is not to be.</summary>
    public long? DeleteAt { get; init; }

    /// <summary>1 to 39 of <c>a-z 0-9 -</c>, starting with a letter or digit.</summary>
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,38}$", RegexOptions.None, 1000)]
    public static partial Regex HandleShape();
}

/// <summary>SQL on <c>tenants</c>.</summary>
internal static class TenantStore
{
    private const string Columns =
        "id, handle, name, tier, created_at, suspended_for, suspended_at, delete_at";

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<Tenant>> List(Session session, string? before, long limit) =>
        session.House.Query<Tenant>(
            $"SELECT {Columns} FROM tenants WHERE @any = 1 OR id < @before ORDER BY id DESC LIMIT @limit",
            new
            {
                any = before is null ? 1L : 0L,
                before = before ?? "",
                limit,
            }
        );

    /// <summary>Those whose waiting time is over.</summary>
    public static Task<IReadOnlyList<Tenant>> ToDelete(Session session, long now) =>
        session.House.Query<Tenant>(
            $"SELECT {Columns} FROM tenants WHERE delete_at <= @now",
            new { now }
        );

    public static Task Update(Session session, string id, string name, string tier) =>
        session.House.Execute(
            "UPDATE tenants SET name = @name, tier = @tier WHERE id = @id",
            new
            {
                id,
                name,
                tier,
            }
        );

    /// <summary>Suspends it, or with nulls lets it in again.</summary>
    public static Task Suspend(
        Session session,
        string id,
        string? reason,
        long? at,
        long? deleteAt
    ) =>
        session.House.Execute(
            "UPDATE tenants SET suspended_for = @reason, suspended_at = @at, delete_at = @deleteAt WHERE id = @id",
            new
            {
                id,
                reason,
                at,
                deleteAt,
            }
        );

    /// <summary>Whether it is still to be removed; until the end of the transaction nobody else writes for it.</summary>
    public static async Task<bool> HoldToRemove(Session session, string id) =>
        await session.House.First<string>(
            "SELECT id FROM tenants WHERE id = @id AND delete_at IS NOT NULL"
                + (session.Dialect == Dialect.Postgres ? " FOR UPDATE" : ""),
            new { id }
        )
            is not null;

    /// <summary>Removes what is left of it when no row of its own is: its licenses and itself. Not when it was resumed meanwhile.</summary>
    public static async Task<bool> Remove(Session session, string id)
    {
        await session.House.Execute("DELETE FROM licenses WHERE tenant = @id", new { id });
        return await session.House.Execute(
                "DELETE FROM tenants WHERE id = @id AND delete_at IS NOT NULL",
                new { id }
            ) == 1;
    }

    public static Task<Tenant?> FindByHandle(Session session, string handle) =>
        session.House.First<Tenant>(
            $"SELECT {Columns} FROM tenants WHERE handle = @handle",
            new { handle }
        );

    public static Task<Tenant?> Find(Session session, string id) =>
        session.House.First<Tenant>($"SELECT {Columns} FROM tenants WHERE id = @id", new { id });

    /// <summary>False when the handle was there already.</summary>
    public static async Task<bool> Insert(Session session, Tenant tenant) =>
        await session.House.Execute(
            "INSERT INTO tenants (id, handle, name, tier, created_at) VALUES (@Id, @Handle, @Name, @Tier, @CreatedAt) ON CONFLICT (handle) DO NOTHING",
            tenant
        ) == 1;

    public static Task SetTier(Session session, string id, string tier) =>
        session.House.Execute("UPDATE tenants SET tier = @tier WHERE id = @id", new { id, tier });

    public static async Task<long> Count(Session session) =>
        await session.House.First<long>("SELECT COUNT(*) FROM tenants");
}
