using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

/// <summary>The editable definition, as of its newest revision.</summary>
internal sealed record Flow
{
    /// <summary><c>handle/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>1 at first, one more at every save.</summary>
    public required long Revision { get; init; }

    public required long CreatedAt { get; init; }

    public required long UpdatedAt { get; init; }

    /// <summary>Newest graph compiled from it; null before the first compile.</summary>
    public string? LatestGraphId { get; init; }
}

/// <summary>One saved version of a flow's document.</summary>
internal sealed record FlowRevision
{
    public required long Revision { get; init; }

    public string Document { get; init; } = "";

    public required long CreatedAt { get; init; }
}

/// <summary>SQL on <c>flows</c> and <c>flow_revisions</c>.</summary>
internal static class FlowStore
{
    private const string Columns =
        "name, revision, created_at, updated_at, (SELECT MAX(g.id) FROM graphs g WHERE g.tenant_id = @tenant AND g.environment = flows.environment AND g.flow = flows.name) AS latest_graph_id";

    public static Task<Flow?> Find(
        Session session,
        string tenantId,
        string environment,
        string name
    ) =>
        session
            .Of(tenantId)
            .First<Flow>(
                $"SELECT {Columns} FROM flows WHERE tenant_id = @tenant AND environment = @environment AND name = @name AND deleted_at IS NULL",
                new { environment, name }
            );

    public static Task<IReadOnlyList<Flow>> List(
        Session session,
        string tenantId,
        string environment,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Flow>(
                $"SELECT {Columns} FROM flows WHERE tenant_id = @tenant AND environment = @environment AND deleted_at IS NULL AND (CAST(@cursor AS TEXT) IS NULL OR name > @cursor) ORDER BY name LIMIT @limit",
                new
                {
                    environment,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    public static Task<FlowRevision?> Document(
        Session session,
        string tenantId,
        string environment,
        string name,
        long revision
    ) =>
        session
            .Of(tenantId)
            .First<FlowRevision>(
                "SELECT revision, document, created_at FROM flow_revisions WHERE tenant_id = @tenant AND environment = @environment AND name = @name AND revision = @revision",
                new
                {
                    environment,
                    name,
                    revision,
                }
            );

    /// <summary>Newest first, without the documents.</summary>
    public static Task<IReadOnlyList<FlowRevision>> Revisions(
        Session session,
        string tenantId,
        string environment,
        string name
    ) =>
        session
            .Of(tenantId)
            .Query<FlowRevision>(
                "SELECT revision, created_at FROM flow_revisions WHERE tenant_id = @tenant AND environment = @environment AND name = @name ORDER BY revision DESC LIMIT 200",
                new { environment, name }
            );

    /// <summary>Saves the document as a new revision and answers its number.</summary>
    public static async Task<long> Save(
        Session session,
        string tenantId,
        string environment,
        string name,
        string document,
        long now
    )
    {
        var revision = await session
            .Of(tenantId)
            .First<long>(
                """
                INSERT INTO flows (tenant_id, environment, name, revision, created_at, updated_at)
                VALUES (@tenant, @environment, @name, 1, @now, @now)
                ON CONFLICT (tenant_id, environment, name) DO UPDATE SET
                    revision = flows.revision + 1, updated_at = excluded.updated_at, deleted_at = NULL
                RETURNING revision
                """,
                new
                {
                    environment,
                    name,
                    now,
                }
            );
        await session
            .Of(tenantId)
            .Execute(
                "INSERT INTO flow_revisions (tenant_id, environment, name, revision, document, created_at) VALUES (@tenant, @environment, @name, @revision, @document, @now)",
                new
                {
                    environment,
                    name,
                    revision,
                    document,
                    now,
                }
            );
        return revision;
    }

    public static Task<int> Delete(
        Session session,
        string tenantId,
        string environment,
        string name,
        long now
    ) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE flows SET deleted_at = @now WHERE tenant_id = @tenant AND environment = @environment AND name = @name AND deleted_at IS NULL",
                new
                {
                    environment,
                    name,
                    now,
                }
            );

    /// <summary>The other environment that has this name, to explain a mismatch; null when none has.</summary>
    public static Task<string?> ElsewhereIn(
        Session session,
        string tenantId,
        string environment,
        string name
    ) =>
        session
            .Of(tenantId)
            .First<string>(
                "SELECT environment FROM flows WHERE tenant_id = @tenant AND environment <> @environment AND name = @name AND deleted_at IS NULL",
                new { environment, name }
            );
}
