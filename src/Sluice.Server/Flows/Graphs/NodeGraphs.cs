using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Seal;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Graphs;

/// <summary>
/// Graphs of single nodes, so that a call of a node is a run like any other. One is made when a node is called for the
/// first time in an environment, and again when its package has been pushed anew; it belongs to no flow.
/// </summary>
internal sealed class NodeGraphs(
    Database database,
    GraphCache graphs,
    UlidSource ids,
    TimeProvider clock
)
{
    /// <summary>What runs of a node show as their flow; no flow can have such a name.</summary>
    public static string NameOf(PackageReference package, string node) => $"{package}/{node}";

    /// <summary>The graph that calls a node of a package as it stands now, or why there is none.</summary>
    public async Task<Outcome<LoadedGraph>> Find(
        Caller caller,
        PackageReference reference,
        string node,
        CancellationToken stop
    )
    {
        var name = NameOf(reference, node);
        var (package, newest) = await database.Read(
            async session =>
                (
                    await PackageStore.Find(
                        session,
                        caller.TenantId,
                        reference.Name,
                        reference.Version
                    ),
                    await GraphStore.OfNode(session, caller.TenantId, caller.Environment, name)
                ),
            stop
        );
        if (package is null)
            return PackageRefusals.NotFound;
        if (
            newest is not null
            && await graphs.Find(caller.TenantId, newest, stop) is { } known
            && known.Flow.Nodes[0].Digest == package.Digest
        )
            return known;
        var resolved = package.Resolve();
        if (resolved.Manifest.Node(node) is not { } found)
            return PackageRefusals.NodeNotFound;
        var id = await Save(caller, name, Compile(reference, resolved, found), stop);
        return await graphs.Find(caller.TenantId, id, stop)
            ?? throw new InvalidOperationException("a graph that was just kept is gone");
    }

    private static FlowGraph Compile(
        PackageReference reference,
        ResolvedPackage package,
        ManifestNode node
    )
    {
        var flow = new FlowDocument
        {
            Name = reference.Name,
            Version = reference.Version,
            PipelineMode = node.Type == NodeType.Pipeline,
            Nodes =
            [
                new FlowPlacement
                {
                    Alias = node.Name,
                    Package = reference,
                    Node = node.Name,
                },
            ],
            Edges =
            [
                new FlowEdge { From = FlowDocument.FlowInput, To = node.Name },
                new FlowEdge { From = node.Name, To = FlowDocument.FlowOutput },
            ],
        };
        return FlowCompiler.Compile(flow, _ => package).Value
            ?? throw new InvalidOperationException(
                $"{node.Name} of {reference} does not make a flow of its own"
            );
    }

    private async Task<string> Save(
        Caller caller,
        string name,
        FlowGraph flow,
        CancellationToken stop
    )
    {
        var graph = new Graph
        {
            Id = ids.NextText(),
            Environment = caller.Environment,
            Flow = name,
            Revision = Graph.OfNode,
            Body = flow.ToJson(),
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await database.Write(session => GraphStore.Insert(session, caller.TenantId, graph), stop);
        return graph.Id;
    }
}
