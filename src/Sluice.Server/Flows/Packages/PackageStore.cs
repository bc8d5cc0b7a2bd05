using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Packages;

/// <summary>SQL on <c>packages</c> and <c>package_archives</c>.</summary>
internal static class PackageStore
{
    private const string Light =
        "name, version, language, digest, fingerprint, manifest, protos, created_at";

    public static Task<Package?> Find(
        Session session,
        string tenantId,
        string name,
        string version
    ) =>
        session
            .Of(tenantId)
            .First<Package>(
                $"SELECT {Light}, build_log, dependencies FROM packages WHERE tenant_id = @tenant AND name = @name AND version = @version AND deleted_at IS NULL",
                new { name, version }
            );

    /// <summary>The schema fingerprint that a version was first pushed with, also when it has been deleted since.</summary>
    public static Task<string?> FingerprintOf(
        Session session,
        string tenantId,
        string name,
        string version
    ) =>
        session
            .Of(tenantId)
            .First<string>(
                "SELECT fingerprint FROM packages WHERE tenant_id = @tenant AND name = @name AND version = @version",
                new { name, version }
            );

    /// <summary>What the latest build of a version took as dependencies, also when it has been deleted since.</summary>
    public static Task<string?> LockOf(
        Session session,
        string tenantId,
        string name,
        string version
    ) =>
        session
            .Of(tenantId)
            .First<string>(
                "SELECT dependencies FROM packages WHERE tenant_id = @tenant AND name = @name AND version = @version",
                new { name, version }
            );

    /// <summary>By name and version; the cursor is <c>name@version</c>.</summary>
    public static Task<IReadOnlyList<Package>> List(Session session, string tenantId, Page page) =>
        session
            .Of(tenantId)
            .Query<Package>(
                $"SELECT {Light} FROM packages WHERE tenant_id = @tenant AND deleted_at IS NULL AND (CAST(@cursor AS TEXT) IS NULL OR name || '@' || version > @cursor) ORDER BY name || '@' || version LIMIT @limit",
                new { cursor = page.Cursor, limit = page.Limit + 1 }
            );

    public static async Task Save(Session session, string tenantId, Package package, byte[] archive)
    {
        await session
            .Of(tenantId)
            .Execute(
                "INSERT INTO package_archives (tenant_id, digest, archive) VALUES (@tenant, @Digest, @archive) ON CONFLICT (tenant_id, digest) DO NOTHING",
                new { package.Digest, archive }
            );
        await session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO packages (tenant_id, name, version, language, digest, fingerprint, manifest, protos, build_log, dependencies, created_at)
                VALUES (@tenant, @Name, @Version, @Language, @Digest, @Fingerprint, @Manifest, @Protos, @BuildLog, @Dependencies, @CreatedAt)
                ON CONFLICT (tenant_id, name, version) DO UPDATE SET
                    language = excluded.language, digest = excluded.digest, fingerprint = excluded.fingerprint, manifest = excluded.manifest,
                    protos = excluded.protos, build_log = excluded.build_log, dependencies = excluded.dependencies, created_at = excluded.created_at, deleted_at = NULL
                """,
                package
            );
    }

    public static Task<byte[]?> Archive(Session session, string tenantId, string digest) =>
        session
            .Of(tenantId)
            .First<byte[]>(
                "SELECT archive FROM package_archives WHERE tenant_id = @tenant AND digest = @digest",
                new { digest }
            );

    public static Task<int> Delete(
        Session session,
        string tenantId,
        string name,
        string version,
        long now
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE packages SET deleted_at = @now WHERE tenant_id = @tenant AND name = @name AND version = @version AND deleted_at IS NULL",
                new
                {
                    name,
                    version,
                    now,
                }
            );
}
