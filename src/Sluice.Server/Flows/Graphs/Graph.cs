using System.Collections.Concurrent;
using System.Collections.Frozen;
using Sluice.Language.Flows;
using Sluice.Language.Protos;
using Sluice.Runner;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Graphs;

/// <summary>A compiled flow: immutable, and what a run names.</summary>
internal sealed record Graph
{
    /// <summary>The revision of graphs of single nodes, which belong to no flow.</summary>
    public const long OfNode = 0;

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Flow { get; init; }

    public required long Revision { get; init; }

    /// <summary><see cref="FlowGraph"/> as JSON.</summary>
    public byte[] Body { get; init; } = [];

    public required long CreatedAt { get; init; }
}

/// <summary>SQL on <c>graphs</c>.</summary>
internal static class GraphStore
{
    public static Task<int> Insert(Session session, string tenantId, Graph graph) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO graphs (tenant_id, id, environment, flow, revision, body, created_at) VALUES (@tenant, @Id, @Environment, @Flow, @Revision, @Body, @CreatedAt)",
                graph
            );

    public static Task<Graph?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Graph>(
                "SELECT id, environment, flow, revision, body, created_at FROM graphs WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>The newest graph of a flow that has not been deleted.</summary>
    public static Task<string?> LatestOf(
        Session session,
        string tenantId,
        string environment,
        string flow
    ) =>
        session
            .Of(tenantId)
            .First<string>(
                """
                SELECT g.id FROM graphs g
                JOIN flows f ON f.tenant_id = @tenant AND f.environment = g.environment AND f.name = g.flow
                WHERE g.tenant_id = @tenant AND g.environment = @environment AND g.flow = @flow AND f.deleted_at IS NULL
                ORDER BY g.id DESC LIMIT 1
                """,
                new { environment, flow }
            );

    /// <summary>The newest graph of a single node.</summary>
    /// <param name="name">See <see cref="NodeGraphs.NameOf"/>.</param>
    public static Task<string?> OfNode(
        Session session,
        string tenantId,
        string environment,
        string name
    ) =>
        session
            .Of(tenantId)
            .First<string>(
                "SELECT id FROM graphs WHERE tenant_id = @tenant AND environment = @environment AND flow = @name AND revision = @OfNode ORDER BY id DESC LIMIT 1",
                new
                {
                    environment,
                    name,
                    Graph.OfNode,
                }
            );

    /// <summary>Those of flows, newest first.</summary>
    public static Task<IReadOnlyList<Graph>> List(
        Session session,
        string tenantId,
        string environment,
        string? flow,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Graph>(
                """
                SELECT id, environment, flow, revision, created_at FROM graphs
                WHERE tenant_id = @tenant AND environment = @environment AND revision > @OfNode AND (CAST(@flow AS TEXT) IS NULL OR flow = @flow)
                  AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor)
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    environment,
                    flow,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                    Graph.OfNode,
                }
            );
}

/// <summary>A graph made ready to run: its plan of edges, its packages and its message types. Built once, shared by runs.</summary>
/// <param name="Workers">By alias: the built package that serves the placement.</param>
internal sealed record LoadedGraph(
    Graph Row,
    FlowGraph Flow,
    FlowPlan Plan,
    FrozenDictionary<string, WorkerSpec> Workers
)
{
    public bool HasSubflows { get; } = Flow.Nodes.Any(node => node.Subflow is not null);
}

/// <summary>Graphs made ready, kept because they never change; at most a thousand.</summary>
internal sealed class GraphCache(Database database)
{
    private const int Most = 1000;
    private readonly ConcurrentDictionary<(string Tenant, string Id), LoadedGraph> _ready = new();

    public async ValueTask<LoadedGraph?> Find(string tenantId, string id, CancellationToken stop)
    {
        if (_ready.TryGetValue((tenantId, id), out var ready))
            return ready;
        if (
            await database.Read(session => GraphStore.Find(session, tenantId, id), stop)
            is not { } row
        )
            return null;
        var flow = FlowGraph.FromJson(row.Body);
        var subflows = new Dictionary<string, FlowGraph>();
        foreach (var subflow in flow.Nodes.Select(node => node.Subflow).OfType<string>().Distinct())
        {
            if (await Find(tenantId, subflow, stop) is not { } below)
                return null;
            subflows[subflow] = below.Flow;
        }
        ready = new LoadedGraph(
            row with
            {
                Body = [],
            },
            flow,
            FlowPlan.For(flow, id => subflows[id]),
            Workers(tenantId, flow)
        );
        if (_ready.Count >= Most)
            _ready.Clear();
        _ready[(tenantId, id)] = ready;
        return ready;
    }

    private FrozenDictionary<string, WorkerSpec> Workers(string tenantId, FlowGraph flow) =>
        flow
            .Nodes.Where(node => node.Subflow is null)
            .ToFrozenDictionary(
                node => node.Alias,
                node => new WorkerSpec
                {
                    Digest = node.Digest,
                    Language = node.Language,
                    Package = $"{node.Package}@{node.Version}",
                    Egress = node.Egress ?? [],
                    OpenArchive = async stop =>
                        await database.Read(
                            session => PackageStore.Archive(session, tenantId, node.Digest),
                            stop
                        )
                            is { } archive
                            ? new MemoryStream(archive, writable: false)
                            : throw new FileNotFoundException(
                                $"the archive {node.Digest} is missing"
                            ),
                }
            );
}
