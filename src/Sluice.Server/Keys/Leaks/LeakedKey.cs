using Sluice.Server.Store;

namespace Sluice.Server.Keys.Leaks;

/// <summary>A key whose text was found in public, of whatever tenant.</summary>
internal sealed record LeakedKey
{
    public required string TenantId { get; init; }

    public required string Handle { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Masked { get; init; }

    public required string Environment { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    public required byte[] Hash { get; init; }
}

internal static class LeakedKeys
{
    private const string Columns = """
        SELECT k.tenant_id, t.handle, k.id, k.name, k.masked, k.environment, k.owner_kind, k.owner_id, k.hash
        FROM keys k
        JOIN tenants t ON t.id = k.tenant_id
        WHERE k.hash
        """;

    /// <summary>The keys with these hashes, revoked ones too.</summary>
    public static Task<IReadOnlyList<LeakedKey>> Find(Session session, byte[][] hashes) =>
        session
            .Across("a report names texts, not tenants")
            .Query<LeakedKey>(
                session.Dialect == Dialect.Postgres
                    ? Columns + " = ANY (@hashes)"
                    : Columns + " IN @hashes",
                new { hashes }
            );
}
